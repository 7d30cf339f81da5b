import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Kysely } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { placeInSession } from '../../../src/features/access/sealed-columns.ts';
import { eraseMentors } from '../../../src/features/privacy/erase-mentors.ts';
import { readErasure, requestErasure } from '../../../src/features/privacy/erase-person.ts';
import { eraseSessionAddresses } from '../../../src/features/privacy/erase-session-addresses.ts';
import { eraseWriteActors } from '../../../src/features/privacy/erase-write-actors.ts';
import { ErasureLedger } from '../../../src/features/privacy/erasure-ledger.ts';
import { ErasureRunner } from '../../../src/features/privacy/erasure-runner.ts';
import type { ErasureStep } from '../../../src/features/privacy/erasure-step.ts';
import type { FindInSources } from '../../../src/features/privacy/known-person.ts';
import { LedgerFile } from '../../../src/features/privacy/ledger-file.ts';
import { deleteRowsOf, pseudonymiseColumns } from '../../../src/features/privacy/person-columns.ts';
import { sealActor } from '../../../src/features/upstream-writes/write-audit.ts';
import { moveOperationCosts } from '../../../src/gateway/operation-costs/cost-table.ts';
import type { DB } from '../../../src/generated/database.ts';
import { loadConfig } from '../../../src/platform/config.ts';
import type { Databases } from '../../../src/platform/database.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { openSealer } from '../../../src/platform/sealing/open-sealer.ts';
import type { Sealer } from '../../../src/platform/sealing/sealer.ts';
import { testActor } from '../../support/audit.ts';
import { createTestDatabase, openTestDatabases, type TestDatabase, testScope } from '../../support/database.ts';
import { testKeys, testSealer } from '../../support/keys.ts';
import { sized } from '../../support/test-size.ts';

const workerPath = fileURLToPath(new URL('../../support/erasure-worker.ts', import.meta.url));

let database: TestDatabase;
let databases: Databases;
let directory: string;
const open: (() => Promise<void>)[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  databases = openTestDatabases(database.url, { maxConnections: 20 });
});
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'erasures-'));
});
afterEach(async () => {
  for (const close of open.splice(0)) await close();
  rmSync(directory, { recursive: true });
  await database.query(
    'truncate erasure_requests, erasure_steps, erasure_ledger, mentors, validation_runs, idempotency_keys, user_sessions, upstream_writes cascade',
  );
});
afterAll(async () => {
  await databases.close();
  await database.drop();
});

interface Instance {
  readonly ledger: ErasureLedger;
  readonly runner: ErasureRunner;
}

/** An instance of the gateway, as far as erasures go. */
function instance(
  options: {
    steps?: readonly ErasureStep[];
    findInSources?: FindInSources;
    settleMs?: number;
    directory?: string;
    aliasesOf?: (tenant: string, subject: string) => readonly string[];
  } = {},
): Instance {
  const log = createLogger('silent');
  const file = new LedgerFile({
    path: join(options.directory ?? directory, 'erasures.jsonl'),
    sealer: testSealer,
    log,
  });
  const ledger = new ErasureLedger({
    database: databases.oltp,
    file,
    sealer: testSealer,
    log,
    onGrown: async () => undefined,
  });
  const runner = new ErasureRunner({
    database: databases.oltp,
    ledger,
    sealer: testSealer,
    steps: options.steps ?? [
      deleteRowsOf('idempotency keys', ['idempotency_keys']),
      pseudonymiseColumns(moveOperationCosts),
      eraseMentors,
    ],
    findInSources: options.findInSources ?? (async () => []),
    log,
    settleMs: options.settleMs ?? 50,
    pollMs: 20,
    ...(options.aliasesOf ? { aliasesOf: options.aliasesOf } : {}),
  });
  open.push(async () => {
    await runner.close();
    await ledger.close();
  });
  return { ledger, runner };
}
const ask = (userIdentifier: string, alsoKnownAs: string[] = []) =>
  requestErasure(databases.oltp, testScope('demo'), testSealer, testActor('demo'), {
    userIdentifier,
    alsoKnownAs,
    reason: `Because ${userIdentifier} left.`,
  });
