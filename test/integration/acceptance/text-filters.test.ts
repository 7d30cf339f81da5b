import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateCompany } from '../../../src/standins/data/generate-company.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

const company = generateCompany();
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ company });
});
afterAll(() => gateway.close());

describe('text that needs escaping', () => {
  const texts = [
    "'",
    '\\',
    '%',
    '_',
    '"',
    "'beta",
    "\\ '",
    '100% uptime_addon',
    'C:\\builds',
    "5.0'beta",
    "\\'",
    '\\n',
    '%%',
    '__',
    '_%',
    '🚀',
    'ß',
  ];
  const includes = (value: unknown, text: string) =>
    String(value ?? '')
      .toLowerCase()
      .includes(text.toLowerCase());
  const requests = company.salesforce.PS_Request__c.filter((row) => row.IsDeleted !== true);
  const accounts = company.salesforce.Account.filter((row) => row.IsDeleted !== true);

  async function numbersOf(filter: object): Promise<string[]> {
    const { data, errors } = await gateway.query(
      'query ($filter: PsRequestFilter) { psRequests(first: 200, filter: $filter) { totalCount nodes { number } } }',
      { filter },
    );
    expect(errors).toEqual([]);
    expect(data.psRequests.totalCount).toBe(data.psRequests.nodes.length);
    return data.psRequests.nodes.map(({ number }: { number: string }) => number).toSorted();
  }

  test.each(texts)('%s finds exactly the requests that contain it', async (text) => {
    const expected = requests.filter((row) =>
      [row.Name, row.Product__c, row.Version__c].some((value) => includes(value, text)),
    );
    expect(await numbersOf({ text })).toEqual(expected.map((row) => String(row.Name)).toSorted());
  });

  test('the texts above tell requests apart', () => {
    const found = texts.map(
      (text) =>
        requests.filter((row) => [row.Product__c, row.Version__c].some((value) => includes(value, text))).length,
    );
    expect(found.filter((count) => count > 0 && count < 10).length).toBeGreaterThan(8);
    expect(found).toContain(0);
  });

  test('a product is found by its exact name, whatever is in it', async () => {
    for (const product of new Set(
      requests.map((row) => row.Product__c).filter((value) => /['"\\%_\n🚀]/u.test(String(value))),
    ))
      expect(await numbersOf({ product })).toEqual(
        requests
          .filter((row) => row.Product__c === product)
          .map((row) => String(row.Name))
          .toSorted(),
      );
    for (const product of ['100% uptime%', '100% uptime_addo_', "' OR Name != '", '%'])
      expect(await numbersOf({ product })).toEqual([]);
  });

  test.each([...texts, 'o', ' & ', '.'])('%s finds exactly the accounts that contain it', async (text) => {
    const { data, errors } = await gateway.query(
      'query ($name: String) { accounts(first: 200, filter: { name: $name }) { nodes { name } } }',
      { name: text },
    );
    expect(errors).toEqual([]);
    // Spaces around what a person types mean nothing.
    const expected = accounts.filter((row) => includes(row.Name, text.trim()));
    expect(data.accounts.nodes.map(({ name }: { name: string }) => name).toSorted()).toEqual(
      expected.map((row) => String(row.Name)).toSorted(),
    );
  });

  test.each([...texts, '" OR key = "PSD-1', 'a\nb', 'x*', 'text ~ "y"'])(
    '%j breaks out of no search in Jira',
    async (text) => {
      const { data, errors } = await gateway.query(
        'query ($text: String) { jiraIssues(first: 200, filter: { text: $text, projectKey: "PSD" }) { nodes { key } } }',
        { text },
      );
      expect(errors).toEqual([]);
      const keys: string[] = data.jiraIssues.nodes.map(({ key }: { key: string }) => key);
      expect(keys.every((key) => key.startsWith('PSD-'))).toBe(true);
      // No project holds a text like these in all of its issues.
      expect(keys.length).toBeLessThan(200);
    },
  );
});
