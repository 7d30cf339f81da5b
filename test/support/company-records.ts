import type { Company, JiraIssueSeed, SalesforceObjectName, SalesforceRow } from '../../src/standins/data/company.ts';

/** What a company's data set says by itself, worked out without any code of the gateway: what answers are held against. */
export class CompanyRecords {
  readonly #company: Company;
  readonly #issueByKey = new Map<string, JiraIssueSeed>();

  constructor(company: Company) {
    this.#company = company;
    for (const issue of company.jira.issues) {
      if (issue.forbidden) continue;
      for (const key of [issue.key, ...issue.movedFrom]) this.#issueByKey.set(key, issue);
    }
  }

  /** Rows that are not in the recycle bin. */
  live(object: SalesforceObjectName): readonly SalesforceRow[] {
    return this.#company.salesforce[object].filter((row) => row.IsDeleted !== true);
  }

  /** The live row with this id; null for a missing or deleted one. */
  row(object: SalesforceObjectName, id: unknown): SalesforceRow | null {
    return this.live(object).find((row) => row.Id === id) ?? null;
  }

  /** Requests as the graph lists them unless told otherwise: the last changed first, equal instants by descending id. */
  requestsByLastChange(): SalesforceRow[] {
    const place = (row: SalesforceRow) => `${new Date(String(row.LastModifiedDate)).toISOString()} ${row.Id}`;
    return this.live('PS_Request__c').toSorted((left, right) => (place(left) < place(right) ? 1 : -1));
  }

  linksOf(requestId: unknown): readonly SalesforceRow[] {
    return this.live('PS_Request_Jira_Link__c').filter((row) => row.PS_Request__c === requestId);
  }

  /** The keys that a request names, primary key and links, those that can be keys at all. */
  issueKeysOf(request: SalesforceRow): Set<string> {
    const named = [request.Jira_Key__c, ...this.linksOf(request.Id).map((link) => link.Jira_Key__c)];
    const keys = named.map((key) => String(key).trim().toUpperCase());
    return new Set(keys.filter((key) => /^[A-Z][A-Z0-9_]*-\d+$/.test(key)));
  }

  /** The issues that a request names and Jira shows, each once. */
  issuesOf(request: SalesforceRow): Set<JiraIssueSeed> {
    return new Set([...this.issueKeysOf(request)].flatMap((key) => this.#issueByKey.get(key) ?? []));
  }

  /** What Jira calls a person; an account that was closed is a former user there. */
  jiraUserName(accountId: string | null): string | null {
    if (accountId === null) return null;
    return this.#company.jira.users.find((user) => user.accountId === accountId)?.displayName ?? 'Former user';
  }
}
