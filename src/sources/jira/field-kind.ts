import type { ReadScope, RecordAnswer } from '../../cache/record-answer.ts';
import type { RecordKind } from '../../cache/record-kind.ts';
import { Receipt } from '../../platform/receipt.ts';
import { type FieldAnswer, fieldListAnswer } from './answers.ts';
import type { JiraClient } from './client.ts';
import type { JiraAccess } from './create-loaders.ts';

/** The fields of a site as the cache holds them: one record for all, by the site's address. */
const kindOptions = { source: 'JIRA', type: 'JiraFields', freshness: 'long', maxIdsPerFetch: 1 } as const;

/** What is known of the site's fields. */
export interface KnownFields {
  readonly fields: readonly FieldAnswer[];
  /** False: Jira can't be asked, and this is what it told an earlier time, perhaps another instance. */
  readonly isCurrent: boolean;
}

/** Asks Jira each time; a gateway that starts while Jira is away takes what was known before. Fails with the UPSTREAM_ codes. */
export function fieldReader(options: {
  readonly client: Pick<JiraClient, 'fetchFields'>;
  readonly cache: Pick<JiraAccess['cache'], 'readRecords'>;
  readonly baseUrl: string;
  readonly deadlineMs: number;
}): () => Promise<KnownFields> {
  const { client, cache, baseUrl, deadlineMs } = options;
  const kind: RecordKind = {
    ...kindOptions,
    fetch: async (ids, _fields, call) => {
      const { signal, receipt } = call;
      const list = await client.fetchFields({ signal, receipts: [receipt], deadlineMs });
      const fields = list.map(({ id, name, custom = null }) => ({ id, name, custom }));
      return new Map(ids.map((id) => [id, { kind: 'found', values: { fields } } as const]));
    },
  };
  return async () => {
    const scope: ReadScope = { signal: AbortSignal.timeout(deadlineMs * 2), receipt: new Receipt() };
    const demand = { maxAgeSeconds: 0 };
    const [answer] = await cache.readRecords({ kind, ids: [baseUrl], fields: ['fields'], scope, demand });
    return knownFrom(answer);
  };
}

function knownFrom(answer: RecordAnswer | undefined): KnownFields {
  if (answer?.kind === 'failed') throw answer.error;
  const values = answer?.kind === 'found' ? answer.values.fields : [];
  return { fields: fieldListAnswer.parse(values), isCurrent: answer?.state === 'fresh' };
}
