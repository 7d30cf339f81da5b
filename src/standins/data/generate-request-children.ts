import type { SalesforceRow } from './company.ts';
import { daysFromReference, plusDays, REFERENCE_MS, toDate } from './dates.ts';
import { elementAt, type Random } from './random.ts';
import { recordId } from './salesforce-id.ts';
import { auditStamps } from './stamps.ts';
import { CASE_SUBJECTS, STEP_NAMES } from './vocabulary.ts';

/** Support cases of accounts that belong to no request. */
const CASES_WITHOUT_REQUEST = 30;

/** 2 to 8 steps for each request; the steps of a deleted request are deleted with it, and a few of living ones too. */
export function generateSteps(
  random: Random,
  requests: readonly SalesforceRow[],
  users: readonly SalesforceRow[],
): SalesforceRow[] {
  const steps: SalesforceRow[] = [];
  for (const request of requests) {
    const count = random.int(2, 8);
    const createdMs = Date.parse(String(request.CreatedDate));
    const done = stepsDone(random, String(request.Status__c), count);
    const add = (sequence: number, position: number, isDeleted: boolean): void => {
      steps.push({
        Id: recordId('a0S', steps.length + 1),
        ...auditStamps(random, createdMs),
        IsDeleted: isDeleted,
        Name: elementAt(STEP_NAMES, Math.floor((position * STEP_NAMES.length) / count)),
        PS_Request__c: request.Id ?? null,
        Sequence__c: sequence,
        Status__c: stepStatus(random, String(request.Status__c), position, done),
        Assignee__c: random.chance(0.15) ? null : (random.pick(users).Id ?? null),
        Due_Date__c: random.chance(0.2) ? null : toDate(plusDays(createdMs, 7 + position * 6)),
      });
    };
    // Numbered 10, 20, 30 in some teams, with two steps of one number here and there.
    const stride = random.chance(0.2) ? 10 : 1;
    for (let position = 0; position < count; position++) {
      const twin = position > 0 && random.chance(0.01);
      add((twin ? position : position + 1) * stride, position, request.IsDeleted === true);
    }
    if (request.IsDeleted !== true && random.chance(0.04)) add((count + 1) * stride, count - 1, true);
  }
  return steps;
}

/** 0 to 3 cases for each request, and some that belong to an account only. */
export function generateCases(
  random: Random,
  requests: readonly SalesforceRow[],
  accounts: readonly SalesforceRow[],
  users: readonly SalesforceRow[],
): SalesforceRow[] {
  const cases: SalesforceRow[] = [];
  const add = (
    request: SalesforceRow | null,
    accountId: SalesforceRow[string],
    createdMs: number,
    isDeleted: boolean,
  ): void => {
    const number = cases.length + 1;
    cases.push({
      Id: recordId('500', number),
      ...auditStamps(random, createdMs),
      IsDeleted: isDeleted,
      CaseNumber: String(1_000 + number).padStart(8, '0'),
      Subject: random.chance(0.04)
        ? null
        : random.chance(0.03)
          ? 'Fwd: "It doesn\'t work" \\o/ 🙈'
          : random.pick(CASE_SUBJECTS),
      Status: random.weighted(
        new Map([
          ['Closed', 6],
          ['Working', 3],
          ['New', 2],
          ['Escalated', 1],
        ]),
      ),
      Priority: random.chance(0.08) ? null : random.pick(['Low', 'Medium', 'Medium', 'High']),
      AccountId: accountId,
      PS_Request__c: request?.Id ?? null,
      OwnerId: random.chance(0.03) ? null : (random.pick(users).Id ?? null),
    });
  };
  for (const request of requests) {
    const count = random.weighted(
      new Map([
        [0, 55],
        [1, 27],
        [2, 13],
        [3, 5],
      ]),
    );
    for (let n = 0; n < count; n++) {
      const createdMs = Math.min(
        plusDays(Date.parse(String(request.CreatedDate)), 1 + random.next() * 60),
        REFERENCE_MS,
      );
      // A case of another customer than its request's: someone picked the wrong record.
      const accountId = random.chance(0.04) ? (random.pick(accounts).Id ?? null) : (request.Account__c ?? null);
      // A few cases were deleted as spam.
      add(request, accountId, createdMs, cases.length % 60 === 17);
    }
  }
  for (let n = 0; n < CASES_WITHOUT_REQUEST; n++) {
    add(null, random.pick(accounts).Id ?? null, daysFromReference(-random.int(1, 400)), false);
  }
  return cases;
}

function stepsDone(random: Random, requestStatus: string, count: number): number {
  if (requestStatus === 'Closed' || requestStatus === 'Deployed') return random.chance(0.07) ? count - 1 : count;
  if (requestStatus === 'In Progress' || requestStatus === 'Blocked') return random.int(1, count - 1);
  return requestStatus === 'Scheduled' ? Math.floor(count / 2) : 0;
}

function stepStatus(random: Random, requestStatus: string, position: number, done: number): string {
  if (position < done) return random.chance(0.06) ? 'Skipped' : 'Done';
  if (position > done) return 'Not Started';
  if (requestStatus === 'Blocked') return 'Failed';
  return requestStatus === 'In Progress' ? 'In Progress' : 'Not Started';
}
