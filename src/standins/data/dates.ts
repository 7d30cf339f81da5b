/** "Today" of the made-up company, in UTC. Nothing in the data depends on the real clock. */
const REFERENCE_DATE = '2026-11-20';

const DAY_MS = 86_400_000;
/** 09:00 UTC on the reference date: the latest moment at which anything was changed. */
export const REFERENCE_MS = Date.parse(`${REFERENCE_DATE}T09:00:00Z`);

/** Epoch milliseconds of a moment some days (parts too) after the reference moment; negative is before. */
export function daysFromReference(days: number): number {
  return REFERENCE_MS + Math.round((days * DAY_MS) / 1000) * 1000;
}

export function plusDays(ms: number, days: number): number {
  return ms + Math.round((days * DAY_MS) / 1000) * 1000;
}

/** `2026-11-20`. */
export function toDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** `2026-11-20T09:00:00.000+0000`: how Salesforce and Jira both write a moment. */
export function toDateTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '+0000');
}