const stateOf = async (id: string) => (await readErasure(databases.oltp, testScope('demo'), id))?.request;
async function until(check: () => Promise<boolean> | boolean, what: string): Promise<void> {
  for (const deadline = Date.now() + 15_000; !(await check()); ) {
    if (Date.now() > deadline) throw new Error(`Never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const completed = (id: string) => until(async () => (await stateOf(id))?.status === 'COMPLETED', 'completed');
const plantRuns = (count: number, subject = 'ada') =>
  database.query(
    `insert into validation_runs (tenant, status, time_frame, rule_ids, started_by) select 'demo', 'FAILED', 'DAY', '{}', $2 from generate_series(1, $1)`,
    [count, subject],
  );
const runsOf = async (subject: string) =>
  (await database.query('select id from validation_runs where started_by = $1', [subject])).length;

/** Erases twenty runs, each in a batch of its own, and tells before each. */
function slowly(before: (batch: number) => Promise<void>): ErasureStep {
  return {
    name: 'slowly',
    kind: 'rows',
    run: async (db: Kysely<DB>, { person, pseudonym }, from) => {
      const batch = Number(from ?? 0);
      await before(batch);
      const found = await db
        .selectFrom('validation_runs')
        .select(['id', 'started_by'])
        .where('started_by', 'is not', null)
        .execute();
      const [theirs] = found.filter(({ started_by }) => started_by !== null && person.has('subject', started_by));
      if (!theirs) return { rows: 0, next: null };
      await db
        .updateTable('validation_runs')
        .set({ started_by: pseudonym })
        .where('tenant', '=', 'demo')
        .where('id', '=', theirs.id)
        .execute();
      return { rows: 1, next: String(batch + 1) };
    },
  };
}

describe('an erasure of somebody who may be in what a missing key has sealed', () => {
  const sealerOf = (key: string) =>
    openSealer(loadConfig({ ...testKeys, ENCRYPTION_KEY: createHash('sha256').update(key).digest('base64') }));
  const writeId = '00000000-0000-4000-8000-000000000001';
  /** Sessions of others with and without an address that is vouched for, and a change of the person that waits for its entry. */
  const seal = async (sealer: Sealer): Promise<void> => {
    await database.query('delete from user_sessions; delete from upstream_writes');
    for (const [viewer, isVerified] of [
      ['ada-at-work', true],
      ['bob', false],
    ] as const) {
      const hash = createHash('sha256').update(viewer).digest();
      await database.query(
        `insert into user_sessions (tenant, token_hash, viewer_id, email, email_verified, roles, token_issued_at, expires_at)
         values ('demo', $1, $2, $3, $4, '{VIEWER}', now(), now() + interval '1 hour')`,
        [hash, viewer, sealer.seal('ada@example.com', placeInSession('demo', hash, 'email')), isVerified],
      );
    }
    await database.query(
      `insert into upstream_writes (tenant, id, operation, source, resource_type, resource_id, state, intent, details, actor, request_id, conclusive_at, lease_until)
       values ('demo', $1, 'addJiraComment', 'JIRA', 'JiraIssue', '1', 'SENDING', '{}', '{}', $2, 'r', now(), now())`,
      [writeId, sealActor(sealer, testActor('demo', { actorId: 'ada@example.com' }), writeId)],
    );
  };

  it('waits for the key of sessions and of changes under way, and takes them out of both once it is there', async () => {
    await seal(sealerOf('lost'));
    instance({ steps: [deleteRowsOf('sessions', ['user_sessions']), eraseSessionAddresses, eraseWriteActors] });
    const id = await ask('ada@example.com');
    await until(async () => (await stateOf(id))?.problem != null, 'a problem');
    const state = await stateOf(id);
    expect(state).toMatchObject({ status: 'RUNNING', proof: null });
    for (const column of ['user_sessions.email', 'upstream_writes.actor']) expect(state?.problem).toContain(column);

    await seal(testSealer);
    await database.query('update erasure_requests set not_before = now()');
    await completed(id);
    expect(await database.query('select viewer_id, email from user_sessions')).toEqual([
      { viewer_id: 'bob', email: null },
    ]);
    expect(await database.query('select actor from upstream_writes')).toEqual([{ actor: null }]);
  });
});

describe('an erasure that is broken off', () => {
  it('is gone on with by another instance, counts each row once, and is complete only when a whole look found nothing', async () => {
    await plantRuns(20);
    let first = 0;
    const woken = Promise.withResolvers<void>();
    const dies = slowly(async (batch) => {
      first += 1;
      if (batch === 7) await woken.promise;
    });
    const hanging = instance({ steps: [dies] });
    const id = await ask('ada');
    void hanging.runner.runNow(id);
    await until(() => first === 8, 'the eighth batch');
    expect(await runsOf('ada')).toBe(13);
    expect(await stateOf(id)).toMatchObject({ status: 'RUNNING', proof: null });
    // What kill -9 does: its transaction ends, nothing else of it happens.
    await database.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and state = 'idle in transaction' and pid <> pg_backend_pid()`);
    await database.query('update erasure_requests set claimed_until = now()');

    instance({ steps: [slowly(async () => undefined)] });
    await completed(id);
    // Whoever was only away for longer than the lease finds that it is somebody else's, and changes nothing.
    woken.resolve();
    expect(await runsOf('ada')).toBe(0);
    const { request, steps } = (await readErasure(databases.oltp, testScope('demo'), id)) ?? {};
    expect(steps).toEqual([expect.objectContaining({ step: 'slowly', rows: 20, lastRows: 0 })]);
    expect(request?.proof).toMatchObject({ erased: { slowly: 20 }, hidden: { subject: 1, jira: 1 } });
    expect(request?.subject).toBeNull();
  }, 30_000);

  it('knows the person by no more names in its later rounds than in its first', async () => {
    await plantRuns(3);
    instance({ aliasesOf: (tenant, subject) => [`person-${tenant}-${subject}`, `client-${subject}`] });
    const id = await ask('ada');
    await completed(id);
    const { request, steps } = (await readErasure(databases.oltp, testScope('demo'), id)) ?? {};
    expect(Math.min(...(steps ?? []).map(({ round }) => round))).toBeGreaterThan(1);
    expect(request?.proof).toMatchObject({ hidden: { subject: 3, jira: 1 } });
    expect(readFileSync(join(directory, 'erasures.jsonl'), 'utf8').trim().split('\n')).toHaveLength(1);
  });

  it('goes on after kill -9, however often it comes, and counts exactly the rows that were changed', async () => {
    const most = sized({ small: 2, full: 20 });
    const rows = most * 12;
    await plantRuns(rows);
    const id = await ask('ada');
    let kills = 0;
    while ((await stateOf(id))?.status === 'RUNNING' && kills < most) {
      const before = await runsOf('ada');
      const worker = spawn(process.execPath, [workerPath, database.url, directory, '15'], { stdio: 'ignore' });
      const ended = once(worker, 'exit');
      // In the middle of its work, at another place every time.
      await until(async () => (await runsOf('ada')) <= Math.max(0, before - 2 - (kills % 5)), 'some batches');
      worker.kill('SIGKILL');
      await ended;
      kills += 1;
      await until(
        async () =>
          rows - (await runsOf('ada')) ===
          ((await readErasure(databases.oltp, testScope('demo'), id))?.steps[0]?.rows ?? 0),
        'count and rows agree',
      );
      // Nobody has to wait for the lease of the dead.
      await database.query(`update erasure_requests set claimed_until = now() where claimed_until is not null`);
    }
    expect(kills).toBe(most);
    const worker = spawn(process.execPath, [workerPath, database.url, directory, '0'], { stdio: 'ignore' });
    open.push(async () => void worker.kill('SIGKILL'));
    await completed(id);
    expect(await runsOf('ada')).toBe(0);
    expect((await stateOf(id))?.proof).toMatchObject({ erased: { runs: rows } });
  }, 180_000);

  it('is worked on by one instance at a time, however many look for work', async () => {
    await plantRuns(20);
    let inside = 0;
    let most = 0;
    const step = () =>
      slowly(async () => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise((resolve) => setTimeout(resolve, 5));
        inside -= 1;
      });
    for (let count = 0; count < 5; count += 1) instance({ steps: [step()] });
    const ids = [await ask('ada')];
    await Promise.all(ids.map(completed));
    expect(most).toBe(1);
    expect(await runsOf('ada')).toBe(0);
  }, 30_000);
});

