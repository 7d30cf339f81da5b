import fc from 'fast-check';
import { isObjectType, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { entities } from '../../../../src/gateway/entities.ts';
import { RecentCacheUse } from '../../../../src/gateway/explain/cache-expectation.ts';
import { fieldCosts, loaderCosts } from '../../../../src/gateway/explain/cost-index.ts';
import { OperationPlanner } from '../../../../src/gateway/explain/plan-operation.ts';
import { computedFields, edges, resolverMaps } from '../../../../src/gateway/resolvers.ts';
import { buildSchema, readSchemaDocuments } from '../../../../src/gateway/schema.ts';
import {
  MAX_CASES_PER_REQUEST,
  MAX_LINKS_PER_JIRA_KEY,
  MAX_LINKS_PER_REQUEST,
  MAX_REQUESTS_PER_PRIMARY_KEY,
  MAX_STEPS_PER_REQUEST,
} from '../../../../src/sources/salesforce/costs.ts';
import { firstRowsByParent, worstRounds } from '../../../../src/sources/salesforce/first-rows-by-parent.ts';
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
        input: { assessments: [{ mentorId: 'x', psRequestNumber: '', score: 1 }] },
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
        const plan = planner.plan({ document, operation, variables: {}, viewerRoles: ['VIEWER'] });
        for (const { calls } of Object.values(plan.sources)) {
          expect(Number.isSafeInteger(calls.min) && Number.isSafeInteger(calls.max)).toBe(true);
          expect(calls.min).toBeGreaterThanOrEqual(0);
          expect(calls.max).toBeGreaterThanOrEqual(calls.min);
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
    const plan = planner.plan({ document, operation, variables: {}, viewerRoles: ['VIEWER'] });
    expect(plan.complete).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});
