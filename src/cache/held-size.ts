import type { HeldEntry } from './held-entry.ts';
import type { JsonValue } from './record-values.ts';

/** What V8 on a 64-bit machine spends, as measured by test/unit/cache/memory-tier.test.ts; rounded up. */
const SLOT_BYTES = 400;
const PROPERTY_BYTES = 24;
const STRING_BYTES = 24;
const CONTAINER_BYTES = 56;
const READING_BYTES = 96;

/** Bytes of memory that an entry takes under a key, estimated from above: what the memory tier is bounded by. */
export function sizeOfHeld(key: string, held: HeldEntry): number {
  let bytes = SLOT_BYTES + sizeOfText(key) + CONTAINER_BYTES;
  for (const tag of held.tags) bytes += 8 + sizeOfText(tag);
  if (held.kind !== 'found') return bytes + READING_BYTES;
  for (const name of held.names) bytes += 8 + sizeOfText(name);
  for (const field in held.values) bytes += PROPERTY_BYTES + sizeOfValue(held.values[field] as JsonValue);
  bytes += held.readings instanceof Map ? held.readings.size * (PROPERTY_BYTES + READING_BYTES) : READING_BYTES;
  return bytes;
}

function sizeOfValue(value: JsonValue): number {
  if (typeof value === 'string') return sizeOfText(value);
  if (typeof value !== 'object' || value === null) return 16;
  let bytes = CONTAINER_BYTES;
  if (Array.isArray(value)) {
    for (const item of value as readonly JsonValue[]) bytes += 8 + sizeOfValue(item);
    return bytes;
  }
  const object = value as { readonly [name: string]: JsonValue };
  for (const name in object) bytes += PROPERTY_BYTES + sizeOfText(name) + sizeOfValue(object[name] as JsonValue);
  return bytes;
}

/** V8 takes one byte for each character while all of them are Latin-1, else two for each. */
function sizeOfText(text: string): number {
  return STRING_BYTES + (/^[\0-\xff]*$/.test(text) ? text.length : text.length * 2);
}
