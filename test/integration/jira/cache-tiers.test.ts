import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRecordCache } from '../../../src/cache/open-record-cache.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { type JiraStandIn, startJiraStandIn } from '../../../src/standins/jira/server.ts';
import { createTestDatabase, poolSettings, type TestDatabase } from '../../support/database.ts';
import { asking, jiraRequest, openTestJira, select } from '../../support/jira-source.ts';
import { smallJiraSite } from '../../support/small-jira-site.ts';

let database: TestDatabase;
let standIn: JiraStandIn;
beforeAll(async () => {
  database = await createTestDatabase();
  standIn = await startJiraStandIn({ company: { jira: smallJiraSite } });
});
afterAll(async () => {
  await standIn.close();
  await database.drop();
});

/** What one process does: it opens the cache and Jira, and takes both down. */
async function inOneProcess(work: (source: Awaited<ReturnType<typeof openTestJira>>) => Promise<void>): Promise<void> {
  const cache = await openRecordCache({
    ttlDefaultSeconds: 300,
    ttlLongSeconds: 3_600,
    staleTtlSeconds: 86_400,
    maxEntries: 10_000,
    redis: null,
    database: { url: database.url, settings: poolSettings(database.url) },
    log: createLogger('silent'),
  });
  const source = await openTestJira(standIn, { cache });
  try {
    await work(source);
  } finally {
    await source.close();
    await cache.close();
  }
}

describe('what was read of Jira', () => {
  it('survives a restart while Jira is down: moved keys, lists with their cursors, comments, people', async () => {
    // Three bytes each, and random, since a repeated text would be compressed into any index.
    const longText = Array.from({ length: 1_000 }, () => String.fromCodePoint(randomInt(0x4e00, 0x9fff))).join('');
    const readAll = async (source: Parameters<Parameters<typeof inOneProcess>[0]>[0]) => {
      const { jira } = jiraRequest(source);
      const issue = await jira.issueByKey.load('PSD-4', asking('summary', 'assignee', 'psRequest'));
      const page = await jira.issuesPage({ first: 3 }, null, select('key', 'summary'));
      const comments = await jira.commentsByIssueKey.load('101', asking('body'));
      const user = await jira.userById.load('acc-bob', asking('displayName'));
      return { issue, page, comments, user };
    };
    let before: Awaited<ReturnType<typeof readAll>> | undefined;
    await inOneProcess(async (source) => {
      // A list whose key no index of PostgreSQL takes must not keep the others from being stored.
      await jiraRequest(source).jira.issuesPage({ first: 3 }, { text: longText }, select('key'));
      before = await readAll(source);
    });
    expect(before?.issue).toMatchObject({ key: 'OPS-1', formerKeys: ['PSD-4'] });
    expect(before?.page?.connection.nodes).toHaveLength(3);
    standIn.calls.clear();
    standIn.faults.add({ kind: 'down', path: 'search' });
    standIn.faults.add({ kind: 'down', path: 'bulk' });
    standIn.faults.add({ kind: 'down', path: 'comment' });
    try {
      await inOneProcess(async (source) => {
        expect(await readAll(source)).toEqual(before);
      });
      expect(standIn.calls.all.map(({ path }) => path)).toEqual(['/rest/api/3/field']);
    } finally {
      standIn.faults.clear();
    }
  });
});
