import type { Company } from './company.ts';
import { generateAccounts, generateProjects } from './generate-accounts.ts';
import { generateIssues, generateJiraProjects } from './generate-jira.ts';
import { generateLinks } from './generate-links.ts';
import { generateCases, generateSteps } from './generate-request-children.ts';
import { generateRequests } from './generate-requests.ts';
import { generateJiraUsers, generateUsers } from './generate-users.ts';
import { createRandom } from './random.ts';

const SEED = 20_261_120;

/**
 * The whole made-up company around 2026-11-20: 40 accounts, 60 users, 45 projects, 400 requests with steps, links and cases, 900 issues,
 * and the dirt of real life. Rows with `IsDeleted` true come on top of these counts. Each part has its own seed, so that a change of one
 * part leaves the others as they were. Each call gives new objects.
 */
export function generateCompany(): Company {
  const users = generateUsers(createRandom(SEED));
  const accounts = generateAccounts(createRandom(SEED + 1), users);
  const projects = generateProjects(createRandom(SEED + 2), accounts, users);
  const drafted = generateRequests(createRandom(SEED + 3), {
    users,
    accounts: accounts.filter((account) => account.IsDeleted !== true),
    projects,
  });
  const jiraUsers = generateJiraUsers(createRandom(SEED + 4));
  const issues = generateIssues(createRandom(SEED + 5), drafted, jiraUsers);
  const { links, requests } = generateLinks(createRandom(SEED + 6), drafted, issues);
  return {
    salesforce: {
      Account: accounts,
      User: users,
      Case: generateCases(createRandom(SEED + 7), requests, accounts, users),
      pse__Proj__c: projects,
      PS_Request__c: requests,
      PS_Request_Jira_Link__c: links,
      PS_Deployment_Step__c: generateSteps(createRandom(SEED + 8), requests, users),
    },
    jira: { users: jiraUsers, projects: generateJiraProjects(jiraUsers), issues: issues.map(({ issue }) => issue) },
  };
}
