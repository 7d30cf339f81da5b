import { daysFromReference, REFERENCE_MS, toDateTime } from './dates.ts';
import type { Random } from './random.ts';

/** Nightly and bulk jobs that touched many rows within one transaction: their rows share one SystemModstamp. */
const BULK_UPDATES_MS = [-200.2916667, -92.2916667, -31.2916667, -8.2916667, -1.2916667].map(daysFromReference);

/** The audit fields of a row made at a moment; its last change lies between then and the reference moment. */
export function auditStamps(
  random: Random,
  createdMs: number,
  lastChangeMs = REFERENCE_MS,
): { readonly CreatedDate: string; readonly LastModifiedDate: string; readonly SystemModstamp: string } {
  const spanMs = Math.max(0, Math.min(lastChangeMs, REFERENCE_MS) - createdMs);
  const modifiedMs = createdMs + Math.floor((spanMs * random.next() ** 2) / 1000) * 1000;
  const bulk = BULK_UPDATES_MS.filter((moment) => moment >= modifiedMs);
  const stampMs = bulk.length > 0 && random.chance(0.55) ? random.pick(bulk) : modifiedMs;
  return {
    CreatedDate: toDateTime(createdMs),
    LastModifiedDate: toDateTime(modifiedMs),
    SystemModstamp: toDateTime(stampMs),
  };
}
