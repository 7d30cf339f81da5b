import type { Company } from '../../src/standins/data/company.ts';
import { generateCompany } from '../../src/standins/data/generate-company.ts';
import type { TestDatabase } from './database.ts';

/** Somebody whom nothing else in the tests is called like. */
export interface PlantedPerson {
  readonly name: string;
  readonly email: string;
  readonly salesforceId: string;
  readonly accountId: string;
  readonly issueKey: string;
  readonly requestNumber: string;
}

/** A company in which one person is everywhere: as a user of both sources, in texts, comments and mentions. */
export function companyWith(
  name: string,
  email: string,
): { readonly company: Company; readonly person: PlantedPerson } {
  const company = generateCompany();
  const request = company.salesforce.PS_Request__c.find((row) => row.IsDeleted !== true);
  const user = company.salesforce.User.find((row) => row.Id === request?.OwnerId);
  const issue = company.jira.issues.find(
    (one) => !one.forbidden && one.assigneeAccountId !== null && one.comments.length > 0,
  );
  const account = company.jira.users.find(({ accountId }) => accountId === issue?.assigneeAccountId);
  if (!request || !user || !issue || !account) throw new Error('The company has no such records.');
  Object.assign(user, { Name: name, Email: email, Username: email, Title: `Deputy of ${name}` });
  Object.assign(account, { displayName: name, emailAddress: email });
  Object.assign(request, { Description__c: `Ask ${name} (${email.toUpperCase()}) before the go-live.` });
  const mention = { type: 'mention', attrs: { id: account.accountId, text: `@${name}` } };
  const text = { type: 'text', text: ` or ${name}, at ${email}.` };
  const body = { type: 'doc', version: 1, content: [{ type: 'paragraph', content: [mention, text] }] };
  Object.assign(issue, { description: body, summary: `Handover from ${name}` });
  Object.assign(issue.comments[0] ?? {}, { authorAccountId: account.accountId, body });
  return {
    company,
    person: {
      name,
      email,
      salesforceId: String(user.Id),
      accountId: account.accountId,
      issueKey: issue.key,
      requestNumber: String(request.Name),
    },
  };
}

/** The same person in the gateway's own tables, as somebody of the tenant who is known to the issuer as `subject`. */
export async function plantRows(
  database: TestDatabase,
  { name, email }: PlantedPerson,
  subject: string,
  ruleId = 'planted',
): Promise<void> {
  const [mentor] = await database.query<{ id: string }>(
    `insert into mentors (tenant, name, email) values ('demo', $1, $2) returning id`,
    [name, email],
  );
  await database.query(
    `insert into assessments (tenant, mentor_id, ps_request_number, score, comment) values ('demo', $1, 'PSR-99999', 4, $2)`,
    [mentor?.id, `Written by ${name} <${email}>.`],
  );
  await database.query(
    `insert into validation_runs (tenant, status, time_frame, rule_ids, started_by) values ('demo', 'FAILED', 'DAY', '{}', $1)`,
    [subject],
  );
  await database.query(`insert into validation_configurations (tenant, rule_id, updated_by) values ('demo', $2, $1)`, [
    subject,
    ruleId,
  ]);
  await database.query(
    `insert into idempotency_keys (tenant, viewer_id, operation, key, request_hash, response)
     values ('demo', $1, 'submitAssessments', $2, repeat('0', 64), '[]')`,
    [subject, `key of ${name.replaceAll(' ', '-')}`.replaceAll(' ', '-')],
  );
}
