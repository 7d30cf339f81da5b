import { everyNode, largeDocument, ordinaryDocument } from './adf-samples.ts';
import type { AdfNode, JiraIssueSeed, JiraProjectSeed, JiraUserSeed, SalesforceRow } from './company.ts';
import { plusDays, REFERENCE_MS, toDateTime } from './dates.ts';
import { ERASED_JIRA_ACCOUNT_ID } from './generate-users.ts';
import { generateComments } from './issue-comments.ts';
import { draftIssues } from './issue-drafts.ts';
import { type NumberedDraft, numberIssues } from './issue-keys.ts';
import { issueStatus } from './issue-status.ts';
import { elementAt, type Random } from './random.ts';
import { ISSUE_WORK, LABELS, PRODUCTS, SENTENCES, VERSIONS } from './vocabulary.ts';

/** An issue together with the request that it was made for. */
export interface IssueOfRequest {
  readonly issue: JiraIssueSeed;
  readonly request: SalesforceRow | null;
}

const FIRST_ISSUE_ID = 10_001;

export function generateJiraProjects(users: readonly JiraUserSeed[]): JiraProjectSeed[] {
  return [
    { id: '10000', key: 'PSD', name: 'Professional Services Delivery', leadAccountId: elementAt(users, 2).accountId },
    { id: '10001', key: 'OPS', name: 'Operations "on-call" & Change', leadAccountId: elementAt(users, 11).accountId },
    { id: '10002', key: 'PLAT', name: 'Platform', leadAccountId: null },
  ];
}

export function generateIssues(
  random: Random,
  requests: readonly SalesforceRow[],
  users: readonly JiraUserSeed[],
): IssueOfRequest[] {
  const { drafts, abandonedKeys } = numberIssues(random, draftIssues(random, requests));
  const movedFrom = assignOldKeys(drafts, abandonedKeys);
  const firstOfDemo = drafts.findIndex((draft) => draft.request?.Name === 'PSR-00001');
  const comments = generateComments(random, users);
  return drafts.map((draft, index) => {
    const { request } = draft;
    const statusName = issueStatus(random, request === null ? null : String(request.Status__c));
    const updatedMs = Math.min(plusDays(draft.createdMs, random.next() * 60), REFERENCE_MS);
    const isDemo = index === firstOfDemo;
    return {
      request,
      issue: {
        id: String(FIRST_ISSUE_ID + index * 3),
        key: draft.key,
        movedFrom: movedFrom.get(draft.key) ?? [],
        forbidden: !isDemo && index % 45 === 21,
        projectKey: draft.projectKey,
        issueType: random.weighted<JiraIssueSeed['issueType']>(
          new Map([
            ['Deployment', 4],
            ['Task', 3],
            ['Bug', 2],
            ['Change', 2],
            ['Epic', 1],
          ]),
        ),
        summary: summary(random, request, index),
        statusName,
        priority: random.chance(0.05)
          ? null
          : random.weighted(
              new Map([
                ['Medium', 6],
                ['High', 3],
                ['Low', 2],
                ['Highest', 1],
              ]),
            ),
        assigneeAccountId: assignee(random, users, index),
        reporterAccountId: random.chance(0.03) ? null : random.pick(users).accountId,
        labels: random.chance(0.6) ? [] : [...new Set([random.pick(LABELS), random.pick(LABELS)])],
        fixVersions: fixVersions(random, request),
        psRequest: psRequestField(random, request, requests, index),
        environment: environment(random, request),
        releaseVersion: random.chance(0.2) ? null : (text(request?.Version__c) ?? random.pick(VERSIONS)),
        goLiveDate: random.chance(0.1) ? null : text(request?.Go_Live_Date__c),
        description: description(random, index, isDemo, users),
        comments: comments(isDemo, draft.createdMs, updatedMs),
        createdAt: toDateTime(draft.createdMs),
        updatedAt: toDateTime(updatedMs),
        // Done without a resolution, as workflows that forget to set it leave behind.
        resolvedAt: statusName === 'Done' && !random.chance(0.03) ? toDateTime(updatedMs) : null,
      },
    };
  });
}

