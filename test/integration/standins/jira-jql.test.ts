import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type JiraStandIn, startJiraStandIn } from '../../../src/standins/jira/server.ts';
import { jiraHttp, keysOf, problemOf } from '../../support/jira-http.ts';
import { SMALL_SITE_NOW_MS, smallJiraSite } from '../../support/small-jira-site.ts';

let standIn: JiraStandIn;
beforeAll(async () => {
  standIn = await startJiraStandIn({
    company: { jira: smallJiraSite },
    email: 'ann@example.com',
    clock: { now: () => SMALL_SITE_NOW_MS },
  });
});
afterAll(() => standIn.close());

async function search(jql: string): Promise<string[]> {
  return keysOf(await jiraHttp(standIn)('POST', '/search/jql', { jql, fields: ['key'] }));
}

const ALL = 'PSD-1 PSD-2 PSD-3 PSD-10 OPS-1 OPS-2 OPS-3 OPS-4';

/** Each statement with the keys it finds, in any order. */
const found: readonly (readonly [jql: string, keys: string])[] = [
  ['project = PSD', 'PSD-1 PSD-2 PSD-3 PSD-10'],
  ['project = "deployments"', 'PSD-1 PSD-2 PSD-3 PSD-10'],
  ['project in (10001)', 'OPS-1 OPS-2 OPS-3 OPS-4'],
  ['project != psd AND status = done', 'OPS-2'],
  ['key = psd-1', 'PSD-1'],
  ['issueKey in (PSD-1, "OPS-2", 103)', 'PSD-1 PSD-3 OPS-2'],
  ['key = PSD-4', 'OPS-1'],
  ['id = 104', 'PSD-10'],
  ['key > PSD-2', 'PSD-3 PSD-10'],
  ['key <= "PSD-3"', 'PSD-1 PSD-2 PSD-3'],
  ['key not in (PSD-1, PSD-2, PSD-3) and project = PSD', 'PSD-10'],
  ['status in ("In Progress", Done)', 'PSD-1 PSD-2 OPS-2'],
  ['status = 10003', 'PSD-3'],
  ['statusCategory = "In Progress"', 'PSD-1 PSD-3 PSD-10'],
  ['statusCategory != done and statusCategory != new', 'PSD-1 PSD-3 PSD-10'],
  ['project = PSD and status = Done or project = OPS and status = Done', 'PSD-2 OPS-2'],
  ['project = PSD and (status = Done or priority = Highest)', 'PSD-2 PSD-3'],
  ['assignee = currentUser()', 'PSD-1 OPS-1'],
  ['assignee in (currentUser(), "acc-bob")', 'PSD-1 PSD-2 OPS-1'],
  ['assignee in (acc-bob, EMPTY)', 'PSD-2 PSD-10 OPS-2 OPS-3'],
  ['assignee is empty', 'PSD-10 OPS-2 OPS-3'],
  ['assignee is not NULL', 'PSD-1 PSD-2 PSD-3 OPS-1 OPS-4'],
  ['assignee = null', 'PSD-10 OPS-2 OPS-3'],
  // Jira leaves empty fields out of every negation, and carries NOT down to the comparisons.
  ['assignee != acc-ann', 'PSD-2 PSD-3 OPS-4'],
  ['NOT assignee = acc-ann', 'PSD-2 PSD-3 OPS-4'],
  ['not (assignee = acc-ann or labels = docs)', ''],
  ['labels not in (urgent)', 'PSD-2'],
  ['! labels = urgent', 'PSD-2'],
  ['not assignee is empty and not status = Done', 'PSD-1 PSD-3 OPS-1 OPS-4'],
  ['reporter = acc-bob', 'OPS-1'],
  ['reporter is empty', 'OPS-2'],
  ['labels = URGENT', 'PSD-1 OPS-1'],
  ['labels in (docs, customer)', 'PSD-1 PSD-2'],
  ['labels = nobody-has-it', ''],
  ['fixVersion = "2026.2"', 'PSD-3'],
  ['fixVersion in ("2026.1") and fixVersion != "2026.2"', 'PSD-1'],
  ['priority >= High', 'PSD-1 PSD-3'],
  ['priority < Medium', 'PSD-2'],
  ['priority is EMPTY', 'PSD-10'],
  ['issuetype in (Deployment, Bug)', 'PSD-1 PSD-3'],
  ['type = change', 'OPS-4'],
  ['resolution = Unresolved and project = OPS', 'OPS-1 OPS-3 OPS-4'],
  ['resolution = Done', 'PSD-2 OPS-2'],
  ['created >= "2026-02-01"', 'PSD-1 PSD-10'],
  ['created > "2026/02/01 09:00"', 'PSD-10'],
  ['created = "2026-02-01 09:00"', 'PSD-1'],
  ['updated >= -2d', 'PSD-1 PSD-10'],
  ['updated >= startOfDay()', 'PSD-10'],
  ['updated >= startOfDay(-1d) and updated < startOfDay()', 'PSD-1'],
  ['updated < startOfYear() or updated > "-4w 2d"', 'PSD-1 PSD-2 PSD-10'],
  ['resolved >= startOfMonth(-1) and resolved <= endOfMonth("-1M")', 'PSD-2'],
  ['resolved is not empty', 'PSD-2 OPS-2'],
  ['summary ~ gateway', 'PSD-1 OPS-3'],
  ['summary ~ "gateway deploy"', 'PSD-1'],
  ['summary ~ "deploy*"', 'PSD-1 OPS-3'],
  ['summary ~ "d?ploys"', 'OPS-3'],
  ['summary !~ gateway and project = OPS', 'OPS-1 OPS-2 OPS-4'],
  ['summary ~ "roll out"', 'PSD-3'],
  ['text ~ "roll out weekend"', 'PSD-1 PSD-3'],
  ['text ~ "\\"out over\\""', 'PSD-1'],
  ['text ~ "\\"weekend roll\\""', 'PSD-3'],
  ['text ~ "gateway -twice"', 'PSD-1'],
  ['text ~ "runbook OR certificates"', 'PSD-2 OPS-1'],
  ['text ~ "(runbook OR plan) AND NOT write"', 'PSD-3'],
  ['text ~ "GRÜSSE OR grüße"', 'PSD-10'],
  ['text ~ "PSR-00001"', 'PSD-1 PSD-2 OPS-3'],
  ['text ~ "\\"PSR\\\\-00001\\""', 'PSD-1 PSD-2 OPS-3'],
  ['description ~ "C\\\\:\\\\\\\\logs"', 'PSD-1'],
  ['description ~ "\\"C:\\\\\\\\logs\\""', 'PSD-1'],
  ["summary ~ '\\u0022Fast Lane\\u0022'", 'PSD-1'],
  ['comment ~ rollback', 'PSD-1'],
  ['text ~ rollback', 'PSD-1'],
  ['description is empty', 'PSD-2 PSD-3 PSD-10 OPS-1 OPS-2 OPS-4'],
  ['cf[10101] ~ "PSR-00001"', 'PSD-1 PSD-2'],
  ['"PS Request" ~ "\\"PSR-00010\\""', 'PSD-10'],
  ['"PS Request[Short text]" is not empty', 'PSD-1 PSD-2 PSD-10'],
  ['cf[10102] = production', 'PSD-1 OPS-2'],
  ['"Environment[Dropdown]" in (UAT)', 'PSD-2'],
  ['"Go-live date" <= "2026-03-15"', 'PSD-1'],
  ['cf[10104] > 5d', 'PSD-3'],
  ['"Release version" ~ "2026.1"', 'PSD-1'],
  ['project is not empty', ALL],
];

