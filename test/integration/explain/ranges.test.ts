import fc from 'fast-check';
import { type GraphQLSchema, parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperationPlan } from '../../../src/gateway/explain/plan-operation.ts';
import type { OperationReceipt } from '../../../src/gateway/explain/receipt-extension.ts';
import { resolverMaps } from '../../../src/gateway/resolvers.ts';
import { buildSchema, readSchemaDocuments } from '../../../src/gateway/schema.ts';
import { type ExplainedGateway, expectContains, startExplainedGateway } from '../../support/explained-gateway.ts';
import { type ArgumentValues, operationFrom } from '../../support/operation-generator.ts';

let explained: ExplainedGateway;
let schema: GraphQLSchema;

beforeAll(async () => {
  schema = buildSchema(readSchemaDocuments(), resolverMaps(true));
  explained = await startExplainedGateway();
});

afterAll(() => explained?.gateway.close());

const aliases = Array.from(
  { length: 8 },
  (_, n) => `r${n}: psRequests(first: ${n + 1}) { nodes { number steps { name } cases { number } } }`,
);

const shapes: Readonly<Record<string, string>> = {
  'a page of 200 requests with everything on their cards': `{ psRequests(first: 200) { totalCount nodes {
    number account { name owner { name } } project { name projectManager { name } account { name } } owner { name }
    steps { name assignee { name } } cases { number owner { name } account { name } } jiraLinks { jiraKey issue { key } }
    jiraIssues { key summary assignee { displayName } } validationResults { message rule { name } } } } }`,
  'eight lists side by side under aliases': `{ ${aliases.join(' ')} }`,
  'pages within pages': `{ accounts(first: 40) { totalCount nodes { name psRequests(first: 30) { totalCount nodes {
    number steps { name } jiraIssues { key } } } } } }`,
  'pages of one request for each of many accounts':
    '{ accounts(first: 200) { nodes { psRequests(first: 1) { nodes { number } } } } }',
  'comments of many issues':
    '{ jiraIssues(first: 100) { nodes { key comments(first: 200) { body } project { lead { displayName } } } } }',
  'requests of many issues and what belongs to them': `{ jiraIssues(first: 200) { nodes { key psRequest { number account { name }
    steps { name } jiraIssues { key psRequest { number owner { name } } } } } } }`,
  'records of a kind at several places': `{ psRequest(id: "PSR-00042") { number cases { psRequest { number project { name } } }
    validationResults { psRequest { number project { name account { name owner { name } } } } } } }`,
  'references six levels up': `{ psRequests(first: 20) { nodes { steps { psRequest { project { account { owner { name }
    psRequests(first: 2) { nodes { project { account { owner { name } } } } } } } } } } } }`,
  'everything of the validation': `{ validationRules { id } validationRuns(first: 50) { totalCount nodes { rules { id }
    results(first: 200) { totalCount nodes { rule { name } psRequest { number owner { name } } } } } } }`,
  'mentors and what they assessed': `{ mentors(first: 200) { totalCount nodes { name assignedCount assessments(first: 200) { totalCount nodes {
    mentor { name openAssessmentCount } psRequest { number jiraIssues { key } } } } } } assessments { totalCount nodes { score } } }`,
  'a search with what belongs to the hits': `{ search(text: "PSR-00042", first: 50) { ... on PsRequest { number steps { name } account { name } }
    ... on Account { name owner { name } psRequests(first: 2) { nodes { number } } } ... on Project { name projectManager { name } }
    ... on JiraIssue { key psRequest { number } } } }`,
  'a search for the key of an issue': '{ search(text: "PSD-1") { ... on JiraIssue { key comments { body } } } }',
};

/** Within one call of what is expected of a cold run; a transaction is three. */
function isNearlyCold(
  { sources: { SALESFORCE, JIRA, POSTGRES } }: OperationPlan,
  { sources }: OperationReceipt,
): boolean {
  const isNear = (cold: number, spent = 0, unit = 1) => Math.abs(cold - spent) <= unit;
  return (
    isNear(SALESFORCE.calls.cold, sources.SALESFORCE?.calls) &&
    isNear(JIRA.calls.cold, sources.JIRA?.calls) &&
    isNear(POSTGRES.calls.cold, sources.POSTGRES?.calls, 3)
  );
}

describe('the range of a plan contains the receipt', () => {
  it.each(Object.entries(shapes))('of %s', async (_name, document) => {
    const plan = await explained.planOf(document);
    await explained.forgetAll();
    const { answer, receipt } = await explained.run(document);
    expect(answer.errors).toEqual([]);
    expect(Object.keys(receipt.sources).length).toBeGreaterThan(0);
    expectContains(plan, receipt, document);
  });

  it('of generated operations, whatever they ask', async () => {
    const { gateway } = explained;
    const literal = (text: unknown) => JSON.stringify(String(text));
    const [request] = gateway.salesforce.rows('PS_Request__c');
    const values: ArgumentValues = {
      first: ['1', '3', '20', '60'],
      last: ['2'],
      id: [literal('PSR-00042'), literal(request?.Id), literal('nonsense')],
      ids: [
        '["UHNSZXF1ZXN0OmEwUjVnMDAwMDAwMDAwMUVBQQ", "QWNjb3VudDowMDE1ZzAwMDAwMDAwMDRBQUE", "SmlyYUlzc3VlOjEwMDAx"]',
      ],
      key: ['"PSD-1"', '"PSD"', '"psd-12"'],
      text: ['"upgrade"', '"PSR-00007"', '"PSD-3"', '"!"'],
      after: ['null', '"garbage"'],
      before: ['null'],
      representations: [
        '[{ __typename: "JiraIssue", key: "PSD-4" }, { __typename: "PsRequest", number: "PSR-00012" }]',
      ],
    };
    let ran = 0;
    let asExpected = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 10_000 }), { minLength: 30, maxLength: 120 }), async (numbers) => {
        const without = new Set(['Query._service']);
        const document = operationFrom(numbers, { schema, values, maxDepth: 6, rootType: 'Query', without });
        if (validate(schema, parse(document)).length > 0) return;
        const plan = await explained.planOf(document);
        await explained.forgetAll();
        const { receipt } = await explained.run(document);
        // An analyst may see more than a viewer; compare what both may see.
        if (plan.refused.some(({ code }) => code === 'FORBIDDEN')) return;
        ran += 1;
        expectContains(plan, receipt, document);
        if (isNearlyCold(plan, receipt)) asExpected += 1;
      }),
      { numRuns: 120 },
    );
    expect(ran).toBeGreaterThan(60);
    // The rest names records that do not exist, which costs less.
    expect(asExpected / ran).toBeGreaterThan(0.7);
  });
});
