import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changePreferences, type Preferences, selectPreferences } from '../../../src/features/access/preferences.ts';
import type { Databases } from '../../../src/platform/database.ts';
import { GatewayError } from '../../../src/platform/errors.ts';
import { createTestDatabase, openTestDatabases, type TestDatabase, testScope } from '../../support/database.ts';
import { sized } from '../../support/test-size.ts';

let database: TestDatabase;
let databases: Databases;
beforeAll(async () => {
  database = await createTestDatabase();
  databases = openTestDatabases(database.url);
});
afterAll(async () => {
  await databases.close();
  await database.drop();
});

interface Step {
  readonly writer: number;
  readonly does: 'read' | 'write';
  /** The next step does not wait for this one. */
  readonly overlaps: boolean;
}

test('of writers that overlap in every way, no stored change is lost and no refused one is stored', async () => {
  let run = 0;
  const outcomes = { stored: 0, conflicts: 0 };
  const step = fc.record<Step>({
    writer: fc.nat({ max: 2 }),
    does: fc.constantFrom('read', 'write', 'write'),
    overlaps: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
      run += 1;
      const person = { tenant: 'demo', id: `model-${run}` };
      const scope = testScope(person.tenant);
      const select = () => databases.oltp.inTenant(scope, (db) => selectPreferences(db, person.id));
      const known: Preferences[] = Array.from({ length: 3 }, () => ({ preferences: {}, version: 0 }));
      const stored = new Set<string>();
      const refused = new Set<string>();
      // Every change adds one key, so a state that never was would show.
      const isWhole = ({ preferences, version }: Preferences) => expect(Object.keys(preferences)).toHaveLength(version);
      const take = async ({ writer, does }: Step, place: number): Promise<void> => {
        if (does === 'read') {
          const state = await select();
          isWhole(state);
          known[writer] = state;
          return;
        }
        const key = `${writer}:${place}`;
        const version = known[writer]?.version ?? 0;
        try {
          const next = await databases.oltp.inTenant(scope, (db) =>
            changePreferences(db, person, { patch: { [key]: place }, version }),
          );
          stored.add(key);
          isWhole(next);
          known[writer] = next;
        } catch (error) {
          if (!(error instanceof GatewayError) || error.code !== 'CONFLICT') throw error;
          refused.add(key);
          const { currentVersion, currentPreferences } = error.details;
          const current = { version: currentVersion, preferences: currentPreferences } as Preferences;
          expect(current.version).not.toBe(version);
          isWhole(current);
          known[writer] = current;
        }
      };
      let underWay: Promise<void>[] = [];
      for (const [place, one] of steps.entries()) {
        underWay.push(take(one, place));
        if (one.overlaps) continue;
        await Promise.all(underWay);
        underWay = [];
      }
      await Promise.all(underWay);
      const last = await select();
      expect(new Set(Object.keys(last.preferences))).toEqual(stored);
      expect(last.version).toBe(stored.size);
      for (const key of refused) expect(stored.has(key)).toBe(false);
      outcomes.stored += stored.size;
      outcomes.conflicts += refused.size;
    }),
    { numRuns: sized({ small: 60, full: 10_000 }), seed: 20_261_120 },
  );
  // Otherwise nothing was tried.
  expect(outcomes.stored).toBeGreaterThan(100);
  expect(outcomes.conflicts).toBeGreaterThan(30);
}, 1_800_000);
