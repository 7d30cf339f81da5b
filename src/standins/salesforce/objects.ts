import type { SalesforceObjectName } from '../data/company.ts';

/** One field as the org's administrators made it; `describe` answers are worked out from this. */
export interface FieldDefinition {
  readonly name: string;
  readonly type:
    | 'id'
    | 'string'
    | 'textarea'
    | 'email'
    | 'picklist'
    | 'reference'
    | 'boolean'
    | 'double'
    | 'date'
    | 'datetime';
  readonly nillable: boolean;
  readonly label?: string;
  /** Longest text in characters; 255 for text fields that do not say. */
  readonly length?: number;
  /** In the order in which ORDER BY sorts them. */
  readonly picklistValues?: readonly string[];
  readonly referenceTo?: SalesforceObjectName;
  readonly relationshipName?: string;
  /** Deleting the parent deletes this record too. */
  readonly masterDetail?: boolean;
  /** How Salesforce numbers new records, e.g. `PSR-{00000}`. */
  readonly autoNumber?: string;
}

export interface ChildRelationship {
  /** The name by which a subquery reads the children. */
  readonly relationshipName: string;
  readonly childObject: SalesforceObjectName;
  /** The child's reference to this object. */
  readonly field: string;
}

export interface ObjectDefinition {
  readonly name: SalesforceObjectName;
  readonly keyPrefix: string;
  readonly label: string;
  readonly labelPlural: string;
  readonly childRelationships: readonly ChildRelationship[];
  readonly fields: readonly FieldDefinition[];
}

const SYSTEM_FIELDS: readonly FieldDefinition[] = [
  { name: 'Id', type: 'id', nillable: false },
  { name: 'CreatedDate', type: 'datetime', nillable: false },
  { name: 'LastModifiedDate', type: 'datetime', nillable: false },
  {
    name: 'LastModifiedById',
    type: 'reference',
    nillable: false,
    relationshipName: 'LastModifiedBy',
    referenceTo: 'User',
  },
  { name: 'SystemModstamp', type: 'datetime', nillable: false },
];
const IS_DELETED: FieldDefinition = { name: 'IsDeleted', type: 'boolean', nillable: false };

