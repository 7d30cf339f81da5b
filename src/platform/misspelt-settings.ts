/** A variable that no setting is called, and the setting that it may be meant to be. */
export interface Misspelt {
  readonly given: string;
  readonly meant: string;
}

/** Short names are like too many others: HOST and HOME, PORT and PGPORT. */
const MIN_LENGTH = 6;
const MAX_EDITS = 2;
/** Within one family (`CACHE_…`) there is less else that a name may be, unless most of what follows is another word: REDIS_PORT. */
const MAX_EDITS_IN_FAMILY = 3;
const MAX_SHARE_IN_FAMILY = 0.5;

/** Variables that look like misspelt names of settings. Other programs have variables in the same environment, so none of them is wrong for certain. */
export function misspeltSettings(given: Iterable<string>, settings: readonly string[]): readonly Misspelt[] {
  const known = new Set(settings);
  return [...given].flatMap((name) => {
    if (known.has(name) || name.length < MIN_LENGTH) return [];
    const upper = name.toUpperCase();
    const near = settings
      .filter((setting) => setting.length >= MIN_LENGTH)
      .map((meant) => ({ given: name, meant, edits: editsBetween(upper, meant) }))
      .filter(({ meant, edits }) => edits <= maxEdits(upper, meant))
      .sort((left, right) => left.edits - right.edits);
    return near.slice(0, 1).map(({ given, meant }) => ({ given, meant }));
  });
}

function maxEdits(name: string, meant: string): number {
  const family = familyOf(meant);
  if (familyOf(name) !== family) return MAX_EDITS;
  return Math.min(MAX_EDITS_IN_FAMILY, Math.floor((meant.length - family.length - 1) * MAX_SHARE_IN_FAMILY));
}

function familyOf(name: string): string {
  return name.split('_', 1)[0] ?? '';
}

/** Letters to add, drop, replace or exchange with their neighbour (optimal string alignment). */
function editsBetween(left: string, right: string): number {
  if (Math.abs(left.length - right.length) > MAX_EDITS_IN_FAMILY) return Number.POSITIVE_INFINITY;
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, place) => place);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let place = 1; place <= right.length; place += 1) {
      const isSame = left[row - 1] === right[place - 1];
      let edits = Math.min(
        (last[place] ?? 0) + 1,
        (current[place - 1] ?? 0) + 1,
        (last[place - 1] ?? 0) + (isSame ? 0 : 1),
      );
      const isExchanged =
        row > 1 && place > 1 && left[row - 1] === right[place - 2] && left[row - 2] === right[place - 1];
      if (isExchanged) edits = Math.min(edits, (beforeLast[place - 2] ?? 0) + 1);
      current.push(edits);
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length] ?? 0;
}
