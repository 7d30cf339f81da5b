import type { Clock } from '../../platform/clock.ts';
import type { JiraIssueSeed, JiraProjectSeed, JiraSite, JiraUserSeed } from '../data/company.ts';
import { type FieldDefinition, fieldDefinitions } from './fields.ts';
import { issueNotFound } from './problem.ts';
import { SearchIndex } from './search-index.ts';

/** How Jira shows an address that its owner hides. Atlassian documents null; sites also leave it out, or send an empty text. */
export type HiddenEmail = 'absent' | 'null' | 'empty';

export interface SiteSettings {
  readonly clock: Clock;
  readonly indexLagMs: number;
  readonly hiddenEmail: HiddenEmail;
  readonly unknownUsers: 'omit' | 'null';
  /** Field ids that the caller may not see: absent from the field list and from every issue. */
  readonly hiddenFields: readonly string[];
  readonly email: string;
}

export interface StatusChange {
  readonly from: JiraIssueSeed['statusName'];
  readonly to: JiraIssueSeed['statusName'];
  readonly byAccountId: string;
  readonly changedAt: string;
}

/** A property of a comment: nobody sees it but programs. */
export interface CommentProperty {
  readonly key: string;
  readonly value: unknown;
}

/** The state of the site. Issues are never changed in place: a write puts a new version, and the index may still hold the old one. */
export class Site {
  /** Set once the server listens. */
  origin = '';
  readonly clock: Clock;
  readonly index: SearchIndex;
  readonly hiddenEmail: HiddenEmail;
  readonly unknownUsers: 'omit' | 'null';
  readonly fields: readonly FieldDefinition[];
  readonly projects: readonly JiraProjectSeed[];
  /** Whose credentials the caller presents. */
  readonly caller: JiraUserSeed;
  /** Changes of status that were made since the start, by issue id, the oldest first. */
  readonly statusChanges = new Map<string, StatusChange[]>();
  /** What clients attached to comments, by comment id. */
  readonly commentProperties = new Map<string, readonly CommentProperty[]>();
  /** Issue ids that bulk fetch fails to read, with the message it gives. */
  readonly brokenIssues = new Map<string, string>();
  readonly #users: Map<string, JiraUserSeed>;
  readonly #issues: Map<string, JiraIssueSeed>;
  readonly #idByKey = new Map<string, string>();
  #lastId: number;

  constructor(data: JiraSite, settings: SiteSettings) {
    this.clock = settings.clock;
    this.hiddenEmail = settings.hiddenEmail;
    this.unknownUsers = settings.unknownUsers;
    this.fields = fieldDefinitions.filter(({ id }) => !settings.hiddenFields.includes(id));
    this.projects = data.projects;
    this.#users = new Map(data.users.map((user) => [user.accountId, user]));
    this.caller = data.users.find(({ emailAddress }) => emailAddress === settings.email) ?? {
      accountId: '712020:5d1a7c3e-0000-4000-8000-0000000000a1',
      displayName: 'Deployment Graph',
      emailAddress: settings.email,
      active: true,
    };
    this.#users.set(this.caller.accountId, this.caller);
    this.#issues = new Map(data.issues.map((issue) => [issue.id, issue]));
    for (const issue of data.issues) this.#indexKeys(issue);
    this.#lastId = Math.max(
      10_000,
      ...data.issues.flatMap(({ id, comments }) => [Number(id), ...comments.map((c) => Number(c.id))]),
    );
    this.index = new SearchIndex(data.issues, settings.clock, settings.indexLagMs);
  }

  get users(): readonly JiraUserSeed[] {
    return [...this.#users.values()];
  }

  user(accountId: string): JiraUserSeed | undefined {
    return this.#users.get(accountId);
  }

  project(idOrKey: string): JiraProjectSeed | undefined {
    return this.projects.find(({ id, key }) => id === idOrKey || key === idOrKey.toUpperCase());
  }

  /** The present state of an issue by id or any key it ever had, in any case, whether the caller may see it or not. */
  stored(idOrKey: string): JiraIssueSeed | undefined {
    return this.#issues.get(idOrKey) ?? this.#issues.get(this.#idByKey.get(idOrKey.toUpperCase()) ?? '');
  }

  /** As `stored`, of what the caller may see. */
  issue(idOrKey: string): JiraIssueSeed | undefined {
    const issue = this.stored(idOrKey);
    return issue?.forbidden ? undefined : issue;
  }

  /** As `issue`; throws Jira's 404. */
  requireIssue(idOrKey: string): JiraIssueSeed {
    const issue = this.issue(idOrKey);
    if (!issue) throw issueNotFound();
    return issue;
  }

  visibleIssues(): JiraIssueSeed[] {
    return [...this.#issues.values()].filter(({ forbidden }) => !forbidden);
  }

  /** What search sees, without what the caller may not. */
  searchableIssues(reconcileIds: readonly string[]): JiraIssueSeed[] {
    const reconciled = reconcileIds.flatMap((id) => this.#issues.get(id) ?? []);
    return this.index.view(reconciled).filter(({ id }) => this.issue(id) !== undefined);
  }

  /** Stores a version of an issue; search learns of it when its index has caught up. */
  put(issue: JiraIssueSeed): JiraIssueSeed {
    this.#issues.set(issue.id, issue);
    this.#indexKeys(issue);
    this.index.noteWrite(issue);
    return issue;
  }

  noteStatusChange(issueId: string, change: StatusChange): void {
    const changes = this.statusChanges.get(issueId);
    if (changes) changes.push(change);
    else this.statusChanges.set(issueId, [change]);
  }

  nowIso(): string {
    return new Date(this.clock.now()).toISOString();
  }

  nextId(): string {
    this.#lastId += 1;
    return String(this.#lastId);
  }

  nextKey(projectKey: string): string {
    const numbers = [...this.#idByKey.keys()]
      .filter((key) => key.startsWith(`${projectKey}-`))
      .map((key) => Number(key.slice(projectKey.length + 1)));
    return `${projectKey}-${Math.max(0, ...numbers) + 1}`;
  }

  #indexKeys(issue: JiraIssueSeed): void {
    for (const key of [issue.key, ...issue.movedFrom]) this.#idByKey.set(key.toUpperCase(), issue.id);
  }
}
