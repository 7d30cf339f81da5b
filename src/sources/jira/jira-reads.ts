import type { ListAnswer, ReadScope, RecordAnswer } from '../../cache/record-answer.ts';
import type { RecordCache } from '../../cache/record-cache.ts';
import type { ListKind, RecordKind } from '../../cache/record-kind.ts';
import { listsTag, recordTag } from '../../cache/tags.ts';
import type { FreshnessDemand } from '../../platform/freshness.ts';
import type { RequestScope } from '../../platform/request-scope.ts';
import type { TagCollector } from '../../platform/tag-collector.ts';
import { KEY_FIELD } from './fields.ts';

/** The cache as one request reads it: for whom, since when, and with everything that was looked at among the answer's tags. */
export class JiraReads {
  readonly #cache: Pick<RecordCache, 'readRecords' | 'readLists'>;
  readonly #scope: ReadScope;
  readonly #tags: TagCollector | undefined;

  constructor(cache: Pick<RecordCache, 'readRecords' | 'readLists'>, scope: RequestScope, beganAtMs: number) {
    const { signal, receipt, freshness, tags } = scope;
    this.#cache = cache;
    this.#scope = {
      signal,
      receipt,
      beganAtMs,
      ...(freshness ? { freshness } : {}),
      // It grows when the request writes.
      get priority() {
        return scope.priority ?? 'interactive';
      },
    };
    this.#tags = tags;
  }

  async records(
    kind: RecordKind,
    ids: readonly string[],
    fields: readonly string[],
    demand: FreshnessDemand | undefined,
  ): Promise<RecordAnswer[]> {
    const question = { kind, ids, fields, scope: this.#scope };
    const answers = await this.#cache.readRecords(demand ? { ...question, demand } : question);
    // As they were asked for, which tells of what was not found too, and by identity and key.
    const names = new Set(ids);
    for (const answer of answers) {
      if (answer.kind !== 'found') continue;
      names.add(answer.id);
      const key = answer.values[KEY_FIELD] ?? answer.values.key;
      if (typeof key === 'string') names.add(key.toUpperCase());
    }
    this.#tags?.addTags([...names].map((name) => recordTag(kind.type, name)));
    return answers;
  }

  /** A list is null, because these records of it are not as fresh as is demanded. */
  withheldList(kind: ListKind, key: string, ids: readonly string[]): void {
    this.#scope.freshness?.withheldList(kind, key, ids);
  }

  async list(
    kind: ListKind,
    key: string,
    fields: readonly string[],
    demand: FreshnessDemand | undefined,
  ): Promise<ListAnswer> {
    const question = { kind, keys: [key], fields, scope: this.#scope };
    this.#tags?.addTags([listsTag(kind.type)]);
    const [answer] = await this.#cache.readLists(demand ? { ...question, demand } : question);
    if (!answer) throw new Error('The cache owes an answer for each key.');
    return answer;
  }
}
