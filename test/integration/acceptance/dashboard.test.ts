import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SalesforceRow } from '../../../src/standins/data/company.ts';
import { generateCompany } from '../../../src/standins/data/generate-company.ts';
import { CompanyRecords } from '../../support/company-records.ts';
import { readExamples } from '../../support/example.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

const company = generateCompany();
const records = new CompanyRecords(company);
const dashboard = readExamples().find(({ name }) => name === 'dashboard')?.document ?? '';

/** Each level waits for the one before: the list with its parents, then its children, then the issues that they name. */
const LEVELS = 3;

/** A gateway that has read nothing yet. */
async function coldGateway(): Promise<TestGateway> {
  const gateway = await startTestGateway({ company });
  gateway.clearCalls();
  return gateway;
}

const nameOf = (object: 'Account' | 'User', id: unknown) => {
  const row = records.row(object, id);
  return row && { name: row.Name };
};
const person = (id: unknown) => {
  const row = records.row('User', id);
  return row && { name: row.Name, isActive: row.IsActive };
};
const enumOf = (value: unknown) =>
  value === null
    ? null
    : String(value)
        .toUpperCase()
        .replaceAll(/[\s-]+/g, '_');

/** One card as the data set has it; children in an order of their own, which is compared apart. */
function cardOf(row: SalesforceRow) {
  const account = records.row('Account', row.Account__c);
  const project = records.row('pse__Proj__c', row.Project__c);
  return {
    number: row.Name,
    status: enumOf(row.Status__c),
    risk: enumOf(row.Risk__c),
    environment: enumOf(row.Environment__c),
    goLiveDate: row.Go_Live_Date__c,
    updatedAt: new Date(String(row.LastModifiedDate)).toISOString(),
    account: account && {
      name: account.Name,
      supportTier: enumOf(account.Support_Tier__c),
      owner: nameOf('User', account.OwnerId),
    },
    owner: person(row.OwnerId),
    technicalLead: nameOf('User', row.Technical_Lead__c),
    project: project && {
      name: project.Name,
      stage: project.pse__Stage__c,
      projectManager: nameOf('User', project.pse__Project_Manager__c),
    },
    steps: sorted(
      records
        .live('PS_Deployment_Step__c')
        .filter((step) => step.PS_Request__c === row.Id)
        .map((step) => ({
          name: step.Name,
          sequence: step.Sequence__c,
          status: enumOf(step.Status__c),
          dueDate: step.Due_Date__c,
          assignee: person(step.Assignee__c),
        })),
    ),
    jiraLinks: sorted(
      records.linksOf(row.Id).map((link) => ({ jiraKey: link.Jira_Key__c, linkType: enumOf(link.Link_Type__c) })),
    ),
    cases: sorted(
      records
        .live('Case')
        .filter((one) => one.PS_Request__c === row.Id)
        .map((one) => ({ number: one.CaseNumber, subject: one.Subject, status: one.Status, priority: one.Priority })),
    ),
    jiraIssues: sorted(
      [...records.issuesOf(row)].map((issue) => ({
        key: issue.key,
        summary: issue.summary,
        statusName: issue.statusName,
        assignee: records.jiraUserName(issue.assigneeAccountId),
      })),
    ),
  };
}

function sorted<Value>(values: readonly Value[]): Value[] {
  return values.toSorted((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
}

interface AnsweredIssue {
  readonly key: string;
  readonly summary: string;
  readonly status: { readonly name: string };
  readonly assignee: { readonly displayName: string } | null;
}

type AnsweredCard = Record<'steps' | 'jiraLinks' | 'cases', object[]> & {
  readonly id: string;
  readonly jiraIssues: readonly AnsweredIssue[];
};

/** A card of the answer in the form of `cardOf`. */
function answered({ id: _id, steps, jiraLinks, cases, jiraIssues, ...rest }: AnsweredCard) {
  const issues = jiraIssues.map(({ key, summary, status, assignee }) => ({
    key,
    summary,
    statusName: status.name,
    assignee: assignee?.displayName ?? null,
  }));
  return {
    ...rest,
    steps: sorted(steps),
    jiraLinks: sorted(jiraLinks),
    cases: sorted(cases),
    jiraIssues: sorted(issues),
  };
}

/** Milliseconds of a cold run whose every upstream call takes this much longer. */
async function durationOf(first: number, latencyMs: number): Promise<number> {
  const gateway = await coldGateway();
  try {
    for (const { faults } of [gateway.salesforce, gateway.jira])
      if (latencyMs > 0) faults.add({ kind: 'slow', delayMs: latencyMs });
    const startedAt = performance.now();
    const { errors } = await gateway.query(dashboard, { first });
    expect(errors).toEqual([]);
    return performance.now() - startedAt;
  } finally {
    await gateway.close();
  }
}

describe.each([
  { first: 50, billedAtMost: 3 },
  { first: 200, billedAtMost: 6 },
])('the dashboard of $first requests', ({ first, billedAtMost }) => {
  const expected = records.requestsByLastChange().slice(0, first);
  let gateway: TestGateway;
  beforeEach(async () => {
    gateway = await coldGateway();
  });
  afterEach(() => gateway.close());

  test(`costs at most ${billedAtMost} billed Salesforce calls, and one Jira call for each hundred keys`, async () => {
    const { status, errors } = await gateway.query(dashboard, { first });
    expect(status).toBe(200);
    expect(errors).toEqual([]);
    const keys = new Set(expected.flatMap((row) => [...records.issueKeysOf(row)]));
    expect(keys.size).toBeGreaterThan(first / 2);
    expect(gateway.salesforce.calls.billed()).toBeLessThanOrEqual(billedAtMost);
    expect(gateway.jira.calls.count()).toBe(Math.ceil(keys.size / 100));
  });

  test('holds on every card what Salesforce and Jira hold', async () => {
    const { data } = await gateway.query(dashboard, { first });
    const cards: AnsweredCard[] = data.psRequests.nodes;
    expect(cards.map(answered)).toEqual(expected.map(cardOf));
    expect(data.psRequests.pageInfo.hasNextPage).toBe(true);
    for (const { steps } of cards as unknown as { steps: { sequence: number }[] }[]) {
      const sequences = steps.map(({ sequence }) => sequence);
      expect(sequences).toEqual(sequences.toSorted((left, right) => left - right));
    }
  });

  test('takes no longer than its levels, one after the other', async () => {
    const latencyMs = 400;
    const without: number[] = [];
    const withLatency: number[] = [];
    let levels = Number.NaN;
    // Another process may take the processor for a while, so the best of up to three counts.
    for (let attempt = 0; attempt < 3 && Math.round(levels) !== LEVELS; attempt++) {
      without.push(await durationOf(first, 0));
      withLatency.push(await durationOf(first, latencyMs));
      levels = (Math.min(...withLatency) - Math.min(...without)) / latencyMs;
    }
    expect(levels).toBeLessThan(LEVELS + 0.5);
    expect(levels).toBeGreaterThan(LEVELS - 0.5);
  });
});
