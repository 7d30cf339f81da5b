import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Crowd, type CrowdAnswer, type CrowdReport, type CrowdTask, startCrowd } from '../../support/crowd.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { type GatewayProcess, startGatewayProcess } from '../../support/gateway-process.ts';
import { noBudgets } from '../../support/no-budgets.ts';
import { median, quantile } from '../../support/quantiles.ts';
import { sendOperation } from '../../support/send-operation.ts';
import { startSmallGateway } from '../../support/small-gateway.ts';
import { type Surroundings, startSurroundings } from '../../support/surroundings.ts';
import { sized } from '../../support/test-size.ts';

const clients = sized({ small: 300, full: 2_000 });
/** What every call of Salesforce takes. Of it a refusal may take a tenth: of a second, as promised, when it is a second. */
const slowMs = sized({ small: 500, full: 1_000 });
/** Several times the latency of an operation and a half. */
const milliseconds = sized({ small: 4.5, full: 9.5 }) * slowMs;
/** How much of what the others take 95 of 100 refusals may take; few clients are most of them refused in the moment when all of them begin. */
const mostOfServed = sized({ small: 1 / 2, full: 1 / 10 });
/** Operations at once that the gateway takes on. */
const CAP = 40;
const operations = Array.from({ length: 400 }, (_, index) =>
  JSON.stringify({
    query: 'query ($id: ID!) { psRequest(id: $id) { number status owner { name } } }',
    variables: { id: `PSR-${String(index + 1).padStart(5, '0')}` },
  }),
);

let database: TestDatabase;
let surroundings: Surroundings;
let gateway: GatewayProcess;
let crowd: Crowd;

beforeAll(async () => {
  database = await createTestDatabase();
  surroundings = await startSurroundings([database.url]);
  gateway = await startGatewayProcess({
    ...surroundings.settings,
    ...noBudgets,
    DATABASE_URL: database.url,
    ANONYMOUS_ROLE: 'operator',
    OPERATIONS_UNDER_WAY: String(CAP),
    LOG_LEVEL: 'silent',
  });
  surroundings.salesforce.faults.add({ kind: 'slow', delayMs: slowMs, path: '/services/data' });
  crowd = startCrowd();
});
afterAll(async () => {
  await crowd[Symbol.asyncDispose]();
  gateway.signal('SIGKILL');
  await gateway.ended;
  await surroundings[Symbol.asyncDispose]();
  await database.drop();
});

const portOf = ({ url }: GatewayProcess) => Number(new URL(url).port);
const carryOut = (task: Omit<CrowdTask, 'port'>): Promise<CrowdReport> =>
  crowd.carryOut({ port: portOf(gateway), ...task });
const asManyAsItTakes = { clients: CAP, milliseconds, operations, atOnce: true };

const operationsIn = ({ answers }: CrowdReport): readonly CrowdAnswer[] =>
  answers.filter(({ to }) => to === 'operation');
const withStatus = (report: CrowdReport, status: number) => operationsIn(report).filter((one) => one.status === status);
const looksIn = ({ answers }: CrowdReport): readonly CrowdAnswer[] => answers.filter(({ to }) => to === 'look');
const msOf = (answers: readonly CrowdAnswer[]) => answers.map((answer) => answer.milliseconds);
const tail = (answers: readonly CrowdAnswer[]) => quantile(msOf(answers), 0.95);
/** Operations that were carried out, in a second. */
const goodputOf = (report: CrowdReport) => (withStatus(report, 200).length / report.milliseconds) * 1_000;
const told = (answers: readonly CrowdAnswer[]) =>
  [0.5, 0.95, 0.99].map((share) => quantile(msOf(answers), share).toFixed(1)).join(' / ');