describe('what is written while somebody is erased', () => {
  it('is found by the next look, so that the erasure is not complete before', async () => {
    await plantRuns(1);
    const id = await ask('ada');
    const { runner } = instance({ settleMs: 400 });
    await runner.runNow(id);
    expect(await stateOf(id)).toMatchObject({ status: 'RUNNING' });
    // A request that had begun before comes to its end now.
    await plantRuns(3);
    await completed(id);
    expect(await runsOf('ada')).toBe(0);
    expect((await stateOf(id))?.proof).toMatchObject({ rounds: 3, erased: { pseudonyms: 4 } });
  }, 20_000);
});

describe('a source that can not be asked', () => {
  it('holds up the end and nothing else, and is asked again', async () => {
    await database.query(`insert into mentors (tenant, name, email) values ('demo', 'Ada Byron', 'ada@example.com')`);
    let isDown = true;
    const findInSources: FindInSources = async ({ emails }) => {
      if (isDown) throw new Error('Jira is away.');
      return emails.includes('ada@example.com')
        ? [{ kind: 'jira', id: '5b10:ada', name: 'Ada B.', email: 'ada@example.com' }]
        : [];
    };
    const { runner, ledger } = instance({ findInSources });
    const id = await ask('ada@example.com');
    await runner.runNow(id);
    expect(await stateOf(id)).toMatchObject({ status: 'RUNNING', problem: expect.stringContaining('Jira is away.') });
    expect(await database.query(`select name from mentors`)).toEqual([{ name: 'Erased person' }]);
    expect([ledger.people.has('email', 'ADA@example.com'), ledger.people.has('jira', '5b10:ada')]).toEqual([
      true,
      false,
    ]);
    isDown = false;
    await database.query('update erasure_requests set not_before = now()');
    await completed(id);
    expect(ledger.people.has('jira', '5b10:ada')).toBe(true);
    expect(ledger.people.has('name', 'Ada Byron')).toBe(true);
  }, 20_000);
});

