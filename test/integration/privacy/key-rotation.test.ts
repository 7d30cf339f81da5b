import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { selectSessions } from '../../../src/features/access/session-rows.ts';
import { createAssessmentLoaders } from '../../../src/features/assessments/loaders.ts';
import { sealAllAgain } from '../../../src/features/seal-all-again.ts';
import { sealedColumns } from '../../../src/features/sealed-columns.ts';
import type { Databases } from '../../../src/platform/database.ts';
import { GatewayError } from '../../../src/platform/errors.ts';
import { Sealer } from '../../../src/platform/sealing/sealer.ts';
import { createTestDatabase, openTestDatabases, type TestDatabase, testScope } from '../../support/database.ts';

const command = fileURLToPath(new URL('../../../src/commands/rotate-keys.ts', import.meta.url));
const key = (name: string) => createHash('sha256').update(name).digest();
const [first, second, index] = [key('first'), key('second'), key('index')];
const before = new Sealer({ current: first, old: [], index });
const rotated = new Sealer({ current: second, old: [first], index });
const after = new Sealer({ current: second, old: [], index });

let database: TestDatabase;
let databases: Databases;
beforeAll(async () => {
  database = await createTestDatabase();
  databases = openTestDatabases(database.url);
});
afterEach(() => database.query('truncate mentors, assessments, user_sessions cascade'));
afterAll(async () => {
  await databases.close();
  await database.drop();
});

/** Ten mentors and a comment by each, in two tenants, all plain. */
async function insertPlain(): Promise<void> {
  await database.query(`insert into mentors (tenant, name, email)
    select t, 'Mentor ' || n, 'Mentor' || n || '@Example.com' from (values ('demo'), ('other')) tenants (t), generate_series(1, 10) n`);
  await database.query(`insert into assessments (tenant, mentor_id, ps_request_number, score, comment)
    select tenant, id, 'PSR-00001', 3, 'about ' || name from mentors`);
  await database.query(`insert into user_sessions (tenant, token_hash, viewer_id, name, email, user_agent, roles, token_issued_at, expires_at)
    select t, sha256((t || n)::bytea), 'ada', 'Ada', 'ada@example.com', 'Agent about ' || t, '{VIEWER}', now(), now() + interval '1 day'
    from (values ('demo'), ('other')) tenants (t), generate_series(1, 4) n`);
}
const seal = (sealer: Sealer, batchRows = 3) =>
  sealAllAgain({ databases, ownerUrl: database.url, sealer, columns: sealedColumns, batchRows });
const read = async (sealer: Sealer, tenant: string) => {
  const loaders = createAssessmentLoaders(databases, testScope(tenant), sealer);
  const mentors = await loaders.mentors({ first: 50 }, false);
  const assessments = await loaders.assessments({ first: 50 }, null);
  const sessions = await databases.oltp.inTenant(testScope(tenant), (db) =>
    selectSessions(db, sealer, { tenant, id: 'ada' }, 86_400, null),
  );
  return [
    ...mentors.nodes.map(({ email }) => email),
    ...assessments.nodes.map(({ comment }) => comment),
    ...sessions.map(({ userAgent }) => userAgent),
  ].toSorted();
};
const counts = (mentors: number, sessions: number) => ({
  'mentors.email': mentors,
  'assessments.comment': mentors,
  'user_sessions.name': sessions,
  'user_sessions.email': sessions,
  'user_sessions.user_agent': sessions,
  'erasure_requests.subject': 0,
  'erasure_requests.reason': 0,
  'audit_identities.value': 0,
});
const keyIds = async () =>
  (
    await database.query<{ id: string }>(`select distinct split_part(v, ':', 3) as id from
    (select email as v from mentors union all select comment from assessments union all select user_agent from user_sessions) sealed`)
  ).map(({ id }) => id);

