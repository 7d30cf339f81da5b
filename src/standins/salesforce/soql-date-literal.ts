import { malformedQuery } from './refusal.ts';

/** From (included) and to (excluded), in epoch milliseconds, UTC. */
export interface DateRange {
  readonly fromMs: number;
  readonly toMs: number;
}

type Unit = 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR';

/** What `TODAY`, `LAST_MONTH` or `LAST_N_DAYS:30` mean at a moment. Weeks begin on Sunday; the fiscal year is the calendar year. */
export function dateRange(literal: string, nowMs: number): DateRange {
  const [rawName = '', count] = literal.toUpperCase().split(':');
  const name = rawName.replace('FISCAL_', '');
  const n = Number(count ?? 1);
  const fixed = FIXED[name];
  if (fixed !== undefined && count === undefined) return span(nowMs, ...fixed);
  const parsed = /^(?:(LAST|NEXT)_N_(DAY|WEEK|MONTH|QUARTER|YEAR)S|N_(DAY|WEEK|MONTH|QUARTER|YEAR)S_AGO)$/.exec(name);
  if (parsed === null || count === undefined) throw malformedQuery(`unexpected token: '${literal}'`);
  const [, direction, unit, unitAgo] = parsed;
  if (unitAgo !== undefined) return span(nowMs, unitAgo as Unit, -n, 1);
  if (direction === 'NEXT') return span(nowMs, unit as Unit, 1, n);
  // The last n days include today; the last n weeks, months and so on end with the one before this.
  return unit === 'DAY' ? span(nowMs, 'DAY', -n, n + 1) : span(nowMs, unit as Unit, -n, n);
}

/** Unit, first unit counted from the current one, number of units. */
const FIXED: Readonly<Record<string, readonly [Unit, number, number]>> = {
  YESTERDAY: ['DAY', -1, 1],
  TODAY: ['DAY', 0, 1],
  TOMORROW: ['DAY', 1, 1],
  LAST_90_DAYS: ['DAY', -90, 91],
  NEXT_90_DAYS: ['DAY', 1, 90],
  LAST_WEEK: ['WEEK', -1, 1],
  THIS_WEEK: ['WEEK', 0, 1],
  NEXT_WEEK: ['WEEK', 1, 1],
  LAST_MONTH: ['MONTH', -1, 1],
  THIS_MONTH: ['MONTH', 0, 1],
  NEXT_MONTH: ['MONTH', 1, 1],
  LAST_QUARTER: ['QUARTER', -1, 1],
  THIS_QUARTER: ['QUARTER', 0, 1],
  NEXT_QUARTER: ['QUARTER', 1, 1],
  LAST_YEAR: ['YEAR', -1, 1],
  THIS_YEAR: ['YEAR', 0, 1],
  NEXT_YEAR: ['YEAR', 1, 1],
};

function span(nowMs: number, unit: Unit, first: number, units: number): DateRange {
  return { fromMs: startOf(nowMs, unit, first), toMs: startOf(nowMs, unit, first + units) };
}

function startOf(nowMs: number, unit: Unit, offset: number): number {
  const now = new Date(nowMs);
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  switch (unit) {
    case 'DAY':
      return Date.UTC(year, month, day + offset);
    case 'WEEK':
      return Date.UTC(year, month, day - now.getUTCDay() + offset * 7);
    case 'MONTH':
      return Date.UTC(year, month + offset, 1);
    case 'QUARTER':
      return Date.UTC(year, Math.floor(month / 3) * 3 + offset * 3, 1);
    case 'YEAR':
      return Date.UTC(year + offset, 0, 1);
  }
}
