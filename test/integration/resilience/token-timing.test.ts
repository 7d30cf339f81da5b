import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EndedSessions } from '../../../src/features/access/ended-sessions.ts';
import { Sessions } from '../../../src/features/access/sessions.ts';
import { VerifiedSessions } from '../../../src/features/access/verified-sessions.ts';
import { createPool } from '../../../src/platform/database-pool.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { createTestDatabase, poolSettings, type TestDatabase } from '../../support/database.ts';
import { testSealer } from '../../support/keys.ts';
import { sized } from '../../support/test-size.ts';

const log = createLogger('silent');
let database: TestDatabase;
const closers: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  for (const close of closers) await close();
  await database.drop();
});

/** Welch's t: how far two means are apart, in units of what chance explains. */
function welch(left: readonly number[], right: readonly number[]): number {
  const [a, b] = [left, right].map((samples) => {
    const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
    const variance = samples.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (samples.length - 1);
    return { mean, error: variance / samples.length };
  });
  if (!a || !b) throw new Error('There is nothing to compare.');
  return (a.mean - b.mean) / Math.sqrt(a.error + b.error);
}

/** Without the slowest twentieth of all samples, which is the machine and not the code. */
function trimmed(samples: readonly number[], limit: number): number[] {
  return samples.filter((value) => value <= limit);
}

test('a wrong token that begins like a right one takes no longer than any other wrong one', async () => {
  const pool = createPool('timing', database.url, poolSettings(database.url, { maxConnections: 1 }), log);
  closers.push(() => pool.end());
  const verified = new VerifiedSessions({ idleTtlMs: 1e9 });
  const ended = new EndedSessions({
    pool,
    url: database.url,
    log,
    isNeeded: () => false,
    onEnded: () => {},
    onGap: () => {},
  });
  closers.push(() => ended.close());
  const touches = { note: () => undefined, lastUseOf: () => undefined };
  const times = { ttlSeconds: 1e6, idleTtlSeconds: 1e6 };
  const sessions = new Sessions({ pool, times, sealer: testSealer, verified, ended, touches });
  const right = `dgs_${randomBytes(32).toString('base64url')}`;
  await database.query(
    `insert into user_sessions (tenant, token_hash, viewer_id, roles, token_issued_at, expires_at)
     values ('demo', sha256($1::text::bytea), 'maya', '{VIEWER}', now(), now() + interval '1 day')`,
    [right],
  );
  expect(await sessions.verify(right)).toMatchObject({ viewer: { id: 'maya' } });
  // All but the last two characters are right; their last one can't be any letter, so it stays.
  const alike = () => right.slice(0, -3) + randomBytes(3).toString('base64url').slice(0, 2) + right.slice(-1);
  const unlike = () => `dgs_${randomBytes(32).toString('base64url')}`;
  const took = { alike: [] as number[], unlike: [] as number[] };
  const samples = sized({ small: 500, full: 20_000 });
  for (let index = 0; index < samples; index += 1) {
    const order = Math.random() < 0.5 ? (['alike', 'unlike'] as const) : (['unlike', 'alike'] as const);
    for (const kind of order) {
      const token = kind === 'alike' ? alike() : unlike();
      if (token === right) continue;
      const startedAt = performance.now();
      const found = await sessions.verify(token);
      took[kind].push(performance.now() - startedAt);
      expect(found).toBeNull();
    }
  }
  const all = [...took.alike, ...took.unlike].sort((left, right) => left - right);
  const limit = all[Math.floor(all.length * 0.95)] ?? 0;
  expect(Math.abs(welch(trimmed(took.alike, limit), trimmed(took.unlike, limit)))).toBeLessThan(4.5);
});
