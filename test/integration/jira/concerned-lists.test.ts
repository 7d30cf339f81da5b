import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RecordChange } from '../../../src/cache/record-change.ts';
import type { FetchCall, FetchedList } from '../../../src/cache/record-kind.ts';
import type { JiraIssueFilter } from '../../../src/generated/graphql.ts';
import { Receipt } from '../../../src/platform/receipt.ts';
import { readJiraChangeNotice } from '../../../src/sources/jira/change-notice.ts';
import { toConditions } from '../../../src/sources/jira/issue-filter.ts';
import { toListKey } from '../../../src/sources/jira/issue-lists.ts';
import { containsWords } from '../../../src/sources/jira/jql.ts';
import type { ListMeta, ListQuestion } from '../../../src/sources/jira/list-question.ts';
import type { JiraIssueSeed } from '../../../src/standins/data/company.ts';
import { type JiraUnderCache, openJiraUnderCache } from '../../support/jira-under-cache.ts';
import { ann, bob, paragraph, SMALL_SITE_NOW_MS, smallJiraSite } from '../../support/small-jira-site.ts';

let under: JiraUnderCache;
let nowMs = SMALL_SITE_NOW_MS;
beforeAll(async () => {
  under = await openJiraUnderCache();
});
afterAll(() => under.close());

const advanceSeconds = (seconds: number) => {
  under.advanceSeconds(seconds);
  nowMs += seconds * 1_000;
};
const names = smallJiraSite.issues.filter(({ forbidden }) => !forbidden).map(({ id }) => id);

type Edit = Partial<Omit<JiraIssueSeed, 'id'>>;
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ statusName: fc.constantFrom('To Do' as const, 'In Progress' as const, 'Done' as const) }),
  fc.record({ assigneeAccountId: fc.constantFrom(null, ann.accountId, bob.accountId) }),
  fc.record({
    summary: fc.constantFrom('Rollback drill', 'Deploy the gateway', 'E-Mail route', 'Rotate certificates'),
  }),
  fc.record({ description: fc.constantFrom(null, paragraph('Rollback over the weekend'), paragraph('Nothing')) }),
);
const jiraFieldOf: Readonly<Record<string, string>> = { statusName: 'status', assigneeAccountId: 'assignee' };

type Step =
  | { readonly do: 'edit'; readonly id: string; readonly values: Edit; readonly isTold: boolean }
  | { readonly do: 'poll' }
  | { readonly do: 'read' };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('edit' as const),
      id: fc.constantFrom(...names),
      values: edit,
      isTold: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('poll' as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('read' as const) }) },
);

const asked = fc.record({
  filter: fc.constantFrom<JiraIssueFilter | null>(
    null,
    { projectKey: 'PSD' },
    { statusCategory: ['IN_PROGRESS'] },
    { projectKey: 'PSD', statusCategory: ['TO_DO', 'DONE'] },
    { assigneeId: ann.accountId },
    { text: 'rollback' },
    { updatedAt: { from: new Date(SMALL_SITE_NOW_MS + 30_000).toISOString() } },
  ),
  words: fc.constantFrom('rollback', 'deploy gate', 'email', 'certificates'),
  size: fc.integer({ min: 1, max: 5 }),
  after: fc.option(fc.nat({ max: 4 })),
});

const call: FetchCall = {
  signal: new AbortController().signal,
  receipt: new Receipt(),
  priority: 'interactive',
  put: () => undefined,
};
type Found = Extract<FetchedList, { kind: 'found' }>;

async function read(key: string): Promise<Found> {
  const list = (await under.source.kinds.issueLists.fetch([key], ['summary'], call)).get(key);
  if (list?.kind !== 'found') throw new Error('A list was not read.');
  return list;
}

function shown({ ids, meta }: Found): unknown {
  const { places, hasMore } = meta as unknown as ListMeta;
  return { ids, places, hasMore };
}

const isConcerned = (key: string, { ids, meta = null }: Found, changes: readonly RecordChange[]) =>
  changes.length > 0 && under.source.kinds.issueLists.isConcerned?.(key, { ids, meta }, changes) !== false;

async function poll(): Promise<RecordChange[]> {
  const { changed } = await under.source.pollChanges(SMALL_SITE_NOW_MS - 60_000, { receipts: [] });
  return changed.map(({ issueId, values }) => ({ type: 'JiraIssue', id: issueId, values }));
}

/** Makes the change; gives what a notice would tell of it. */
function take({ id, values, isTold }: Extract<Step, { do: 'edit' }>): readonly RecordChange[] {
  advanceSeconds(40);
  const issue = under.standIn.updateIssue(id, { ...values, updatedAt: new Date(nowMs).toISOString() });
  if (!isTold) return [];
  const items = Object.keys(values).map((name) => ({ field: jiraFieldOf[name] ?? name }));
  const notice = { webhookEvent: 'jira:issue_updated', issue: { id: issue.id, key: issue.key }, changelog: { items } };
  return readJiraChangeNotice(notice)?.changes ?? [];
}

async function keysOf({ filter, words, size, after }: typeof asked extends fc.Arbitrary<infer Asked> ? Asked : never) {
  const conditions = toConditions(filter);
  const search = containsWords('summary', words, { prefix: true });
  if (!conditions || !search) throw new Error('These questions all mean something.');
  const whole: ListQuestion = { ...conditions, after: null, size };
  const { ids, meta } = await read(toListKey(whole));
  const { places } = meta as unknown as ListMeta;
  const at = after === null || ids.length === 0 ? null : after % ids.length;
  const [updatedMs = 0, key = ''] = (at === null ? null : places[at]) ?? [];
  const position = at === null ? null : { updatedMs, key, issueId: ids[at] ?? '' };
  const found = { clauses: [search], updatedFrom: null, updatedTo: null, after: null, size };
  return [toListKey({ ...whole, after: position }), toListKey(found)];
}

test('a list that no known change concerns is the one that Jira would answer now, whatever happened unnoticed meanwhile', async () => {
  let kept = 0;
  let dropped = 0;
  await fc.assert(
    fc.asyncProperty(asked, fc.array(step, { minLength: 1, maxLength: 15, size: 'max' }), async (question, steps) => {
      await poll();
      const keys = await keysOf(question);
      const held = new Map<string, Found>();
      // Whether something has happened that nobody has told yet.
      let isUnknown = false;
      for (const next of [{ do: 'read' } as const, ...steps, { do: 'poll' } as const]) {
        const changes = next.do === 'poll' ? await poll() : next.do === 'edit' ? take(next) : [];
        if (next.do === 'poll') isUnknown = false;
        else if (next.do === 'edit' && !next.isTold) isUnknown = true;
        for (const key of keys) {
          const list = held.get(key);
          if (list && isConcerned(key, list, changes)) {
            dropped += 1;
            held.delete(key);
          } else if (list && !isUnknown && changes.length > 0) {
            kept += 1;
            expect(shown(list)).toEqual(shown(await read(key)));
          }
          if (next.do === 'read' && !held.has(key)) held.set(key, await read(key));
        }
      }
    }),
    { numRuns: 60 },
  );
  // Else it would be enough to read everything again.
  expect(kept).toBeGreaterThan(dropped / 10);
});
