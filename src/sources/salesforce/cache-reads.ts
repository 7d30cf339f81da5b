import type { ListAnswer, ReadScope, RecordAnswer } from '../../cache/record-answer.ts';
import type { RecordCache } from '../../cache/record-cache.ts';
import type { ListKind } from '../../cache/record-kind.ts';
import { listsTag, recordTag, sourceTag, typeTag } from '../../cache/tags.ts';
import type { FreshnessDemand } from '../../platform/freshness.ts';
import type { TagCollector } from '../../platform/tag-collector.ts';
import type { Availability } from './availability.ts';
import type { ReadPlan } from './read-plan.ts';
import type { RecordKinds } from './row-reader.ts';

interface SharedParts {
  readonly cache: Pick<RecordCache, 'readRecords' | 'readLists' | 'heldList'>;
  readonly recordKinds: RecordKinds;
  readonly availability: Availability;
}

/** What one request reads through: tells the cache for whom it reads, and the answer's tags what was read. */
export class CacheReads {
  readonly #cache: Pick<RecordCache, 'readRecords' | 'readLists' | 'heldList'>;
  readonly #kinds: RecordKinds;
  readonly #availability: Availability;
  readonly #scope: ReadScope;
  readonly #tags: TagCollector | undefined;

  constructor(shared: SharedParts, scope: ReadScope, tags: TagCollector | undefined) {
    this.#cache = shared.cache;
    this.#kinds = shared.recordKinds;
    this.#availability = shared.availability;
    this.#scope = scope;
    this.#tags = tags;
  }

  /** Records by 18-character id, requests by number too. What was looked for in vain is noted like what was found. */
  records(
    plan: ReadPlan,
    ids: readonly string[],
    columns: readonly string[],
    demand: FreshnessDemand | undefined,
  ): Promise<RecordAnswer[]> {
    const { object } = plan;
    const { type } = object;
    this.#tags?.addTags([sourceTag('SALESFORCE'), typeTag(type)]);
    this.#tags?.addTags(ids.map((id) => recordTag(type, id)));
    return this.#cache.readRecords({
      kind: this.#kinds[type],
      ids,
      // The plan may be older than the news that a column is hidden, for which the cache would ask in vain.
      fields: columns.filter((column) => this.#availability.whyHidden(object, column) === null),
      sideFields: plan.parentPaths,
      ...(demand ? { demand } : {}),
      scope: this.#scope,
    });
  }

  /** A list that memory holds and that is fresh enough; null when it would have to be asked for. */
  heldList(kind: ListKind, key: string, demand: FreshnessDemand | undefined): ListAnswer | null {
    return this.#cache.heldList({ kind, key, ...(demand ? { demand } : {}), scope: this.#scope });
  }

  /** A list is null, because these records of it are not as fresh as is demanded. */
  withheldList(kind: ListKind, key: string, ids: readonly string[]): void {
    this.#scope.freshness?.withheldList(kind, key, ids);
  }

  /** `fields`: paths of what will be read of the records, and of those they refer to. */
  lists(
    kind: ListKind,
    keys: readonly string[],
    fields: readonly string[],
    demand: FreshnessDemand | undefined,
  ): Promise<ListAnswer[]> {
    this.#tags?.addTags([sourceTag('SALESFORCE'), typeTag(kind.type), listsTag(kind.type)]);
    return this.#cache.readLists({ kind, keys, fields, ...(demand ? { demand } : {}), scope: this.#scope });
  }
}
