import type { DrivingArgument, PendingRead, ReadSpend } from './pending-read.ts';
import type { ExplainedSource } from './source-totals.ts';

/** What one field adds to the most that an operation may cost. */
export interface Driver {
  /** Place in the answer, without positions in lists: `psRequests.nodes.steps`. */
  readonly path: string;
  /** The field in the schema: `PsRequest.steps`. */
  readonly field: string;
  readonly source: ExplainedSource;
  /** Calls that would not be made without it; 0: what it asks travels in a call that is made anyway. */
  readonly calls: number;
  /** The argument that decides how much is asked; null when none does. */
  readonly argument: DrivingArgument | null;
  /** The same in words. */
  readonly says: string;
}

const MAX_DRIVERS = 25;

const sourceNames: Readonly<Record<ExplainedSource, string>> = {
  SALESFORCE: 'Salesforce',
  JIRA: 'Jira',
  POSTGRES: 'PostgreSQL',
};
const unitNames: Readonly<Record<ExplainedSource, readonly [one: string, many: string]>> = {
  SALESFORCE: ['query', 'queries'],
  JIRA: ['call', 'calls'],
  POSTGRES: ['transaction', 'transactions'],
};

/** One driver for each field and source, the dearest first. */
export function describeDrivers(spends: readonly ReadSpend[]): {
  readonly drivers: readonly Driver[];
  readonly driversLeftOut: number;
} {
  const byField = Map.groupBy(spends, ({ read }) => `${read.path} ${read.cost.source}`);
  const all = [...byField.values()].map(toDriver).sort((left, right) => right.calls - left.calls);
  return { drivers: all.slice(0, MAX_DRIVERS), driversLeftOut: Math.max(0, all.length - MAX_DRIVERS) };
}

function toDriver(spends: readonly ReadSpend[]): Driver {
  const [{ read }] = spends as readonly [ReadSpend, ...ReadSpend[]];
  const source = read.cost.source as ExplainedSource;
  const calls = spends.reduce((sum, spend) => sum + spend.calls, 0);
  const units = spends.reduce((sum, spend) => sum + spend.units, 0);
  const says = inWords(read, Math.max(...spends.map((spend) => spend.read.asked.keys)), units, calls, source);
  return { path: read.path, field: read.coordinate, source, calls, argument: read.argument, says };
}

function inWords(read: PendingRead, keys: number, units: number, calls: number, source: ExplainedSource): string {
  const [one, many] = unitNames[source];
  const forWhat = keys === 1 ? 'once' : `for up to ${keys} keys`;
  const asks =
    units === 0
      ? `${read.coordinate} needs nothing from ${sourceNames[source]} that is not read anyway`
      : `${read.coordinate} asks ${sourceNames[source]} ${forWhat}, in up to ${units} ${units === 1 ? one : many}`;
  const adds =
    units === 0
      ? '.'
      : calls === 0
        ? ', which travel in a call that is made anyway.'
        : `, which adds up to ${calls} ${calls === 1 ? 'call' : 'calls'}.`;
  const { argument } = read;
  if (!argument || keys <= 1) return asks + adds;
  const value = argument.isDefault ? `${argument.value}, which holds unless told` : String(argument.value);
  return `${asks}${adds} How many is decided by \`${argument.name}\` of ${argument.path}: ${value}.`;
}
