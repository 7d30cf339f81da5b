import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pseudonyms } from '../../../src/features/audit/pseudonyms.ts';
import { columnsErasedBy, inventory } from '../../../src/features/privacy/inventory.ts';
import { searchStores } from '../../support/dump.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { testSealer } from '../../support/keys.ts';
import { plantRows } from '../../support/planted-person.ts';
import { bearerOf, beginSession } from '../../support/signed-in.ts';

const EXPORT = 'mutation ($input: ExportPersonInput) { exportPerson(input: $input) { data rows exportedAt } }';

let gateway: TestGateway;
let own: { id: string; name: string; email: string };
const stranger = { name: 'Strange Canary', email: 'stranger@canary.example' };
beforeAll(async () => {
  gateway = await startTestGateway();
  const { data } = await gateway.query('{ viewer { id name email } }', {}, await gateway.as('VIEWER'));
  own = (data as { viewer: typeof own }).viewer;
  const planted = { salesforceId: '', accountId: '', issueKey: '', requestNumber: '' };
  await plantRows(database(), { ...planted, name: own.name, email: own.email }, own.id);
  await plantRows(database(), { ...planted, ...stranger }, 'strange-canary', 'planted-too');
  for (const role of ['VIEWER', 'OPERATOR'] as const) {
    const headers = { ...(await gateway.as(role)), 'user-agent': `agent of ${role}` };
    await gateway.query('mutation { createSession { token } }', {}, headers);
    await gateway.query(
      'mutation ($patch: JSONObject!) { updatePreferences(input: { patch: $patch, version: 0 }) { viewer { id } } }',
      { patch: { colour: `${role}-canary` } },
      headers,
    );
  }
});
afterAll(() => gateway.close());
const database = () => {
  if (!gateway.database) throw new Error('The gateway has no database of its own.');
  return gateway.database;
};