describe('addresses that people say are theirs', () => {
  const victim = 'victim@canary.example';
  const plantSession = (subject: string, email: string, isVerified = false) =>
    database.query(
      `insert into user_sessions (tenant, token_hash, viewer_id, name, email, email_verified, roles, token_issued_at, expires_at)
       values ('demo', sha256($1::text::bytea), $1, 'Evil Canary', $2, $3, '{VIEWER}', now(), now() + interval '1 day')`,
      [subject, email, isVerified],
    );
  const plantMentors = () =>
    database.query(
      `insert into mentors (tenant, name, email) values ('demo', 'Victoria Canary', $1), ('other', 'Victoria Canary', $1)`,
      [victim],
    );
  const hiddenBy = ({ ledger }: Instance) => [
    ledger.people.has('email', victim),
    ledger.people.has('salesforce', '005000000000001'),
  ];
  const findInSources: FindInSources = async ({ emails }) =>
    emails.includes(victim)
      ? [{ kind: 'salesforce', id: '005000000000001', name: 'Victoria Canary', email: victim }]
      : [];

  it('are not followed: who is erased by their subject takes nobody along whose address they claimed', async () => {
    await plantSession('evil', victim);
    await plantMentors();
    await plantRuns(1, 'evil');
    const one = instance({ findInSources });
    const id = await ask('evil');
    await completed(id);
    expect(await runsOf('evil')).toBe(0);
    expect(hiddenBy(one)).toEqual([false, false]);
    expect(await database.query('select name, active from mentors order by tenant')).toEqual([
      { name: 'Victoria Canary', active: true },
      { name: 'Victoria Canary', active: true },
    ]);
  });

  it('are taken along when the administrator names them, with the subjects whose issuer vouches for them', async () => {
    await plantSession('vera', victim.toUpperCase(), true);
    await plantSession('evil', victim);
    await plantMentors();
    await plantRuns(1, 'vera');
    await plantRuns(1, 'evil');
    const one = instance({ findInSources });
    await completed(await ask(victim));
    expect([await runsOf('vera'), await runsOf('evil')]).toEqual([0, 1]);
    expect(hiddenBy(one)).toEqual([true, true]);
    expect(await database.query('select tenant, name from mentors order by tenant')).toEqual([
      { tenant: 'demo', name: 'Erased person' },
      { tenant: 'other', name: 'Victoria Canary' },
    ]);
  });
});