/** Gives every third abandoned key to an issue of another project, the first of them two keys: these issues were moved. */
function assignOldKeys(
  drafts: readonly NumberedDraft[],
  abandonedKeys: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const oldKeys = new Map<string, string[]>();
  const movable = drafts.filter((draft, index) => draft.request !== null && index % 45 !== 21);
  for (let n = 0; n < abandonedKeys.length; n += 3) {
    const oldKey = elementAt(abandonedKeys, n);
    const from = oldKey.split('-')[0];
    const index = Math.floor((n / abandonedKeys.length) * movable.length);
    const moved = movable.slice(index).find((draft) => draft.projectKey !== from && !oldKeys.has(draft.key));
    if (moved !== undefined) oldKeys.set(moved.key, [oldKey]);
  }
  const [twiceMoved] = oldKeys.values();
  const other = elementAt(abandonedKeys, 1);
  twiceMoved?.push(other);
  return oldKeys;
}

/** Abandoned keys that no issue answers to. */
export function keysOfNoIssue(issues: readonly JiraIssueSeed[]): string[] {
  const known = new Set(issues.flatMap((issue) => [issue.key, ...issue.movedFrom]));
  return Array.from({ length: 600 }, (_, index) => `PSD-${index + 1}`).filter((key) => !known.has(key));
}

function summary(random: Random, request: SalesforceRow | null, index: number): string {
  if (index % 101 === 12) return 'Rollback fails: "C:\\deploy\\run.ps1" can\'t be found 🔥';
  if (index % 101 === 47)
    return `${'Very long summary that somebody pasted from a mail subject '.repeat(5).slice(0, 254)}.`;
  if (index % 101 === 63) return '[PSR] {code} *bold* `tick` \\ AND summary ~ "x"';
  const product = text(request?.Product__c)?.replace(/\s+/g, ' ') ?? random.pick(PRODUCTS);
  return `${random.pick(ISSUE_WORK)} ${product}`;
}

function assignee(random: Random, users: readonly JiraUserSeed[], index: number): string | null {
  if (index % 113 === 40) return ERASED_JIRA_ACCOUNT_ID;
  return random.chance(0.12) ? null : random.pick(users).accountId;
}

function fixVersions(random: Random, request: SalesforceRow | null): string[] {
  const version = text(request?.Version__c);
  if (version === null || random.chance(0.25)) return random.chance(0.15) ? [random.pick(VERSIONS)] : [];
  return random.chance(0.06) ? [version, 'Backlog'] : [version];
}

/** Free text in Jira, so it holds what people type. */
function psRequestField(
  random: Random,
  request: SalesforceRow | null,
  requests: readonly SalesforceRow[],
  index: number,
): string | null {
  if (request === null) return index % 40 === 7 ? 'PSR-99999' : null;
  const name = String(request.Name);
  switch (index % 60) {
    case 3:
      return name.toLowerCase();
    case 13:
      return ` ${name} `;
    case 23:
      return String(request.Id).slice(0, 15);
    case 33:
      return `see ${name}`;
    case 43:
      return String(random.pick(requests).Name);
    case 53:
      return '';
    case 58:
      return String(request.Id);
    default:
      return random.chance(0.1) ? null : name;
  }
}

function environment(random: Random, request: SalesforceRow | null): string | null {
  if (random.chance(0.04)) return random.pick(['Sandbox', 'UAT', 'Production']);
  return random.chance(0.08) ? null : text(request?.Environment__c);
}

function description(random: Random, index: number, isDemo: boolean, users: readonly JiraUserSeed[]): AdfNode | null {
  if (isDemo || index === 450) return everyNode(elementAt(users, 0).accountId);
  if (index % 160 === 77) return largeDocument(random);
  if (index === 300) return { version: 1, type: 'doc', content: [] };
  if (index === 301)
    return {
      version: 1,
      type: 'doc',
      content: [{ type: 'paragraph', content: [{ type: 'text', text: SENTENCES.join(' ').repeat(50) }] }],
    };
  return random.chance(0.15) ? null : ordinaryDocument(random);
}

function text(value: SalesforceRow[string] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
