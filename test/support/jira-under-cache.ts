import type { RecordCache } from '../../src/cache/record-cache.ts';
import type { FreshnessDemand } from '../../src/platform/freshness.ts';
import type { JiraSource } from '../../src/sources/jira/source.ts';
import { type JiraStandIn, type JiraStandInOptions, startJiraStandIn } from '../../src/standins/jira/server.ts';
import { memoryCache } from './cache-source.ts';
import { asking, jiraRequest, openTestJira, type TestSourceOptions } from './jira-source.ts';
import { SMALL_SITE_NOW_MS, smallJiraSite } from './small-jira-site.ts';

/** Jira's small site, the source on it and its cache, all on one clock that the test moves. */
export interface JiraUnderCache {
  readonly standIn: JiraStandIn;
  readonly source: JiraSource;
  readonly cache: RecordCache;
  advanceSeconds(seconds: number): void;
  /** Loads one issue for a request of its own; its key, or null. */
  key(name: string, fields?: readonly string[], demand?: FreshnessDemand): Promise<string | null>;
  close(): Promise<void>;
}

export async function openJiraUnderCache(
  options: Partial<JiraStandInOptions> = {},
  sourceOptions: TestSourceOptions = {},
): Promise<JiraUnderCache> {
  let elapsedMs = 0;
  const clock = { now: () => SMALL_SITE_NOW_MS + elapsedMs };
  const standIn = await startJiraStandIn({ company: { jira: smallJiraSite }, clock, ...options });
  const { cache } = memoryCache({ coalesceWindowMs: 2, clock });
  const monotonicMs = () => elapsedMs;
  const source = await openTestJira(standIn, { clock, cache, monotonicMs, ...sourceOptions });
  standIn.calls.clear();
  return {
    standIn,
    source,
    cache,
    advanceSeconds: (seconds) => {
      elapsedMs += seconds * 1_000;
    },
    key: async (name, fields = ['summary'], demand) => {
      const issue = await jiraRequest(source, demand).jira.issueByKey.load(name, asking(...fields));
      return issue?.key ?? null;
    },
    close: async () => {
      await source.close();
      await standIn.close();
    },
  };
}
