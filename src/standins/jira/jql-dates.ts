const UNIT_MS: Readonly<Record<string, number>> = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000 };

/** A date as JQL writes it: `2026-01-02`, `2026/01/02 10:30`, or a period from now such as `-7d` or `4w 2d`. In UTC; null when it is none of these. */
export function parseJqlDate(text: string, nowMs: number): number | null {
  const absolute = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?: (\d{1,2}):(\d{2}))?$/.exec(text.trim());
  if (absolute) {
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = absolute.slice(1).map((part) => Number(part ?? 0));
    const ms = Date.UTC(year, month - 1, day, hour, minute);
    const date = new Date(ms);
    const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60;
    return exists ? ms : null;
  }
  const periodMs = parsePeriod(text);
  return periodMs === null ? null : nowMs + periodMs;
}

function parsePeriod(text: string): number | null {
  const match = /^([+-]?)((?:\d+[wdhm]\s*)+)$/.exec(text.trim());
  if (!match) return null;
  const parts = [...(match[2] ?? '').matchAll(/(\d+)([wdhm])/g)];
  const sum = parts.reduce((total, [, count, unit]) => total + Number(count) * (UNIT_MS[unit ?? ''] ?? 0), 0);
  return match[1] === '-' ? -sum : sum;
}

type Unit = 'day' | 'week' | 'month' | 'year';

/** The instant that `now()`, `startOfDay("-1d")`, `endOfMonth(1)` … stand for; null for another function or a malformed increment. */
export function dateFunction(name: string, args: readonly string[], nowMs: number): number | null {
  if (name.toLowerCase() === 'now') return args.length === 0 ? nowMs : null;
  const match = /^(start|end)of(day|week|month|year)$/i.exec(name);
  if (!match || args.length > 1) return null;
  const unit = (match[2] ?? '').toLowerCase() as Unit;
  const shifted = args[0] === undefined ? nowMs : increment(nowMs, args[0], unit);
  if (shifted === null) return null;
  return match[1]?.toLowerCase() === 'start'
    ? startOf(shifted, unit)
    : startOf(addUnits(startOf(shifted, unit), 1, unit), unit) - 1;
}

const INCREMENT_UNITS: Readonly<Record<string, Unit | 'h' | 'm'>> = {
  y: 'year',
  M: 'month',
  w: 'week',
  d: 'day',
  h: 'h',
  m: 'm',
};

/** `+1M`, `-1w`; a bare number counts in the function's own unit. */
function increment(ms: number, text: string, ownUnit: Unit): number | null {
  const match = /^([+-]?\d{1,5})([yMwdhm]?)$/.exec(text.trim());
  if (!match) return null;
  const unit = match[2] ? INCREMENT_UNITS[match[2]] : ownUnit;
  const count = Number(match[1]);
  if (unit === undefined) return null;
  return unit === 'h' || unit === 'm' ? ms + count * (UNIT_MS[unit] ?? 0) : addUnits(ms, count, unit);
}

function addUnits(ms: number, count: number, unit: Unit): number {
  const date = new Date(ms);
  if (unit === 'day') date.setUTCDate(date.getUTCDate() + count);
  if (unit === 'week') date.setUTCDate(date.getUTCDate() + 7 * count);
  if (unit === 'day' || unit === 'week') return date.getTime();
  const day = date.getUTCDate();
  date.setUTCMonth(date.getUTCMonth() + (unit === 'year' ? 12 * count : count));
  // The 31st of a shorter month is its last day, not one of the month after.
  if (date.getUTCDate() !== day) date.setUTCDate(0);
  return date.getTime();
}

function startOf(ms: number, unit: Unit): number {
  const date = new Date(ms);
  date.setUTCHours(0, 0, 0, 0);
  // Weeks begin on Sunday, as in a site that was never told otherwise.
  if (unit === 'week') date.setUTCDate(date.getUTCDate() - date.getUTCDay());
  if (unit === 'month' || unit === 'year') date.setUTCDate(1);
  if (unit === 'year') date.setUTCMonth(0);
  return date.getTime();
}
