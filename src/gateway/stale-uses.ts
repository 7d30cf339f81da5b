import type { StaleUse } from '../platform/freshness.ts';

/** The stale uses of one request, to be found by what the places of the answer know of their records. */
export class StaleUses {
  readonly #unclaimed: Set<StaleUse>;
  /** Records by type, then by each of their names. */
  readonly #records = new Map<string, Map<string, StaleUse[]>>();
  /** Lists by the type of their records, whatever the lists are called. */
  readonly #lists = new Map<string, StaleUse[]>();

  constructor(uses: readonly StaleUse[]) {
    this.#unclaimed = new Set(uses);
    for (const use of uses) {
      const [type = '', listName] = use.type.split('[] ');
      if (listName !== undefined) {
        this.#lists.set(type, [...(this.#lists.get(type) ?? []), use]);
        continue;
      }
      const byName = this.#records.get(type) ?? new Map<string, StaleUse[]>();
      this.#records.set(type, byName);
      for (const name of new Set([use.id, use.identity ?? use.id]))
        byName.set(name, [...(byName.get(name) ?? []), use]);
    }
  }

  /** Not found at any place yet. */
  get unclaimed(): readonly StaleUse[] {
    return [...this.#unclaimed];
  }

  claim(use: StaleUse): void {
    this.#unclaimed.delete(use);
  }

  /** All uses of one record of one of these types, by whatever of its names it was asked. */
  ofRecord(types: readonly string[], names: readonly string[]): readonly StaleUse[] {
    return types.flatMap((type) => {
      const byName = this.#records.get(type);
      return byName ? [...new Set(names.flatMap((name) => byName.get(name) ?? []))] : [];
    });
  }

  /** Lists of one of these parents. */
  ofLists(types: readonly string[], parentKeys: readonly string[]): StaleUse[] {
    return types.flatMap((type) => (this.#lists.get(type) ?? []).filter((use) => isNamed(use, parentKeys)));
  }
}

/** Whether one of the names is what it was asked by. The key of a list of a parent's is the parent's, or begins with it where pages are told apart. */
export function isNamed({ id }: StaleUse, names: readonly string[]): boolean {
  return names.some((name) => name !== '' && (id === name || (id.startsWith(name) && isWhole(name, id))));
}

/** `PSD-1` is no part of `PSD-12`; a Salesforce id is whole by its length. */
function isWhole(name: string, id: string): boolean {
  return name.length === 18 || !/[A-Za-z0-9]/.test(id.charAt(name.length));
}
