import type { JiraUserSeed, SalesforceRow } from './company.ts';
import { daysFromReference } from './dates.ts';
import { elementAt, type Random } from './random.ts';
import { recordId } from './salesforce-id.ts';
import { auditStamps } from './stamps.ts';
import { JOB_TITLES, PEOPLE } from './vocabulary.ts';

/** Places in PEOPLE of those who left: still owners of records, no longer active. */
const LEFT_THE_COMPANY = new Set([5, 13, 22, 35, 44, 57]);
/** In Salesforce but without a Jira account. */
const WITHOUT_JIRA = new Set([8, 27, 41, 50, 53, 59]);
/** Referenced by Jira issues, but the account was erased: no user answers to it any more. */
export const ERASED_JIRA_ACCOUNT_ID = '5b10ac8d82e05b22cc7d4ef5';

export function generateUsers(random: Random): SalesforceRow[] {
  return PEOPLE.map((name, index) => ({
    Id: recordId('005', index + 1),
    ...auditStamps(random, daysFromReference(-900 + index * 9 + random.next())),
    Name: name,
    Email: `${mailbox(name, index)}@brightwell.example`,
    Username: `${mailbox(name, index)}@brightwell.example.prod`,
    IsActive: !LEFT_THE_COMPANY.has(index),
    Title: index % 11 === 7 ? null : elementAt(JOB_TITLES, index % JOB_TITLES.length),
  }));
}

/** Most Salesforce users with the same e-mail address, then service accounts and partners whom only Jira knows. */
export function generateJiraUsers(random: Random): JiraUserSeed[] {
  const staff = PEOPLE.flatMap((name, index): JiraUserSeed[] => {
    const accountId = jiraAccountId(random, index);
    if (WITHOUT_JIRA.has(index)) return [];
    return [
      {
        accountId,
        displayName: name,
        emailAddress: index % 5 === 3 ? null : `${mailbox(name, index)}@brightwell.example`,
        active: !LEFT_THE_COMPANY.has(index) || index === 44,
      },
    ];
  });
  const others = ['Automation for Jira', 'Release Bot 🤖', 'Partner: Kai Nakamura', 'Former user'].map(
    (displayName, index) => ({
      accountId: jiraAccountId(random, 100 + index),
      displayName,
      emailAddress: null,
      active: displayName !== 'Former user',
    }),
  );
  return [...staff, ...others];
}

/** Both forms that Atlassian uses: 24 hexadecimal digits, and since 2023 `712020:` with a UUID. */
function jiraAccountId(random: Random, index: number): string {
  const hex = (digits: number): string => Array.from({ length: digits }, () => random.int(0, 15).toString(16)).join('');
  if (index % 3 !== 0) return `5${hex(23)}`;
  return `712020:${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
}

function mailbox(name: string, index: number): string {
  const plain = name
    .replaceAll('ß', 'ss')
    .replaceAll('ø', 'o')
    .normalize('NFD')
    .replace(/"[^"]*"/g, '')
    .replace(/[^A-Za-z -]/g, '')
    .trim()
    .toLowerCase()
    .replace(/\s+/g, '.');
  return index === 17 ? `${plain}2` : plain;
}
