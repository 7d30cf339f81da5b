import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { companyWith } from '../../support/planted-person.ts';
import { bearerOf, beginSession } from '../../support/signed-in.ts';

const { company, person } = companyWith('Zacharina Quellbrunn', 'zacharina@canary.example');
const ACCOUNTS = '{ accounts(first: 3) { nodes { name } } }';
const ERASE = 'mutation ($input: ErasePersonInput!) { erasePerson(input: $input) { requestId } }';
const EXPORT = 'mutation ($input: ExportPersonInput) { exportPerson(input: $input) { data } }';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ company, erasureSettleMs: 100 });
});
afterAll(() => gateway.close());

async function erased(userIdentifier: string): Promise<void> {
  const asAdmin = await gateway.as('ADMIN');
  const { data, errors } = await gateway.query(ERASE, { input: { userIdentifier, reason: 'Left.' } }, asAdmin);
  expect(errors).toEqual([]);
  const id = data.erasePerson.requestId;
  await expect
    .poll(
      async () => {
        const state = await gateway.query('query ($id: ID!) { erasure(requestId: $id) { status } }', { id }, asAdmin);
        return state.data.erasure.status;
      },
      { timeout: 15_000, interval: 200 },
    )
    .toBe('COMPLETED');
}

describe('what people call themselves in their tokens', () => {
  it('is hidden from nobody when they are erased, and finds nobody under an address that nobody vouches for', async () => {
    const asOther = await bearerOf(gateway, { tenant: 'another', subject: 'bob' });
    const before = await gateway.query(ACCOUNTS, {}, asOther);
    const [{ name }] = before.data.accounts.nodes;
    expect(name).toMatch(/ /);
    const claims = { subject: 'impostor', name, email: person.email };
    for (const emailVerified of [undefined, true])
      await beginSession(
        gateway,
        await bearerOf(gateway, { ...claims, ...(emailVerified ? { subject: 'same-person', emailVerified } : {}) }),
      );

    const input = { userIdentifier: person.email };
    const { data, errors } = await gateway.query(EXPORT, { input }, await gateway.as('ADMIN'));
    expect(errors).toEqual([]);
    const text = JSON.stringify(data);
    expect(text).toContain('same-person');
    expect(text).not.toContain('impostor');

    await erased('impostor');
    await beginSession(gateway, await bearerOf(gateway, claims));
    await erased(person.email);
    const after = await gateway.query(ACCOUNTS, {}, { ...asOther, 'cache-control': 'no-cache' });
    expect(after.data).toEqual(before.data);
    // The sessions of the one who was erased went; in that of the other their address stays no longer.
    expect(
      await gateway.database?.query(
        `select viewer_id, email from user_sessions where viewer_id in ('impostor', 'same-person')`,
      ),
    ).toEqual([{ viewer_id: 'impostor', email: null }]);
  });
});
