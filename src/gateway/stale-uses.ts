import type { StaleUse } from '../platform/freshness.ts';

const none: readonly StaleUse[] = [];
/** Of a Salesforce id, by which most lists of a parent's are asked. */
const PARENT_ID_LENGTH = 18;

/** The stale uses of one request, to be found by what the places of the answer know of their records. There may be a thousand of each. */
export class StaleUses {
  readonly all: readonly StaleUse[];
  readonly #unclaimed: Set<StaleUse>;
  /** Records by type, then by each of their names. */
  readonly #records = new Map<string, Map<string, StaleUse[]>>();
  /** Lists by the type of their records, whatever the lists are called. */
  readonly #lists = new Map<string, StaleUse[]>();
  /** Those of them that may be of a parent with an id of that length, by type and id. */
  readonly #listsByParent = new Map<string, StaleUse[]>();

  constructor(uses: readonly StaleUse[]) {
    this.all = uses;
    this.#unclaimed = new Set(uses);
    for (const use of uses) {
      const listAt = use.type.indexOf('[] ');
      if (listAt >= 0) {
        const type = use.type.slice(0, listAt);
        append(this.#lists, type, use);
        append(this.#listsByParent, `${type} ${use.id.slice(0, PARENT_ID_LENGTH)}`, use);
        continue;
      }
      let byName = this.#records.get(use.type);
      if (!byName) this.#records.set(use.type, (byName = new Map()));
      append(byName, use.id, use);
      if (use.identity !== undefined && use.identity !== use.id) append(byName, use.identity, use);
    }
  }

  /** Not found at any place yet. */
  get unclaimed(): readonly StaleUse[] {
    return [...this.#unclaimed];
  }

  claim(use: StaleUse): void {
    this.#unclaimed.delete(use);
  }

  /** All uses of one record of one of these types, by whatever of its names it was asked; some may be there twice. */
  ofRecord(types: readonly string[], names: readonly string[]): readonly StaleUse[] {
    let found = none;
    for (const type of types) {
      const byName = this.#records.get(type);
      if (!byName) continue;
      for (const name of names) {
        const uses = byName.get(name);
        if (uses && uses !== found) found = found.length === 0 ? uses : [...found, ...uses];
      }
    }
    return found;
  }

  /** Lists of one of these parents. */
  ofLists(types: readonly string[], parentKeys: readonly string[]): readonly StaleUse[] {
    return types.flatMap((type) =>
      parentKeys.every(({ length }) => length === PARENT_ID_LENGTH)
        ? parentKeys.flatMap((key) => this.#listsByParent.get(`${type} ${key}`) ?? none)
        : (this.#lists.get(type) ?? none).filter((use) => isNamed(use, parentKeys)),
    );
  }
}

/** Whether one of the names is what it was asked by. The key of a list of a parent's is the parent's, or begins with it where pages are told apart. */
export function isNamed({ id }: StaleUse, names: readonly string[]): boolean {
  return names.some((name) => name !== '' && (id === name || (id.startsWith(name) && isWhole(name, id))));
}

/** `PSD-1` is no part of `PSD-12`; a Salesforce id is whole by its length. */
function isWhole(name: string, id: string): boolean {
  return name.length === PARENT_ID_LENGTH || !/[A-Za-z0-9]/.test(id.charAt(name.length));
}

function append(byKey: Map<string, StaleUse[]>, key: string, use: StaleUse): void {
  const uses = byKey.get(key);
  if (uses) uses.push(use);
  else byKey.set(key, [use]);
}
