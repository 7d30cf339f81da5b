import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import type { GraphqlAnswer } from '../../support/send-operation.ts';
import { bearerOf, beginSession } from '../../support/signed-in.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({ responseCacheBytes: 8_000_000 });
});
afterEach(() => gateway.salesforce.faults.clear());
afterAll(() => gateway.close());

/** About the person, and under way for a while: an unseen text has Salesforce asked, which is slow. */
const slowly = (selection: string, text: string): string =>
  `{ viewer { ${selection} } psRequests(first: 3, filter: { text: "${text}" }) { nodes { id } } }`;

const begun = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 400));

const currentOf = ({ data }: GraphqlAnswer): unknown[] => {
  const sessions: { id: string; current: boolean }[] = data?.viewer.sessions ?? [];
  return sessions.filter(({ current }) => current).map(({ id }) => id);
};

const personOf = async (subject: string) => await bearerOf(gateway, { subject, roles: ['OPERATOR'] });

it('tells each of two sessions of a person, asking at the same time, which session is its own', async () => {
  const person = await personOf('two-sessions');
  const [one, other] = [await beginSession(gateway, person), await beginSession(gateway, person)];
  const query = slowly('sessions { id current }', 'zzsessions');
  gateway.salesforce.faults.add({ kind: 'slow', delayMs: 1_500 });

  const ofOne = gateway.query(query, {}, one.headers);
  await begun();
  const ofOther = gateway.query(query, {}, other.headers);

  expect(currentOf(await ofOne)).toEqual([one.id]);
  expect(currentOf(await ofOther)).toEqual([other.id]);
});

it('shows a person their new preferences while the same query from before is still under way', async () => {
  const person = await personOf('preferring');
  const query = slowly('preferences', 'zzpreferences');
  gateway.salesforce.faults.add({ kind: 'slow', delayMs: 1_500 });

  const before = gateway.query(query, {}, person);
  await begun();
  const { errors } = await gateway.query(
    'mutation { updatePreferences(input: { patch: { theme: "dark" }, version: 0 }) { viewer { preferences } } }',
    {},
    person,
  );
  expect(errors).toEqual([]);
  const after = await gateway.query(query, {}, person);

  expect(after.data?.viewer.preferences).toEqual({ theme: 'dark' });
  expect((await before).data?.viewer.preferences).toEqual({});
});