describe('a backup that was restored', () => {
  it('brings nobody back: what the file knows is hidden at once and erased again', async () => {
    await plantRuns(2);
    await database.query(`insert into mentors (tenant, name, email) values ('demo', 'Ada Byron', 'ada@example.com')`);
    const before = instance();
    const id = await ask('ada', ['ada@example.com']);
    await before.runner.runNow(id);
    await completed(id);
    for (const close of open.splice(0)) await close();

    // The database as it was before.
    await database.query('truncate erasure_requests, erasure_steps, erasure_ledger, mentors, validation_runs cascade');
    await plantRuns(2);
    await database.query(`insert into mentors (tenant, name, email) values ('demo', 'Ada Byron', 'ada@example.com')`);
    const after = instance();
    expect(after.ledger.people.has('email', 'ada@example.com')).toBe(true);
    await after.ledger.refresh();
    await completed(id);
    expect(await runsOf('ada')).toBe(0);
    expect(await database.query('select name from mentors')).toEqual([{ name: 'Erased person' }]);
    expect((await stateOf(id))?.proof).toMatchObject({ replayed: true, erased: { pseudonyms: 2, mentors: 1 } });
    const file = readFileSync(join(directory, 'erasures.jsonl'), 'utf8');
    expect(file).not.toMatch(/\bada\b|byron/i);
  }, 20_000);

  it('does not obey a line of the file that was changed, and gets a line back that was removed', async () => {
    const path = join(directory, 'erasures.jsonl');
    const { runner, ledger } = instance();
    const id = await ask('ada@example.com');
    await runner.runNow(id);
    await completed(id);
    await ledger.refresh();
    const whole = readFileSync(path, 'utf8');
    for (const close of open.splice(0)) await close();

    writeFileSync(path, `${whole.replace(/"hash":"./, '"hash":"0')}\n{"half a li`);
    const logged: string[] = [];
    const log = createLogger('error', { write: (line) => logged.push(line) });
    expect(new LedgerFile({ path, sealer: testSealer, log }).entries).toEqual([]);
    expect(logged.join()).toContain('line of the erasure ledger was changed');
    writeFileSync(path, '{"half a li');
    await instance().ledger.refresh();
    expect(new LedgerFile({ path, sealer: testSealer, log }).entries).toMatchObject([{ requestId: id }]);
  }, 20_000);

  it('is the same for an instance that has no file: another one told it within a second', async () => {
    const other = mkdtempSync(join(tmpdir(), 'erasures-'));
    const second = instance({ directory: other });
    const { runner } = instance();
    await second.ledger.refresh();
    await runner.runNow(await ask('ada@example.com'));
    await until(() => second.ledger.people.has('email', 'ada@example.com'), 'told');
    expect(readFileSync(join(other, 'erasures.jsonl'), 'utf8')).toContain('"kind":"email"');
    rmSync(other, { recursive: true });
  }, 20_000);
});

describe('a request', () => {
  it('keeps neither the person nor the name of the person in its reason', async () => {
    const id = await ask('ada@example.com');
    const [row] = await database.query<{ reason: string; subject: string }>(
      'select reason, subject from erasure_requests',
    );
    expect(`${row?.reason} ${row?.subject}`).not.toContain('ada@example.com');
    expect(testSealer.open(row?.reason ?? '', { table: 'erasure_requests', column: 'reason', row: ['demo', id] })).toBe(
      'Because [erased] left.',
    );
  });
});
