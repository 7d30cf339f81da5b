import fc from 'fast-check';
import { isObjectType, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { entities } from '../../../../src/gateway/entities.ts';
import { RecentCacheUse } from '../../../../src/gateway/explain/cache-expectation.ts';
import { fieldCosts, loaderCosts } from '../../../../src/gateway/explain/cost-index.ts';
import { OperationPlanner } from '../../../../src/gateway/explain/plan-operation.ts';
import { computedFields, edges, resolverMaps } from '../../../../src/gateway/resolvers.ts';
import { buildSchema, readSchemaDocuments } from '../../../../src/gateway/schema.ts';
import { shareOfIssues } from '../../../../src/links/costs.ts';
import { psRequestNamedIn } from '../../../../src/links/ps-request-number.ts';
import {
  MAX_CASES_PER_REQUEST,
  MAX_LINKS_PER_JIRA_KEY,
  MAX_LINKS_PER_REQUEST,
  MAX_REQUESTS_PER_PRIMARY_KEY,
  MAX_STEPS_PER_REQUEST,
  USUAL_PER_REQUEST,
  USUAL_REQUESTS_PER_PARENT,
} from '../../../../src/sources/salesforce/costs.ts';
import {
  firstRowsByParent,
  usualRounds,
  worstRounds,
} from '../../../../src/sources/salesforce/first-rows-by-parent.ts';
import type { SalesforceRow } from '../../../../src/standins/data/company.ts';
import { generateCompany } from '../../../../src/standins/data/generate-company.ts';
import { operationFrom } from '../../../support/operation-generator.ts';

const schema = buildSchema(readSchemaDocuments(), resolverMaps(true));
const planner = new OperationPlanner(schema, new RecentCacheUse(loaderCosts));
const lineOf = new Set(loaderCosts.map(({ loader }) => loader));

describe('the cost lines', () => {
  it('tell the cost of every loader that an edge or an entity names, each once', () => {
    const named = [...edges.map(({ loader }) => loader), ...entities.flatMap(({ loaders }) => Object.values(loaders))];
    expect([...new Set(named)].filter((loader) => !lineOf.has(loader))).toEqual([]);
    expect(lineOf.size).toBe(loaderCosts.length);
  });

  it('tell the cost of every field that has a resolver of its own, each once', () => {
    const known = new Set(fieldCosts.map(({ type, field }) => `${type}.${field}`));
    const roots = ['Query', 'Mutation'].flatMap((name) => {
      const type = schema.getType(name);
      return isObjectType(type) ? Object.keys(type.getFields()).map((field) => `${name}.${field}`) : [];
    });
    const counts = Object.values(schema.getTypeMap())
      .filter((type) => isObjectType(type) && 'pageInfo' in type.getFields() && 'totalCount' in type.getFields())
      .map(({ name }) => `${name}.totalCount`)
      // Salesforce counts together with the rows, as the lines of its lists say.
      .filter((field) => !['PsRequestConnection.totalCount', 'AccountConnection.totalCount'].includes(field));
    const wanted = [...roots, ...computedFields.map(({ type, field }) => `${type}.${field}`), ...counts];
    expect(wanted.filter((field) => !known.has(field))).toEqual([]);
    expect(known.size).toBe(fieldCosts.length);
  });

  it('name in the plan of a field only loaders that have a line', () => {
    const named = fieldCosts.flatMap((cost) => {
      const key = cost.field === 'jiraProject' ? 'PSD' : 'PSD-1';
      const args = {
        id: 'PSR-00001',
        key,
        text: 'PSD-1',
        ids: [],
        input: {
          assessments: [{ mentorId: 'x', psRequestNumber: '', score: 1 }],
          ...{ id: 'PSR-00001', risk: 'LOW', key: 'PSD-1', to: 'Done', body: 'Text' },
        },
      };
      return cost
        .plan(args)
        .stages.flat()
        .map(({ loader }) => loader);
    });
    expect(named.filter((loader) => !lineOf.has(loader))).toEqual([]);
    expect(named.length).toBeGreaterThan(20);
  });

  it('take for granted no less than the data of the company has', () => {
    const { salesforce } = generateCompany();
    const most = (rows: readonly SalesforceRow[], column: string) => {
      const shown = rows.filter((row) => row.IsDeleted !== true && row[column] != null);
      const groups = Map.groupBy(shown, (row) => String(row[column]).trim().toUpperCase());
      return Math.max(...[...groups.values()].map((some) => some.length));
    };
    expect(most(salesforce.PS_Deployment_Step__c, 'PS_Request__c')).toBeLessThanOrEqual(MAX_STEPS_PER_REQUEST);
    expect(most(salesforce.Case, 'PS_Request__c')).toBeLessThanOrEqual(MAX_CASES_PER_REQUEST);
    expect(most(salesforce.PS_Request_Jira_Link__c, 'PS_Request__c')).toBeLessThanOrEqual(MAX_LINKS_PER_REQUEST);
    expect(most(salesforce.PS_Request_Jira_Link__c, 'Jira_Key__c')).toBeLessThanOrEqual(MAX_LINKS_PER_JIRA_KEY);
    expect(most(salesforce.PS_Request__c, 'Jira_Key__c')).toBeLessThanOrEqual(MAX_REQUESTS_PER_PRIMARY_KEY);
  });
});

describe('what the cost lines call usual', () => {
  const { salesforce, jira } = generateCompany();
  const shown = (rows: readonly SalesforceRow[]) => rows.filter((row) => row.IsDeleted !== true);
  const requests = shown(salesforce.PS_Request__c);
  const keyOf = (row: SalesforceRow) => String(row.Jira_Key__c).trim().toUpperCase();

  it('is what the hundred requests that changed last have, a quarter more or less', () => {
    const latest = requests
      .toSorted((left, right) => (String(left.LastModifiedDate) < String(right.LastModifiedDate) ? 1 : -1))
      .slice(0, 100);
    const ids = new Set(latest.map(({ Id }) => Id));
    const ofLatest = (rows: readonly SalesforceRow[]) =>
      shown(rows).filter((row) => ids.has(row.PS_Request__c as string));
    const links = ofLatest(salesforce.PS_Request_Jira_Link__c);
    const jiraKeys = latest.flatMap((request) => [
      ...new Set(
        [request, ...links.filter((link) => link.PS_Request__c === request.Id)]
          .filter((row) => row.Jira_Key__c != null)
          .map(keyOf),
      ),
    ]);
    const counted = {
      steps: ofLatest(salesforce.PS_Deployment_Step__c).length,
      cases: ofLatest(salesforce.Case).length,
      links: links.length,
      jiraKeys: jiraKeys.length,
    };
    for (const [what, usual] of Object.entries(USUAL_PER_REQUEST))
      expectAbout(usual, counted[what as keyof typeof counted] / latest.length, what);
  });

  it('is how many requests an account and a project have, a quarter more or less', () => {
    for (const column of ['Account__c', 'Project__c']) {
      const parents = new Set(requests.map((row) => row[column]).filter((id) => id != null));
      expectAbout(USUAL_REQUESTS_PER_PARENT, requests.length / parents.size, column);
    }
  });

  it('is what share of the issues names a request, and what share only a link leads to one', () => {
    const linked = new Set(shown(salesforce.PS_Request_Jira_Link__c).map(keyOf));
    const named = jira.issues.map((issue) => (issue.psRequest === null ? null : psRequestNamedIn(issue.psRequest)));
    const shareOf = (count: number) => count / jira.issues.length;
    expectAbout(shareOfIssues.named, shareOf(named.filter((name) => name !== null).length), 'named');
    expectAbout(shareOfIssues.numbered, shareOf(named.filter((name) => name && 'number' in name).length), 'numbered');
    const byLink = jira.issues.filter((issue, place) => named[place] === null && linked.has(issue.key));
    expectAbout(shareOfIssues.linked, shareOf(byLink.length), 'linked');
  });

  it('is how many rounds the first rows of many parents take, for most groups of accounts', async () => {
    const accounts = [...new Set(requests.map((row) => String(row.Account__c)))];
    const rows = requests
      .toSorted((left, right) => (String(left.LastModifiedDate) < String(right.LastModifiedDate) ? 1 : -1))
      .map((row, place) => ({ account: String(row.Account__c), place }));
    let within1 = 0;
    let all = 0;
    for (const count of [1, 2, 5, 10, 20, accounts.length]) {
      for (const size of [1, 2, 5, 10, 20, 50]) {
        for (let first = 0; first + count <= accounts.length; first += count) {
          const parents = accounts.slice(first, first + count);
          let statements = 0;
          await firstRowsByParent<number>({
            parents,
            rowsPerParent: size + 1,
            from: null,
            readRows: async (some, after, limit) => {
              statements += 1;
              return rows
                .filter(({ account, place }) => some.includes(account) && place > (after ?? -1))
                .slice(0, limit);
            },
            parentOf: (row) => String(row.account),
            placeOf: (row) => Number(row.place),
          });
          const usual = usualRounds(count, size + 1, USUAL_REQUESTS_PER_PARENT).length;
          all += 1;
          if (Math.abs(usual - statements) <= 1) within1 += 1;
        }
      }
    }
    expect(within1 / all).toBeGreaterThan(0.9);
  });
});

function expectAbout(usual: number, counted: number, what: string): void {
  expect(usual, what).toBeGreaterThan(counted * 0.75);
  expect(usual, what).toBeLessThan(counted * 1.25);
}

describe('the bound of reading the first rows of many parents', () => {
  it('holds for every distribution of rows, in each round', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 300 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 201 }),
        fc.nat(),
        async (counts, rowsPerParent, seed) => {
          const rows = counts.flatMap((count, parent) =>
            Array.from({ length: count }, () => ({ parent: `p${parent}` })),
          );
          rows.sort((left, right) => hash(left.parent, seed) - hash(right.parent, seed));
          const ordered = rows.map((row, place) => ({ ...row, place }));
          const asked: number[] = [];
          await firstRowsByParent<number>({
            parents: counts.map((_, parent) => `p${parent}`),
            rowsPerParent,
            from: null,
            readRows: async (parents, after, limit) => {
              asked.push(parents.length);
              return ordered.filter((row) => parents.includes(row.parent) && row.place > (after ?? -1)).slice(0, limit);
            },
            parentOf: (row) => String(row.parent),
            placeOf: (row) => Number(row.place),
          });
          const bound = worstRounds(counts.length, rowsPerParent);
          expect(asked.length).toBeLessThanOrEqual(bound.reduce((sum, statements) => sum + statements, 0));
        },
      ),
      { numRuns: 300 },
    );
  });
});