test(`${clients} clients of a slow source: those beyond the cap are told so at once, and the others are served as if alone`, async ({
  annotate,
}) => {
  await carryOut({ ...asManyAsItTakes, milliseconds: slowMs });
  const alone = await carryOut(asManyAsItTakes);
  const idle = await carryOut({ clients, milliseconds: 1_200, operations: null });
  const crowded = await carryOut({ clients, milliseconds, operations });
  const refused = withStatus(crowded, 503);
  const served = withStatus(crowded, 200);
  const looks = looksIn(crowded);
  const share = goodputOf(crowded) / goodputOf(alone);
  await annotate(
    `goodput ${(100 * share).toFixed(0)} % of ${goodputOf(alone).toFixed(0)}/s; p50 / p95 / p99 in ms from the request written on an established connection to the ` +
      `headers: ${refused.length} refused ${told(refused)}, ${served.length} served ${told(served)}, ${looks.length} looks at /healthz meanwhile ${told(looks)}, ` +
      `${looksIn(idle).length} without load ${told(looksIn(idle))}`,
  );
  expect(withStatus(alone, 200).length).toBe(alone.answers.length);
  expect(served.length + refused.length).toBe(operationsIn(crowded).length);
  expect(served.every(({ text }) => text.startsWith('{"data":{"psRequest":{"number":"PSR-'))).toBe(true);
  expect(share).toBeGreaterThanOrEqual(0.8);
  expect(refused.length).toBeGreaterThan(2 * CAP);
  const servedMs = median(msOf(served));
  expect(median(msOf(refused))).toBeLessThan(servedMs / 10);
  // Where this machine is so busy that who only looks waits for it, who is refused may wait for that too, and for nothing else.
  expect(tail(refused)).toBeLessThan(Math.max(servedMs * mostOfServed, 6 * tail(looks)));
  expect(refused.every(({ retryAfter }) => retryAfter === '1')).toBe(true);
  expect(refused[0]?.text).toMatch(/"code":"OVERLOADED".*"retryAfterSeconds":1/);
  expect(Math.max(...refused.map(({ text }) => text.length))).toBeLessThan(2_048);

  const afterwards = await carryOut(asManyAsItTakes);
  expect(withStatus(afterwards, 200).length).toBe(afterwards.answers.length);
  expect(goodputOf(afterwards) / goodputOf(alone)).toBeGreaterThan(0.8);
});

test(`${clients} clients who ask at the same moment are all refused within several times what looking at /healthz takes them`, async ({
  annotate,
}) => {
  const together = { clients, milliseconds: 100, atOnce: true };
  const ratios: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const looks = looksIn(await carryOut({ ...together, operations: null }));
    const refused = withStatus(await carryOut({ ...together, operations }), 503);
    expect(refused.length).toBeGreaterThanOrEqual(clients - CAP);
    ratios.push(tail(refused) / tail(looks));
    await annotate(`refused ${told(refused)}, looks at /healthz ${told(looks)}`);
  }
  // A look has no body, no entry in the audit log, and a shorter answer. Milliseconds of work for each refusal would be ten times as much.
  expect(median(ratios)).toBeLessThan(15);
});

/** Entries that the audit log has got in PostgreSQL at once, not by its journal. */
async function storedEntries(): Promise<number> {
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  return Number(/^audit_writes_total\{path="database",outcome="ok"\} (\d+)$/m.exec(metrics)?.[1] ?? 0);
}

test(`${clients} clients who ask for changes are refused like all others, without PostgreSQL`, async ({ annotate }) => {
  const { data } = await sendOperation(gateway.url, '{ mentors(first: 1) { nodes { id } } }');
  const changes = operations.map((_, index) =>
    JSON.stringify({
      query: 'mutation ($input: SubmitAssessmentsInput!) { submitAssessments(input: $input) { created } }',
      variables: {
        input: {
          assessments: [{ mentorId: data.mentors.nodes[0].id, psRequestNumber: `PSR-${70_000 + index}`, score: 3 }],
        },
      },
    }),
  );
  const together = { clients, milliseconds: 100, atOnce: true };
  await using readers = startCrowd();
  const busy = readers.carryOut({ ...asManyAsItTakes, port: portOf(gateway) });
  await pause(slowMs / 2);
  const before = await storedEntries();
  const reads = withStatus(await carryOut({ ...together, operations }), 503);
  const asked = await carryOut({ ...together, operations: changes });
  const after = await storedEntries();
  await busy;
  const refused = withStatus(asked, 503);
  await annotate(`changes refused ${told(refused)}, reads ${told(reads)}`);
  expect(refused.length).toBeGreaterThan(clients / 2);
  expect(after - before).toBeLessThanOrEqual(operationsIn(asked).length - refused.length);
});

test('what is kept is answered while everything else is refused', async () => {
  const held = Promise.withResolvers<string>();
  const small = await startSmallGateway({
    sdl: `
      directive @cacheControl(maxAge: Int) on OBJECT | FIELD_DEFINITION
      type Query { held(n: Int): String kept: String @cacheControl(maxAge: 600) }`,
    resolvers: { Query: { held: () => held.promise, kept: () => 'kept' } },
    responseCacheBytes: 1_000_000,
    settings: { ...noBudgets, OPERATIONS_UNDER_WAY: String(CAP) },
  });
  const ask = (query: string) => sendOperation(small.http.url, query);
  for (let n = 0; n < 2; n += 1) expect((await ask('{ kept }')).status).toBe(200);
  const busy = Array.from({ length: CAP }, (_, n) => ask(`{ held(n: ${n}) }`));
  await expect.poll(() => small.executions.underWay, { timeout: 10_000 }).toBe(CAP);
  expect((await ask(`{ held(n: ${CAP}) }`)).status).toBe(503);
  expect((await ask('{ kept }')).status).toBe(200);
  held.resolve('held');
  expect((await Promise.all(busy)).every(({ status }) => status === 200)).toBe(true);
  await expect.poll(() => small.executions.underWay).toBe(0);
  await small.close();
});