/** Each statement with the keys it finds, in this order. */
const ordered: readonly (readonly [jql: string, keys: string])[] = [
  ['project is not empty', 'OPS-4 OPS-3 OPS-2 OPS-1 PSD-10 PSD-3 PSD-2 PSD-1'],
  ['project = PSD order by key', 'PSD-1 PSD-2 PSD-3 PSD-10'],
  ['project = PSD order by key desc', 'PSD-10 PSD-3 PSD-2 PSD-1'],
  ['project = PSD order by priority desc', 'PSD-10 PSD-3 PSD-1 PSD-2'],
  ['project = PSD order by priority', 'PSD-2 PSD-1 PSD-3 PSD-10'],
  [
    'project is not empty order by project desc, assignee, key desc',
    'OPS-1 OPS-4 OPS-3 OPS-2 PSD-1 PSD-2 PSD-3 PSD-10',
  ],
  ['project = PSD order by updated desc', 'PSD-10 PSD-1 PSD-2 PSD-3'],
  ['project = PSD order by cf[10104], created desc', 'PSD-1 PSD-3 PSD-10 PSD-2'],
];

/** Each statement with a part of what Jira says against it. */
const refused: readonly (readonly [jql: string, message: string])[] = [
  ['', 'Unbounded JQL queries are not allowed here'],
  ['order by created', 'Unbounded JQL queries are not allowed here'],
  ['universe = 42', "Field 'universe' does not exist or you do not have permission to view it."],
  ['project = PSD order by universe', "Field 'universe' does not exist"],
  ['project = PSD order by text', "Not able to sort using field 'text'."],
  ['project = NOPE', "The value 'NOPE' does not exist for the field 'project'."],
  ['status = "In Space"', "The value 'In Space' does not exist for the field 'status'."],
  ['assignee = nobody', "The value 'nobody' does not exist for the field 'assignee'."],
  ['key in (PSD-1, PSD-999)', "An issue with key 'PSD-999' does not exist for field 'key'."],
  ['key = PSD-5', "An issue with key 'PSD-5' does not exist for field 'key'."],
  ['key = "not a key"', "The issue key 'not a key' for field 'key' is invalid."],
  ['cf[10102] = Moon', "The option 'Moon' for field 'Environment' does not exist."],
  ['cf[10101] = "PSR-00001"', "The operator '=' is not supported by the 'PS Request' field."],
  ['Environment = Production', "The operator '=' is not supported by the 'environment' field."],
  ['project ~ PSD', "The operator '~' is not supported by the 'project' field."],
  ['status in Done', 'Error in the JQL Query'],
  ['status = (Done, Blocked)', 'Error in the JQL Query'],
  ['created > yesterday', "Date value 'yesterday' for field 'created' is invalid."],
  ['created > "2026-02-30"', "Date value '2026-02-30' for field 'created' is invalid."],
  ['created > fullMoon()', "Unable to find JQL function 'fullMoon()'"],
  ['text ~ "open (bracket"', "Unable to parse the text 'open (bracket' for field 'text'."],
  ['text ~ "\\"no end"', `Unable to parse the text '"no end' for field 'text'.`],
  ['text ~ "C:\\\\logs"', 'Unable to parse the text'],
  ['text ~ "*way"', "is not allowed to start with character '*'"],
  ['text ~ ""', "Unable to parse the text '' for field 'text'."],
  ['project = PSD and', 'Error in the JQL Query'],
  ['issueKey in ()', "Error in the JQL Query: Unexpected ')'"],
  ['status = In Progress', '(line 1, character 10)'],
  ['summary ~ "unterminated', 'Error in the JQL Query'],
  ['project = PSD order by key, id, status, priority, created, updated, summary, assignee', 'at most 7 fields'],
];

describe('JQL', () => {
  it.each(found)('%s', async (jql, keys) => {
    expect((await search(jql)).toSorted()).toEqual(keys.split(' ').filter(Boolean).toSorted());
  });

  it.each(ordered)('orders %s', async (jql, keys) => {
    expect(await search(jql)).toEqual(keys.split(' '));
  });

  it.each(refused)('refuses %s', async (jql, message) => {
    const problem = problemOf(await jiraHttp(standIn)('POST', '/search/jql', { jql }));
    expect(problem).toEqual({ status: 400, message: expect.stringContaining(message), errors: {} });
  });

  it('names every wrong field and value of a statement at once', async () => {
    const answer = await jiraHttp(standIn)('POST', '/search/jql', { jql: 'universe = 42 and project = NOPE' });
    expect(problemOf(answer).message).toBe(
      "Field 'universe' does not exist or you do not have permission to view it. The value 'NOPE' does not exist for the field 'project'.",
    );
  });

  it('answers the same statement alike when it is asked again', async () => {
    expect(await search('project = OPS and status = Done')).toEqual(['OPS-2']);
    expect(await search('project = OPS and status = Done')).toEqual(['OPS-2']);
  });
});
