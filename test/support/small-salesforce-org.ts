import type { Company, SalesforceObjectName, SalesforceRow } from '../../src/standins/data/company.ts';
import { recordId } from '../../src/standins/data/salesforce-id.ts';

const PREFIXES: Readonly<Record<SalesforceObjectName, string>> = {
  Account: '001',
  User: '005',
  Case: '500',
  pse__Proj__c: 'a0P',
  PS_Request__c: 'a0R',
  PS_Request_Jira_Link__c: 'a0L',
  PS_Deployment_Step__c: 'a0S',
};

/** The id of the n-th row of an object in an org made by `smallOrg`. */
export function idOf(object: SalesforceObjectName, n: number): string {
  return recordId(PREFIXES[object], n);
}

/** An org of a few rows that a test writes down itself; ids and times that the test does not give are made up. */
export function smallOrg(
  rows: Partial<Record<SalesforceObjectName, readonly SalesforceRow[]>>,
): Pick<Company, 'salesforce'> {
  const complete = (object: SalesforceObjectName): SalesforceRow[] =>
    (rows[object] ?? []).map((row, index) => ({
      Id: idOf(object, index + 1),
      CreatedDate: '2026-01-01T00:00:00.000+0000',
      LastModifiedDate: '2026-01-01T00:00:00.000+0000',
      SystemModstamp: '2026-01-01T00:00:00.000+0000',
      ...(object === 'User' ? {} : { IsDeleted: false }),
      ...row,
    }));
  return {
    salesforce: {
      Account: complete('Account'),
      User: complete('User'),
      Case: complete('Case'),
      pse__Proj__c: complete('pse__Proj__c'),
      PS_Request__c: complete('PS_Request__c'),
      PS_Request_Jira_Link__c: complete('PS_Request_Jira_Link__c'),
      PS_Deployment_Step__c: complete('PS_Deployment_Step__c'),
    },
  };
}
