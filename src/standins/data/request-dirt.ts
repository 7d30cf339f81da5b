import type { SalesforceRow } from './company.ts';
import { recordId } from './salesforce-id.ts';

/** Ids of proper form whose records do not exist, or are not visible to the integration user. */
export const DANGLING = {
  account: recordId('001', 3_000_001),
  user: recordId('005', 3_000_001),
  project: recordId('a0P', 3_000_001),
} as const;

/** What went wrong in single requests over the years, by request number; everything else in the request is as generated. */
export const REQUEST_DIRT: Readonly<Record<string, SalesforceRow>> = {
  'PSR-00003': { Account__c: null, Project__c: null },
  'PSR-00007': { Account__c: DANGLING.account },
  'PSR-00011': { Technical_Lead__c: DANGLING.user },
  'PSR-00013': { Project__c: DANGLING.project, Approved_By__c: DANGLING.user },
  'PSR-00017': { Product__c: 'Billing Hub "Gold" \\ \'legacy\'', Version__c: "5.0'beta" },
  'PSR-00019': { Product__c: '🚀 Mobile Field Service – Größe L', Version__c: '2026.11 🧪' },
  'PSR-00023': { Product__c: 'Customer Portal\nand Contract Vault' },
  'PSR-00029': { Product__c: '100% uptime_addon', Version__c: 'C:\\builds\\5.1.0' },
  'PSR-00031': {
    Requested_Date__c: null,
    Target_Date__c: null,
    Go_Live_Date__c: null,
    Change_Window_Start__c: null,
    Change_Window_End__c: null,
  },
  'PSR-00037': {
    Change_Window_Start__c: '2026-03-02T22:00:00.000+0000',
    Change_Window_End__c: '2026-03-02T20:00:00.000+0000',
  },
  'PSR-00041': {
    Description__c: null,
    Product__c: null,
    Version__c: null,
    Type__c: null,
    Environment__c: null,
    Risk__c: null,
  },
  'PSR-00043': { Estimated_Hours__c: 0, Go_Live_Date__c: '2028-02-29' },
  'PSR-00390': { Status__c: 'In Progress', Account__c: null },
};