describe('sealing again', () => {
  it('seals what was stored plain in every tenant, and changes nothing that is read', async () => {
    await insertPlain();
    const plain = [await read(before, 'demo'), await read(before, 'other')];
    expect(plain[0]).toContain('Mentor7@Example.com');
    expect(Object.fromEntries(await seal(before))).toEqual(counts(20, 8));
    expect([await read(before, 'demo'), await read(before, 'other')]).toEqual(plain);
    const dump = JSON.stringify([
      await database.query('select * from mentors m join assessments a on a.mentor_id = m.id'),
      await database.query('select name, email, user_agent from user_sessions'),
    ]);
    expect(dump).not.toMatch(/example\.com|about/i);
    expect(
      await database.query('select id from mentors where email_index = $1 and tenant = $2', [
        before.blindIndex('mentors.email', 'mentor7@example.com'),
        'other',
      ]),
    ).toHaveLength(1);
  });

  it('leaves nothing to the old key, and finds nothing to do the second time', async () => {
    await insertPlain();
    await seal(before);
    const texts = await read(before, 'demo');
    await seal(rotated);
    expect(await read(after, 'demo')).toEqual(texts);
    for (const text of await read(before, 'demo'))
      expect(text === null || text instanceof GatewayError, String(text)).toBe(true);
    expect(Object.fromEntries(await seal(rotated))).toEqual(counts(0, 0));
  });

  it('goes on where it was broken off, and is read by either key until then', async () => {
    await insertPlain();
    await seal(before);
    const texts = await read(before, 'demo');
    let batches = 0;
    const broken = sealAllAgain({
      databases,
      ownerUrl: database.url,
      sealer: rotated,
      columns: sealedColumns,
      batchRows: 3,
      onBatch: () => {
        batches += 1;
        if (batches === 3) throw new Error('broken off');
      },
    });
    await expect(broken).rejects.toThrow('broken off');
    expect(await keyIds()).toHaveLength(2);
    expect(await read(rotated, 'demo')).toEqual(texts);
    const rest = await seal(rotated);
    expect(rest.get('mentors.email')).toBe(11);
    expect(await keyIds()).toHaveLength(1);
  });

  it('keeps the policies of the tables in force for everybody', async () => {
    await insertPlain();
    await seal(before);
    const forced = await database.query(
      `select relname from pg_class where relname in ('mentors', 'assessments') and relforcerowsecurity`,
    );
    expect(forced).toHaveLength(2);
  });
});

describe('npm run keys:rotate', () => {
  const run = async (settings: Record<string, string>, ...args: string[]) => {
    return promisify(execFile)(process.execPath, [command, ...args], { env: settings }).then(
      ({ stdout }) => ({ code: 0, output: stdout }),
      ({ code, stderr }: { code: number; stderr: string }) => ({ code, output: stderr }),
    );
  };
  const settings = (current: Buffer, old?: Buffer) => ({
    DATABASE_URL: database.url,
    ENCRYPTION_KEY: current.toString('base64'),
    AUDIT_PSEUDONYM_KEY: index.toString('base64'),
    ...(old ? { ENCRYPTION_KEYS_OLD: old.toString('base64') } : {}),
  });

  it('tells what it does, and which setting it lacks before it has begun', async () => {
    expect(await run({}, '--help')).toMatchObject({ code: 0, output: expect.stringContaining('npm run keys:rotate') });
    expect(await run({})).toMatchObject({ code: 1, output: expect.stringMatching(/^DATABASE_URL is not set/) });
  });

  it('tells what it sealed, and fails by name where the old key is not at hand', async () => {
    await insertPlain();
    expect(await run(settings(first))).toMatchObject({
      code: 0,
      output: expect.stringContaining('mentors.email: 20 sealed'),
    });
    const without = await run(settings(second));
    expect(without.code).toBe(1);
    expect(without.output).toMatch(/sealed by the key [0-9a-f]{8}/);
    expect(await run(settings(second, first))).toMatchObject({ code: 0 });
    expect(await read(after, 'demo')).toContain('about Mentor 7');
  });
});