/** The objects of the org, with exactly the fields that the gateway was promised. */
export const OBJECTS: readonly ObjectDefinition[] = [
  {
    name: 'Account',
    keyPrefix: '001',
    label: 'Account',
    labelPlural: 'Accounts',
    childRelationships: [],
    fields: [
      ...SYSTEM_FIELDS,
      IS_DELETED,
      { name: 'Name', type: 'string', nillable: false },
      { name: 'AccountNumber', type: 'string', nillable: true },
      { name: 'Industry', type: 'string', nillable: true },
      { name: 'Region__c', type: 'string', nillable: true },
      {
        name: 'Support_Tier__c',
        type: 'picklist',
        nillable: true,
        picklistValues: ['Standard', 'Premier', 'Signature'],
      },
      { name: 'OwnerId', type: 'reference', nillable: false, relationshipName: 'Owner', referenceTo: 'User' },
    ],
  },
  {
    name: 'User',
    keyPrefix: '005',
    label: 'User',
    labelPlural: 'Users',
    childRelationships: [],
    fields: [
      ...SYSTEM_FIELDS,
      { name: 'Name', type: 'string', nillable: false },
      { name: 'Email', type: 'email', nillable: false },
      { name: 'Username', type: 'string', nillable: false },
      { name: 'IsActive', type: 'boolean', nillable: false },
      { name: 'Title', type: 'string', nillable: true },
    ],
  },
  {
    name: 'Case',
    keyPrefix: '500',
    label: 'Case',
    labelPlural: 'Cases',
    childRelationships: [],
    fields: [
      ...SYSTEM_FIELDS,
      IS_DELETED,
      { name: 'CaseNumber', type: 'string', nillable: false, autoNumber: '{00000000}' },
      { name: 'Subject', type: 'string', nillable: true },
      { name: 'Status', type: 'picklist', nillable: true, picklistValues: ['New', 'Working', 'Escalated', 'Closed'] },
      { name: 'Priority', type: 'picklist', nillable: true, picklistValues: ['Low', 'Medium', 'High'] },
      { name: 'AccountId', type: 'reference', nillable: true, relationshipName: 'Account', referenceTo: 'Account' },
      {
        name: 'PS_Request__c',
        type: 'reference',
        nillable: true,
        relationshipName: 'PS_Request__r',
        referenceTo: 'PS_Request__c',
      },
      { name: 'OwnerId', type: 'reference', nillable: true, relationshipName: 'Owner', referenceTo: 'User' },
    ],
  },
  {
    name: 'pse__Proj__c',
    keyPrefix: 'a0P',
    label: 'Project',
    labelPlural: 'Projects',
    childRelationships: [],
    fields: [
      ...SYSTEM_FIELDS,
      IS_DELETED,
      { name: 'Name', type: 'string', nillable: false },
      {
        name: 'pse__Account__c',
        type: 'reference',
        nillable: true,
        relationshipName: 'pse__Account__r',
        referenceTo: 'Account',
      },
      { name: 'pse__Stage__c', type: 'string', nillable: true },
      { name: 'pse__Start_Date__c', type: 'date', nillable: true },
      { name: 'pse__End_Date__c', type: 'date', nillable: true },
      {
        name: 'pse__Project_Manager__c',
        type: 'reference',
        nillable: true,
        relationshipName: 'pse__Project_Manager__r',
        referenceTo: 'User',
      },
    ],
  },
  {
    name: 'PS_Request__c',
    keyPrefix: 'a0R',
    label: 'PS Request',
    labelPlural: 'PS Requests',
    childRelationships: [
      { relationshipName: 'Steps__r', childObject: 'PS_Deployment_Step__c', field: 'PS_Request__c' },
      { relationshipName: 'Jira_Links__r', childObject: 'PS_Request_Jira_Link__c', field: 'PS_Request__c' },
      { relationshipName: 'Cases__r', childObject: 'Case', field: 'PS_Request__c' },
    ],
    fields: [
      ...SYSTEM_FIELDS,
      IS_DELETED,
      { name: 'Name', type: 'string', nillable: false, autoNumber: 'PSR-{00000}' },
      { name: 'Account__c', type: 'reference', nillable: true, relationshipName: 'Account__r', referenceTo: 'Account' },
      {
        name: 'Project__c',
        type: 'reference',
        nillable: true,
        relationshipName: 'Project__r',
        referenceTo: 'pse__Proj__c',
      },
      { name: 'OwnerId', type: 'reference', nillable: false, relationshipName: 'Owner', referenceTo: 'User' },
      {
        name: 'Technical_Lead__c',
        type: 'reference',
        nillable: true,
        relationshipName: 'Technical_Lead__r',
        referenceTo: 'User',
      },
      {
        name: 'Approved_By__c',
        type: 'reference',
        nillable: true,
        relationshipName: 'Approved_By__r',
        referenceTo: 'User',
      },
      {
        name: 'Status__c',
        type: 'picklist',
        nillable: false,
        picklistValues: [
          'Draft',
          'Submitted',
          'Approved',
          'Scheduled',
          'In Progress',
          'Blocked',
          'Deployed',
          'Closed',
          'Cancelled',
        ],
      },
      {
        name: 'Type__c',
        type: 'picklist',
        nillable: true,
        picklistValues: ['New Deployment', 'Upgrade', 'Configuration', 'Migration', 'Decommission'],
      },
      { name: 'Environment__c', type: 'picklist', nillable: true, picklistValues: ['Sandbox', 'UAT', 'Production'] },
      { name: 'Product__c', type: 'string', nillable: true },
      { name: 'Version__c', type: 'string', nillable: true },
      { name: 'Risk__c', type: 'picklist', nillable: true, picklistValues: ['Low', 'Medium', 'High'] },
      { name: 'Requested_Date__c', type: 'date', nillable: true },
      { name: 'Target_Date__c', type: 'date', nillable: true },
      { name: 'Go_Live_Date__c', type: 'date', nillable: true },
      { name: 'Change_Window_Start__c', type: 'datetime', nillable: true },
      { name: 'Change_Window_End__c', type: 'datetime', nillable: true },
      { name: 'Estimated_Hours__c', type: 'double', nillable: true },
      { name: 'Jira_Key__c', type: 'string', nillable: true, label: 'primary Jira ticket' },
      { name: 'Description__c', type: 'textarea', nillable: true, length: 32000 },
    ],
  },
  {
    name: 'PS_Request_Jira_Link__c',
    keyPrefix: 'a0L',
    label: 'PS Request Jira Link',
    labelPlural: 'PS Request Jira Links',
    childRelationships: [],
    fields: [
      ...SYSTEM_FIELDS,
      IS_DELETED,
      {
        name: 'PS_Request__c',
        type: 'reference',
        nillable: false,
        relationshipName: 'PS_Request__r',
        masterDetail: true,
        referenceTo: 'PS_Request__c',
      },
      { name: 'Jira_Key__c', type: 'string', nillable: false },
      { name: 'Link_Type__c', type: 'picklist', nillable: false, picklistValues: ['implements', 'blocks', 'change'] },
    ],
  },
  {
    name: 'PS_Deployment_Step__c',
    keyPrefix: 'a0S',
    label: 'PS Deployment Step',
    labelPlural: 'PS Deployment Steps',
    childRelationships: [],
    fields: [
      ...SYSTEM_FIELDS,
      IS_DELETED,
      { name: 'Name', type: 'string', nillable: false },
      {
        name: 'PS_Request__c',
        type: 'reference',
        nillable: false,
        relationshipName: 'PS_Request__r',
        masterDetail: true,
        referenceTo: 'PS_Request__c',
      },
      { name: 'Sequence__c', type: 'double', nillable: false },
      {
        name: 'Status__c',
        type: 'picklist',
        nillable: false,
        picklistValues: ['Not Started', 'In Progress', 'Done', 'Skipped', 'Failed'],
      },
      { name: 'Assignee__c', type: 'reference', nillable: true, relationshipName: 'Assignee__r', referenceTo: 'User' },
      { name: 'Due_Date__c', type: 'date', nillable: true },
    ],
  },
];
