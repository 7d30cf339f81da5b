import type { SalesforceRow } from './company.ts';
import { daysFromReference, plusDays, toDate, toDateTime } from './dates.ts';
import { requestDescription } from './descriptions.ts';
import { elementAt, type Random } from './random.ts';
import { REQUEST_DIRT } from './request-dirt.ts';
import { recordId } from './salesforce-id.ts';
import { auditStamps } from './stamps.ts';
import { PRODUCTS, VERSIONS } from './vocabulary.ts';

const VISIBLE_REQUESTS = 400;
/** Numbered after the visible ones; in the recycle bin, so only queryAll finds them. */
const DELETED_REQUESTS = 6;
/** The last accounts have no request at all. */
const ACCOUNTS_WITH_REQUESTS = 36;

interface Directory {
  readonly users: readonly SalesforceRow[];
  readonly accounts: readonly SalesforceRow[];
  readonly projects: readonly SalesforceRow[];
}

export function generateRequests(random: Random, directory: Directory): SalesforceRow[] {
  return Array.from({ length: VISIBLE_REQUESTS + DELETED_REQUESTS }, (_, index) => request(random, directory, index));
}

function request(random: Random, directory: Directory, index: number): SalesforceRow {
  const name = `PSR-${String(index + 1).padStart(5, '0')}`;
  const ageDays = 540 * (1 - index / (VISIBLE_REQUESTS + DELETED_REQUESTS)) ** 1.6 + random.next() * 0.9;
  const createdMs = daysFromReference(-ageDays);
  const status = random.weighted(statusWeights(ageDays));
  const targetMs = plusDays(createdMs, random.int(14, 100));
  const account = random.chance(0.05) ? null : accountFor(random, directory, index);
  const projects = directory.projects.filter((project) => project.pse__Account__c === account?.Id);
  const goLiveMs = plusDays(targetMs, random.int(-6, 15));
  const hasWindow = status === 'Scheduled' || status === 'In Progress' || status === 'Deployed' || random.chance(0.1);
  const windowMs = Date.parse(`${toDate(goLiveMs)}T20:00:00Z`);
  const description = requestDescription(random, index);
  return {
    Id: recordId('a0R', index + 1),
    ...auditStamps(random, createdMs),
    IsDeleted: index >= VISIBLE_REQUESTS,
    Name: name,
    Account__c: account?.Id ?? null,
    Project__c: projects.length === 0 || random.chance(0.15) ? null : (random.pick(projects).Id ?? null),
    OwnerId: random.pick(directory.users).Id ?? null,
    Technical_Lead__c: random.chance(0.12) ? null : (random.pick(directory.users).Id ?? null),
    Approved_By__c:
      ['Draft', 'Submitted'].includes(status) || random.chance(0.08) ? null : (random.pick(directory.users).Id ?? null),
    Status__c: status,
    Type__c: random.chance(0.04)
      ? null
      : random.pick(['New Deployment', 'Upgrade', 'Configuration', 'Migration', 'Decommission']),
    Environment__c: random.chance(0.06)
      ? null
      : random.weighted(
          new Map([
            ['Production', 5],
            ['UAT', 3],
            ['Sandbox', 2],
          ]),
        ),
    Product__c: random.chance(0.05) ? null : random.pick(PRODUCTS),
    Version__c: random.chance(0.15) ? null : random.pick(VERSIONS),
    Risk__c: random.chance(0.2)
      ? null
      : random.weighted(
          new Map([
            ['Low', 5],
            ['Medium', 3],
            ['High', 1],
          ]),
        ),
    Requested_Date__c: random.chance(0.03) ? null : toDate(createdMs),
    Target_Date__c: random.chance(0.2) ? null : toDate(targetMs),
    Go_Live_Date__c: random.chance(hasWindow ? 0.1 : 0.75) ? null : toDate(goLiveMs),
    Change_Window_Start__c: hasWindow ? toDateTime(windowMs) : null,
    Change_Window_End__c:
      hasWindow && !random.chance(0.05) ? toDateTime(plusDays(windowMs, random.pick([2, 4, 8]) / 24)) : null,
    Estimated_Hours__c: random.chance(0.35) ? null : random.pick([0, 4, 7.5, 8, 12, 16, 22.25, 40, 80, 120]),
    Jira_Key__c: null,
    Description__c: description,
    ...REQUEST_DIRT[name],
  };
}

/** Every sixth or seventh request belongs to one customer; the others follow a long tail. */
function accountFor(random: Random, { accounts }: Directory, index: number): SalesforceRow {
  if (index % 6 === 0) return elementAt(accounts, 0);
  return elementAt(accounts, 1 + Math.floor((ACCOUNTS_WITH_REQUESTS - 1) * random.next() ** 1.4));
}

function statusWeights(ageDays: number): ReadonlyMap<string, number> {
  if (ageDays > 240)
    return new Map([
      ['Closed', 70],
      ['Deployed', 16],
      ['Cancelled', 12],
      ['Blocked', 2],
    ]);
  if (ageDays > 100)
    return new Map([
      ['Deployed', 45],
      ['Closed', 25],
      ['In Progress', 10],
      ['Cancelled', 8],
      ['Blocked', 7],
      ['Scheduled', 5],
    ]);
  if (ageDays > 30)
    return new Map([
      ['In Progress', 28],
      ['Scheduled', 24],
      ['Approved', 18],
      ['Deployed', 14],
      ['Blocked', 10],
      ['Submitted', 6],
    ]);
  return new Map([
    ['Draft', 34],
    ['Submitted', 32],
    ['Approved', 20],
    ['Scheduled', 10],
    ['Cancelled', 4],
  ]);
}
