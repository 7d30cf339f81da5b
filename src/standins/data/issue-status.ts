import type { JiraIssueSeed } from './company.ts';
import type { Random } from './random.ts';

type Status = JiraIssueSeed['statusName'];

/** How the statuses of a request's issues spread; some disagree with the request, as nobody keeps two systems in step by hand. */
const BY_REQUEST_STATUS: Readonly<Record<string, ReadonlyMap<Status, number>>> = {
  Draft: new Map([
    ['To Do', 88],
    ['In Progress', 8],
    ['Done', 4],
  ]),
  Submitted: new Map([
    ['To Do', 80],
    ['In Progress', 17],
    ['Done', 3],
  ]),
  Approved: new Map([
    ['To Do', 45],
    ['In Progress', 40],
    ['In Review', 12],
    ['Done', 3],
  ]),
  Scheduled: new Map([
    ['To Do', 25],
    ['In Progress', 35],
    ['In Review', 25],
    ['Done', 12],
    ['Blocked', 3],
  ]),
  'In Progress': new Map([
    ['In Progress', 50],
    ['In Review', 20],
    ['Done', 20],
    ['To Do', 10],
  ]),
  Blocked: new Map([
    ['Blocked', 65],
    ['In Progress', 20],
    ['To Do', 10],
    ['Done', 5],
  ]),
  Deployed: new Map([
    ['Done', 84],
    ['In Review', 7],
    ['In Progress', 6],
    ['To Do', 3],
  ]),
  Closed: new Map([
    ['Done', 95],
    ['In Progress', 3],
    ['To Do', 2],
  ]),
  Cancelled: new Map([
    ['Done', 80],
    ['To Do', 20],
  ]),
};
const WITHOUT_REQUEST: ReadonlyMap<Status, number> = new Map([
  ['To Do', 35],
  ['In Progress', 20],
  ['In Review', 8],
  ['Blocked', 4],
  ['Done', 33],
]);

export function issueStatus(random: Random, requestStatus: string | null): Status {
  return random.weighted((requestStatus === null ? undefined : BY_REQUEST_STATUS[requestStatus]) ?? WITHOUT_REQUEST);
}
