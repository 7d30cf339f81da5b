import type { SalesforceRow } from './company.ts';
import { daysFromReference, plusDays, toDate } from './dates.ts';
import { elementAt, type Random } from './random.ts';
import { recordId } from './salesforce-id.ts';
import { auditStamps } from './stamps.ts';
import { COMPANIES, INDUSTRIES, PRODUCTS, PROJECT_STAGES, REGIONS } from './vocabulary.ts';

const PROJECT_COUNT = 45;

/** 40 customers, and one more that was deleted (merged into another). */
export function generateAccounts(random: Random, users: readonly SalesforceRow[]): SalesforceRow[] {
  const accounts = COMPANIES.map((name, index) =>
    account(random, users, index, name, index === 36 ? null : elementAt(REGIONS, index % REGIONS.length)),
  );
  return [
    ...accounts,
    { ...account(random, users, COMPANIES.length, 'Acme Corp (duplicate)', 'AMER'), IsDeleted: true },
  ];
}

function account(
  random: Random,
  users: readonly SalesforceRow[],
  index: number,
  name: string,
  region: string | null,
): SalesforceRow {
  return {
    Id: recordId('001', index + 1),
    ...auditStamps(random, daysFromReference(-850 + index * 12 + random.next())),
    IsDeleted: false,
    Name: name,
    AccountNumber: index % 9 === 4 ? null : `CUST-${String(10_000 + index * 37)}`,
    Industry: index % 13 === 6 ? null : elementAt(INDUSTRIES, index % INDUSTRIES.length),
    Region__c: region,
    Support_Tier__c: random.chance(0.1)
      ? null
      : random.weighted(
          new Map([
            ['Standard', 5],
            ['Premier', 3],
            ['Signature', 2],
          ]),
        ),
    OwnerId: random.pick(users).Id ?? null,
  };
}

/** 45 projects; some without account, manager or dates, some whose end lies before their start was moved. */
export function generateProjects(
  random: Random,
  accounts: readonly SalesforceRow[],
  users: readonly SalesforceRow[],
): SalesforceRow[] {
  return Array.from({ length: PROJECT_COUNT }, (_, index) => {
    const customer = elementAt(accounts, index % 38);
    const startMs = daysFromReference(-560 + index * 12);
    return {
      Id: recordId('a0P', index + 1),
      ...auditStamps(random, plusDays(startMs, -20 - random.next())),
      IsDeleted: false,
      Name: `${String(customer.Name)} – ${elementAt(PRODUCTS, (index * 3) % PRODUCTS.length)} rollout`.slice(0, 80),
      pse__Account__c: index % 15 === 14 ? null : (customer.Id ?? null),
      pse__Stage__c:
        index % 17 === 9 ? null : elementAt(PROJECT_STAGES, index < 15 ? 3 : random.int(0, PROJECT_STAGES.length - 1)),
      pse__Start_Date__c: index % 11 === 10 ? null : toDate(startMs),
      pse__End_Date__c: index % 7 === 6 ? null : toDate(plusDays(startMs, random.int(60, 320))),
      pse__Project_Manager__c: index % 10 === 9 ? null : (random.pick(users).Id ?? null),
    };
  });
}
