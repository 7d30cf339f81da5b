import { type FieldCost, type LoaderCost, oneRead, oneRow, type TransactionCost } from '../../platform/costs.ts';
import { MAX_SESSIONS_PER_PERSON } from './session-rows.ts';

/** One line for each loader of the slice; a unit is a transaction. Each transaction that changes something appends to the audit log. */
export const accessLoaderCosts: readonly LoaderCost[] = [
  { ...alone('preferences'), merges: 'once', most: () => ({ rounds: [1] }) },
  alone('sessions'),
  { ...alone('createSession'), writes: true, transaction: () => statements(4, 5) },
  { ...alone('endSessions'), writes: true, transaction: () => statements(1, 2) },
  { ...alone('updatePreferences'), writes: true, transaction: () => statements(1, 3) },
];

/** One line for each field that reads or changes something. Nothing is certain: callers without credentials cost nothing. */
export const accessFieldCosts: readonly FieldCost[] = [
  line('Viewer', 'preferences', 'preferences'),
  line('Viewer', 'preferencesVersion', 'preferences'),
  line('Viewer', 'sessions', 'sessions', MAX_SESSIONS_PER_PERSON),
  line('Mutation', 'createSession', 'createSession'),
  line('Mutation', 'revokeSession', 'endSessions'),
  line('Mutation', 'revokeAllSessions', 'endSessions'),
  line('Mutation', 'signOut', 'endSessions'),
  line('Mutation', 'updatePreferences', 'updatePreferences'),
];

function line(type: string, field: string, loader: string, rows = 1): FieldCost {
  return oneRead(type, field, `access.${loader}`, () => ({ rows, isCertain: false }));
}

function alone(name: string): LoaderCost {
  return {
    loader: `access.${name}`,
    source: 'POSTGRES',
    merges: 'never',
    rows: oneRow,
    most: (asked) => ({ rounds: [asked.length] }),
  };
}

/** Begin and commit are two round trips more; the tenant is set with the beginning. */
function statements(min: number, max: number): TransactionCost {
  return { calls: { min: min + 2, max: max + 2 }, statements: { min: min + 3, max: max + 3 } };
}