describe('exporting a person', () => {
  it('gives everyone all of their own that the inventory lists, and nothing of anybody else', async () => {
    const { data, errors } = await gateway.query(EXPORT, {}, await gateway.as('VIEWER'));
    expect(errors).toEqual([]);
    const { exportPerson } = data as {
      exportPerson: { data: Record<string, Record<string, unknown>[]>; rows: number };
    };
    const tables = exportPerson.data;
    expect(tables.mentors).toMatchObject([{ name: own.name, email: own.email }]);
    expect(tables.assessments).toMatchObject([{ comment: `Written by ${own.name} <${own.email}>.` }]);
    expect(tables.preferences).toMatchObject([{ preferences: { colour: 'VIEWER-canary' } }]);
    expect(tables.user_sessions).toMatchObject([{ viewer_id: own.id, user_agent: 'agent of VIEWER' }]);
    expect(tables.sources).toMatchObject([
      { kind: 'salesforce', name: own.name, email: own.email },
      { kind: 'jira', name: own.name, email: own.email },
    ]);
    const rows = Object.values(tables).reduce((sum, of) => sum + of.length, 0);
    expect(exportPerson.rows).toBe(rows);

    // Wherever the database names the person, the export has the table; and every column that is theirs.
    const named = await searchStores({ database: database() }, [own.name, own.email, `"${own.id}"`, `,${own.id},`]);
    const places = named.map(({ place }) => place.replace('PostgreSQL ', '')).filter((table) => table !== 'api_cache');
    expect(places.filter((table) => !(table in tables))).toEqual([]);
    expect(places.length).toBeGreaterThan(4);
    for (const { table } of columnsErasedBy('row'))
      for (const [column, rule] of Object.entries(inventory[table] ?? {})) {
        const isTheirs = rule !== 'none' && rule.exported === true;
        expect(Object.keys(tables[table]?.[0] ?? {}).includes(column), `${table}.${column}`).toBe(
          isTheirs || (rule === 'none' && column !== 'tenant'),
        );
      }

    const text = JSON.stringify(tables).toLowerCase();
    for (const canary of [
      'strange',
      'operator-canary',
      'agent of operator',
      'user-operator',
      'token_hash',
      'email_index',
    ])
      expect(text).not.toContain(canary);
  });

  it('gives the data of others to administrators alone', async () => {
    const input = { userIdentifier: stranger.email };
    const { data, errors } = await gateway.query(EXPORT, { input }, await gateway.as('OPERATOR'));
    expect(data).toEqual({ exportPerson: null });
    expect(errors[0]?.extensions.code).toBe('FORBIDDEN');
    const asAdmin = await gateway.query(EXPORT, { input }, await gateway.as('ADMIN'));
    const text = JSON.stringify(asAdmin.data);
    expect(text).toContain(stranger.name);
    expect(text).not.toContain(own.name);
    for (const variables of [{}, { input }]) {
      const anonymous = await gateway.query(EXPORT, variables);
      expect(anonymous.errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
    }
  });

  it('refuses a text by which nobody is known, and keeps nothing of it, however often it is asked', async () => {
    const headers = await gateway.as('ADMIN');
    for (const userIdentifier of ['never-seen@canary.example', 'never-seen@canary.example', stranger.name]) {
      const { data, errors } = await gateway.query(EXPORT, { input: { userIdentifier } }, headers);
      expect(data).toEqual({ exportPerson: null });
      expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'input.userIdentifier' });
      expect(errors[0]?.message).not.toContain('never-seen');
    }
    const found = await database().query(
      `select id from audit_logs where 'exportPerson' = any(actions) and subject is not null and subject = $1`,
      [new Pseudonyms(testSealer).ofPerson('demo', 'never-seen@canary.example')],
    );
    expect(found).toEqual([]);
  });

  it.each([
    ['says is not verified', false],
    ['says nothing about', undefined],
    ['vouches for', true],
  ])(
    'follows the subject alone: an address that the issuer %s brings nothing of another who has it',
    async (_what, emailVerified) => {
      const victim = { subject: `person-${emailVerified}`, email: `victim-${emailVerified}@canary.example` };
      const asVictim = {
        ...(await bearerOf(gateway, { ...victim, emailVerified: true })),
        'user-agent': 'victims-agent',
      };
      const preferences =
        'mutation ($patch: JSONObject!) { updatePreferences(input: { patch: $patch, version: 0 }) { viewer { id } } }';
      await beginSession(gateway, asVictim);
      await gateway.query(preferences, { patch: { secret: 'victims-own' } }, asVictim);
      const asOther = await bearerOf(gateway, {
        subject: `other-${emailVerified}`,
        email: victim.email,
        ...(emailVerified === undefined ? {} : { emailVerified }),
      });
      const { headers } = await beginSession(gateway, asOther);
      for (const credentials of [asOther, headers]) {
        const { data, errors } = await gateway.query(EXPORT, {}, credentials);
        expect(errors).toEqual([]);
        const text = JSON.stringify(data);
        for (const canary of [victim.subject, 'victims-own', 'victims-agent']) expect(text).not.toContain(canary);
        expect(data.exportPerson.data.user_sessions).toMatchObject([{ viewer_id: `other-${emailVerified}` }]);
      }
    },
  );

  it('gives what is kept under an address only to whom the issuer vouches for it, by token and by session', async () => {
    for (const emailVerified of [undefined, false, true]) {
      const person = { subject: `claims-${emailVerified}`, email: stranger.email };
      const bearer = await bearerOf(gateway, { ...person, ...(emailVerified === undefined ? {} : { emailVerified }) });
      const { headers } = await beginSession(gateway, bearer);
      for (const credentials of [bearer, headers]) {
        const { data } = await gateway.query(EXPORT, {}, credentials);
        expect('mentors' in data.exportPerson.data).toBe(emailVerified === true);
        expect(JSON.stringify(data).includes('strange-canary')).toBe(false);
      }
    }
  });

  it('happens at most five times in an hour for one caller, also all at once, and each leaves an entry', async () => {
    const headers = await gateway.as('ANALYST');
    const answers = await Promise.all(Array.from({ length: 7 }, () => gateway.query(EXPORT, {}, headers)));
    const refused = answers.filter(({ errors }) => errors[0]?.extensions.code === 'RATE_LIMITED');
    expect(refused).toHaveLength(2);
    expect(refused[0]?.errors[0]?.extensions.retryAfterSeconds).toBeGreaterThan(3_000);
    const rows = await database().query(
      `select 1 from audit_logs where actions = '{exportPerson}' and outcome = 'ALLOWED'`,
    );
    // One by the viewer, one by the administrator, six of claimed addresses, six of vouched ones, five now.
    expect(rows).toHaveLength(19);
  });

  it('brings back nothing of whom was erased, neither from a source nor by its own entry', async () => {
    const headers = await gateway.as('ADMIN');
    const { data: found } = await gateway.query(
      '{ psRequests(first: 50) { nodes { owner { name email } } } }',
      {},
      headers,
    );
    const people = (found as { psRequests: { nodes: { owner: typeof own | null }[] } }).psRequests.nodes;
    const erased = people.map(({ owner }) => owner).find((one) => one?.email && one.email !== own.email);
    if (!erased) throw new Error('No request has a person.');
    const input = { userIdentifier: erased.email };
    const before = await gateway.query(EXPORT, { input }, headers);
    expect(JSON.stringify(before.data)).toContain(erased.name);
    const asked = await gateway.query(
      'mutation ($input: ErasePersonInput!) { erasePerson(input: $input) { requestId } }',
      { input: { ...input, reason: 'Left.' } },
      headers,
    );
    expect(asked.errors).toEqual([]);
    const { requestId } = (asked.data as { erasePerson: { requestId: string } }).erasePerson;
    await expect
      .poll(() => database().query('select 1 from erasure_ledger where request_id = $1', [requestId]), {
        timeout: 10_000,
      })
      .not.toEqual([]);

    const { data, errors } = await gateway.query(EXPORT, { input }, headers);
    expect(errors).toEqual([]);
    expect(data.exportPerson.data).not.toHaveProperty('sources');
    expect(JSON.stringify(data)).not.toContain(erased.name);
    const entries = await database().query(
      "select resource_id from audit_logs where 'exportPerson' = any(actions) and resource_type = 'Erasure'",
    );
    expect(entries).toEqual([{ resource_id: requestId }]);
  });
});
