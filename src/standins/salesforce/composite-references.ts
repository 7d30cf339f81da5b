import { Refusal } from './refusal.ts';

/** Bodies of earlier subrequests by their reference ids. */
export type Results = ReadonlyMap<string, unknown>;

const REFERENCE = /@\{([A-Za-z]\w*)([^}]*)\}/g;

/** Replaces `@{ref.records[0].Id}` in every text of a value. Refuses a reference that has no value, as Salesforce does. */
export function resolveReferences<T>(value: T, results: Results): T {
  return resolve(value, results) as T;
}

function resolve(value: unknown, results: Results): unknown {
  if (typeof value === 'string') return resolveText(value, results);
  if (Array.isArray(value)) return value.map((entry) => resolve(entry, results));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, resolve(entry, results)]));
}

function resolveText(text: string, results: Results): unknown {
  const whole = /^@\{([A-Za-z]\w*)([^}]*)\}$/.exec(text);
  // A text that is nothing but a reference takes over the type of the value too.
  if (whole !== null) return lookUp(whole[1] ?? '', whole[2] ?? '', results);
  return text.replace(REFERENCE, (_, referenceId: string, path: string) => String(lookUp(referenceId, path, results)));
}

function lookUp(referenceId: string, path: string, results: Results): unknown {
  let current: unknown = results.get(referenceId);
  for (const [, name, index] of path.matchAll(/\.(\w+)|\[(\d+)\]/g)) {
    current =
      typeof current === 'object' && current !== null
        ? (current as Record<string, unknown>)[name ?? index ?? '']
        : undefined;
  }
  if (current !== undefined && current !== null && typeof current !== 'object') return current;
  const last = path.split('.').at(-1) ?? path;
  throw new Refusal(
    400,
    'PROCESSING_HALTED',
    `Invalid reference specified. No value for ${referenceId}${path} found in ${last === '' ? referenceId : last}`,
  );
}
