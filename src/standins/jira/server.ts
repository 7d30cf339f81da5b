import { type Clock, systemClock } from '../../platform/clock.ts';
import type { Company, JiraIssueSeed } from '../data/company.ts';
import { generateCompany } from '../data/generate-company.ts';
import type { StandInAnswer, StandInRequest } from '../kit/exchange.ts';
import type { StandIn } from '../kit/fault.ts';
import { startStandInServer } from '../kit/server.ts';
import { refuseUnlessAuthenticated } from './authentication.ts';
import { toExchange } from './exchange.ts';
import { JiraProblem } from './problem.ts';
import { findRoute } from './routes.ts';
import type { HiddenEmail } from './site.ts';
import { Site } from './site.ts';

export interface JiraStandInOptions {
  /** 0 (default): a free port. */
  readonly port?: number;
  /** The generated company when absent; only its Jira part is read. */
  readonly company?: Pick<Company, 'jira'>;
  /** Whose credentials are accepted; the user with this address is `currentUser()`, and is made up when there is none. */
  readonly email?: string;
  readonly apiToken?: string;
  /** What relative dates count from and writes are stamped with. */
  readonly clock?: Clock;
  /** How long a write stays invisible to search; 0 (default): not at all. */
  readonly indexLagMs?: number;
  /** What stands for an address that its owner hides; left out (`absent`) when absent. */
  readonly hiddenEmail?: HiddenEmail;
  /** What bulk reading of users does with ids it does not know: leave them out (default), or answer null for each. */
  readonly unknownUsers?: 'omit' | 'null';
  /** Field ids (`customfield_10102`) that the caller may not see. */
  readonly hiddenFields?: readonly string[];
}

export interface JiraStandIn extends StandIn {
  /** Credentials that it accepts. */
  readonly email: string;
  readonly apiToken: string;
  /** The present state of an issue by id or any key it ever had, hidden ones too. */
  issue(idOrKey: string): JiraIssueSeed | undefined;
  /** Writes behind the API's back, as another person would; search sees it when its index does. Throws for an unknown issue. */
  updateIssue(idOrKey: string, changes: Partial<Omit<JiraIssueSeed, 'id'>>): JiraIssueSeed;
  /** Bulk fetch fails to read this issue from now on, and says so in `issueErrors`. */
  breakIssue(idOrKey: string, errorMessage: string): void;
  /** Search sees no write until thawed. */
  freezeIndex(): void;
  thawIndex(): void;
}

/** Request lines longer than this are answered 414, as by the proxies before Jira Cloud. */
const MAX_PATH_BYTES = 8_192;

/** A Jira Cloud site on 127.0.0.1 that speaks REST API v3, over the issues, users and projects of a made-up company. */
export async function startJiraStandIn(options: JiraStandInOptions = {}): Promise<JiraStandIn> {
  const { email = 'gateway@example.com', apiToken = 'jira-stand-in-token' } = options;
  const site = new Site((options.company ?? generateCompany()).jira, {
    email,
    clock: options.clock ?? systemClock,
    indexLagMs: options.indexLagMs ?? 0,
    hiddenEmail: options.hiddenEmail ?? 'absent',
    unknownUsers: options.unknownUsers ?? 'omit',
    hiddenFields: options.hiddenFields ?? [],
  });
  const standIn = await startStandInServer({
    port: options.port ?? 0,
    gzip: true,
    handle: (request) =>
      refuseTooLong(request) ??
      refuseUnlessAuthenticated(request, email, apiToken, site.origin) ??
      answer(request, site),
  });
  site.origin = standIn.url;

  function stored(idOrKey: string): JiraIssueSeed {
    const issue = site.stored(idOrKey);
    if (!issue)
      throw new Error(`The Jira stand-in has no issue ${idOrKey}. Take an id or key of its company's issues.`);
    return issue;
  }

  return {
    ...standIn,
    email,
    apiToken,
    issue: (idOrKey) => site.stored(idOrKey),
    updateIssue: (idOrKey, changes) => {
      const issue = stored(idOrKey);
      const { statusName = issue.statusName } = changes;
      if (statusName !== issue.statusName) {
        site.noteStatusChange(issue.id, {
          from: issue.statusName,
          to: statusName,
          byAccountId: issue.reporterAccountId ?? site.caller.accountId,
          changedAt: site.nowIso(),
        });
      }
      return site.put({ ...issue, ...changes });
    },
    breakIssue: (idOrKey, errorMessage) => site.brokenIssues.set(stored(idOrKey).id, errorMessage),
    freezeIndex: () => site.index.freeze(),
    thawIndex: () => site.index.thaw(),
  };
}

function answer(request: StandInRequest, site: Site): StandInAnswer {
  const route = findRoute(request.method, request.url.pathname);
  if (route.kind !== 'found') {
    const status = route.kind === 'wrongMethod' ? 405 : 404;
    return {
      status,
      body: `<html><body><h1>HTTP Status ${status}</h1></body></html>`,
      contentType: 'text/html;charset=UTF-8',
    };
  }
  try {
    return route.handle(toExchange(request, site, route.match));
  } catch (error) {
    if (error instanceof JiraProblem) return error.toAnswer();
    throw error;
  }
}

function refuseTooLong({ path }: StandInRequest): StandInAnswer | null {
  if (Buffer.byteLength(path) <= MAX_PATH_BYTES) return null;
  return {
    status: 414,
    body: '<html><body><h1>414 Request-URI Too Large</h1></body></html>',
    contentType: 'text/html',
  };
}
