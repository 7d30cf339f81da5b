import DataLoader from 'dataloader';
import type { RecordKind } from '../../cache/record-kind.ts';
import type { RecordValues } from '../../cache/record-values.ts';
import type { FreshnessDemand } from '../../platform/freshness.ts';
import type { RequestScope } from '../../platform/request-scope.ts';
import { demandNotation } from './demand.ts';
import type { JiraReads } from './jira-reads.ts';

interface PlainRecords {
  readonly reads: JiraReads;
  readonly kind: RecordKind;
  /** All that the model is made of. */
  readonly fields: readonly string[];
  readonly scope: RequestScope;
}

interface Asked {
  readonly name: string;
  readonly demand: FreshnessDemand | undefined;
}

/** Records of one request that are always read whole, by identity or another name. What Jira does not show loads as null. */
export class PlainRecordLoader<Model> {
  readonly #loader: DataLoader<Asked, Model | null, string>;
  readonly #records: PlainRecords;
  readonly #toModel: (id: string, values: RecordValues) => Model | null;

  constructor(records: PlainRecords, toModel: (id: string, values: RecordValues) => Model | null) {
    this.#records = records;
    this.#toModel = toModel;
    this.#loader = new DataLoader((asked) => this.#loadBatch(asked), {
      cacheKeyFn: ({ name, demand }) => `${name}|${demandNotation(demand)}`,
    });
  }

  load(
    name: string,
    { demand = this.#records.scope.demand }: { readonly demand?: FreshnessDemand },
  ): Promise<Model | null> {
    return this.#loader.load({ name, demand });
  }

  /** Forgets every answer, because something was written. */
  clear(): void {
    this.#loader.clearAll();
  }

  async #loadBatch(asked: readonly Asked[]): Promise<(Model | null | Error)[]> {
    const groups = Map.groupBy(asked, ({ demand }) => demandNotation(demand));
    const models = new Map<Asked, Model | null | Error>();
    await Promise.all([...groups.values()].map((group) => this.#read(group, models)));
    return asked.map((one) => models.get(one) ?? null);
  }

  async #read(group: readonly Asked[], into: Map<Asked, Model | null | Error>): Promise<void> {
    const { reads, kind, fields } = this.#records;
    const names = group.map(({ name }) => name);
    const answers = await reads.records(kind, names, fields, group[0]?.demand);
    for (const [index, answer] of answers.entries()) {
      const one = group[index];
      if (!one) continue;
      if (answer.kind === 'absent') into.set(one, null);
      else if (answer.kind === 'failed') into.set(one, answer.error);
      else into.set(one, answer.unread?.error ?? this.#toModel(answer.id, answer.values));
    }
  }
}