function hash(text: string, seed: number): number {
  return [...text].reduce((value, letter) => (value * 31 + letter.charCodeAt(0) + seed) % 9_973, 7);
}

describe('the plan of any valid document', () => {
  it.each(['Query', 'Mutation'] as const)('is made without an error: %s', (rootType) => {
    let planned = 0;
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 10_000 }), { minLength: 1, maxLength: 200 }), (numbers) => {
        const document = parse(operationFrom(numbers, { schema, values: {}, maxDepth: 6, rootType }));
        // A literal that its scalar refuses makes the document invalid.
        if (validate(schema, document).length > 0) return;
        planned += 1;
        const [operation] = document.definitions;
        if (operation?.kind !== 'OperationDefinition') throw new Error('The document has no operation.');
        const plan = planner.plan({ document, operation, variables: {}, viewer: { roles: ['VIEWER'] } });
        for (const { calls } of Object.values(plan.sources)) {
          expect(Number.isSafeInteger(calls.min) && Number.isSafeInteger(calls.max)).toBe(true);
          expect(calls.min).toBeGreaterThanOrEqual(0);
          expect(calls.max).toBeGreaterThanOrEqual(calls.cold);
          expect(calls.cold).toBeGreaterThanOrEqual(calls.min);
          expect(Number.isSafeInteger(calls.cold)).toBe(true);
        }
        for (const { min, max } of [plan.sources.JIRA.points, plan.sources.POSTGRES.statements])
          expect(max).toBeGreaterThanOrEqual(min);
        for (const driver of plan.drivers) expect(driver.calls).toBeGreaterThanOrEqual(0);
        expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
      }),
      { numRuns: 600 },
    );
    expect(planned).toBeGreaterThan(150);
  });

  it('ends for a document whose fragments mean millions of fields, and says that it did not look at all of them', () => {
    const levels = Array.from(
      { length: 18 },
      (_, level) =>
        `fragment F${level} on PsRequest { a: account { id psRequests { nodes { ...F${level + 1} } } } b: account { name psRequests { nodes { ...F${level + 1} } } } }`,
    );
    const document = parse(
      `query Deep { psRequests { nodes { ...F0 } } } ${levels.join(' ')} fragment F18 on PsRequest { id }`,
    );
    expect(validate(schema, document)).toEqual([]);
    const [operation] = document.definitions;
    if (operation?.kind !== 'OperationDefinition') throw new Error('The document has no operation.');
    const startedAt = performance.now();
    const plan = planner.plan({ document, operation, variables: {}, viewer: { roles: ['VIEWER'] } });
    expect(plan.complete).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});
