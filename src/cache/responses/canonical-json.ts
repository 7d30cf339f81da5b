/** Deeper values are no variables that anyone means. */
const MAX_DEPTH = 100;

/**
 * JSON with the keys of every object in one order, so that equal values have equal texts and different ones have different texts. Written
 * as text and never as an object, in which a key such as `__proto__` would vanish. Null for a value nested more than a hundred deep. Not for parsing: numbers too large for JSON are in it by name.
 */
export function canonicalJson(value: unknown): string | null {
  try {
    return write(value, 0);
  } catch (error) {
    if (error instanceof TooDeep) return null;
    throw error;
  }
}

class TooDeep extends Error {}

function write(value: unknown, depth: number): string {
  // `1e999` in JSON; JSON has no way to write it, and `null` is what it would be taken for.
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  if (depth >= MAX_DEPTH) throw new TooDeep();
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(',')}]`;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${write(item, depth + 1)}`).join(',')}}`;
}
