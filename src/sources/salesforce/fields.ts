import {
  boolean,
  date,
  datetime,
  double,
  type FieldDefinition,
  globalId,
  int,
  picklist,
  reference,
  required,
  salesforceId,
  text,
  timeWindow,
} from './field-kinds.ts';
import type { SalesforceModels, SalesforceTypeName } from './model.ts';
import {
  deploymentStepStatuses,
  environments,
  jiraLinkTypes,
  psRequestStatuses,
  psRequestTypes,
  risks,
  supportTiers,
} from './picklists.ts';

/** A definition for every property of a model, of the model's own type. */
type FieldsOf<Model> = {
  readonly [Property in Exclude<keyof Model, '__typename'>]-?: FieldDefinition<
    Exclude<Model[Property], Error | undefined>
  >;
};

/** A Salesforce object and how its columns become a type of the graph. */
export interface SalesforceObject<TypeName extends SalesforceTypeName = SalesforceTypeName> {
  readonly type: TypeName;
  /** API name. */
  readonly name: string;
  /** What ids begin with: the same in every org for standard objects; null for custom ones, whose prefix `describe` tells. */
  readonly keyPrefix: string | null;
  readonly fields: Readonly<Record<string, FieldDefinition>>;
  /** Its columns are few and short, so all are read together: one that is asked for later then costs no call of its own. */
  readonly readWhole?: boolean;
}

/** An object whose definitions are checked against the model, one by one. */
export type MappedObject<TypeName extends SalesforceTypeName> = SalesforceObject<TypeName> & {
  readonly fields: FieldsOf<SalesforceModels[TypeName]>;
};

/** Where every field comes from: GraphQL name ↔ Salesforce API name, one line each. Identifiers in SOQL come from here alone. */
export const psRequest: MappedObject<'PsRequest'> = {
  type: 'PsRequest',
  name: 'PS_Request__c',
  keyPrefix: null,
  fields: {
    id: globalId('Id', 'PsRequest'),
    salesforceId: salesforceId('Id'),
    number: required(text('Name')),
    status: required(picklist('Status__c', psRequestStatuses)),
    type: picklist('Type__c', psRequestTypes),
    environment: picklist('Environment__c', environments),
    product: text('Product__c'),
    version: text('Version__c'),
    risk: picklist('Risk__c', risks),
    requestedDate: date('Requested_Date__c'),
    targetDate: date('Target_Date__c'),
    goLiveDate: date('Go_Live_Date__c'),
    changeWindow: timeWindow('Change_Window_Start__c', 'Change_Window_End__c'),
    estimatedHours: double('Estimated_Hours__c'),
    description: text('Description__c'),
    createdAt: required(datetime('CreatedDate')),
    updatedAt: required(datetime('LastModifiedDate')),
    primaryJiraKey: text('Jira_Key__c'),
    accountId: reference('Account__c', 'Account__r', 'Account'),
    projectId: reference('Project__c', 'Project__r', 'Project'),
    ownerId: reference('OwnerId', 'Owner', 'SalesforceUser'),
    technicalLeadId: reference('Technical_Lead__c', 'Technical_Lead__r', 'SalesforceUser'),
    approvedById: reference('Approved_By__c', 'Approved_By__r', 'SalesforceUser'),
  },
};

export const account: MappedObject<'Account'> = {
  type: 'Account',
  name: 'Account',
  keyPrefix: '001',
  fields: {
    id: globalId('Id', 'Account'),
    salesforceId: salesforceId('Id'),
    name: required(text('Name')),
    number: text('AccountNumber'),
    industry: text('Industry'),
    region: text('Region__c'),
    supportTier: picklist('Support_Tier__c', supportTiers),
    ownerId: reference('OwnerId', 'Owner', 'SalesforceUser'),
  },
};

export const project: MappedObject<'Project'> = {
  type: 'Project',
  name: 'pse__Proj__c',
  keyPrefix: null,
  fields: {
    id: globalId('Id', 'Project'),
    salesforceId: salesforceId('Id'),
    name: required(text('Name')),
    stage: text('pse__Stage__c'),
    startDate: date('pse__Start_Date__c'),
    endDate: date('pse__End_Date__c'),
    accountId: reference('pse__Account__c', 'pse__Account__r', 'Account'),
    projectManagerId: reference('pse__Project_Manager__c', 'pse__Project_Manager__r', 'SalesforceUser'),
  },
};

export const user: MappedObject<'SalesforceUser'> = {
  type: 'SalesforceUser',
  name: 'User',
  keyPrefix: '005',
  fields: {
    id: globalId('Id', 'SalesforceUser'),
    salesforceId: salesforceId('Id'),
    name: required(text('Name')),
    email: text('Email'),
    username: text('Username'),
    title: text('Title'),
    isActive: required(boolean('IsActive')),
  },
};

export const deploymentStep: MappedObject<'DeploymentStep'> = {
  type: 'DeploymentStep',
  name: 'PS_Deployment_Step__c',
  keyPrefix: null,
  fields: {
    id: globalId('Id', 'DeploymentStep'),
    salesforceId: salesforceId('Id'),
    name: required(text('Name')),
    sequence: required(int('Sequence__c')),
    status: required(picklist('Status__c', deploymentStepStatuses)),
    dueDate: date('Due_Date__c'),
    assigneeId: reference('Assignee__c', 'Assignee__r', 'SalesforceUser'),
    psRequestId: reference('PS_Request__c', 'PS_Request__r', 'PsRequest'),
  },
};

export const supportCase: MappedObject<'Case'> = {
  type: 'Case',
  name: 'Case',
  keyPrefix: '500',
  fields: {
    id: globalId('Id', 'Case'),
    salesforceId: salesforceId('Id'),
    number: required(text('CaseNumber')),
    subject: text('Subject'),
    status: text('Status'),
    priority: text('Priority'),
    accountId: reference('AccountId', 'Account', 'Account'),
    ownerId: reference('OwnerId', 'Owner', 'SalesforceUser'),
    psRequestId: reference('PS_Request__c', 'PS_Request__r', 'PsRequest'),
  },
};

export const jiraLink: MappedObject<'JiraLink'> = {
  type: 'JiraLink',
  name: 'PS_Request_Jira_Link__c',
  keyPrefix: null,
  readWhole: true,
  fields: {
    salesforceId: salesforceId('Id'),
    jiraKey: required(text('Jira_Key__c')),
    linkType: required(picklist('Link_Type__c', jiraLinkTypes)),
    psRequestId: reference('PS_Request__c', 'PS_Request__r', 'PsRequest'),
  },
};

/** Every object that is read, by the type it serves. */
export const salesforceObjects: { readonly [TypeName in SalesforceTypeName]: MappedObject<TypeName> } = {
  PsRequest: psRequest,
  Account: account,
  Project: project,
  SalesforceUser: user,
  DeploymentStep: deploymentStep,
  Case: supportCase,
  JiraLink: jiraLink,
};

/** The definition of a property, or undefined when the type has none of that name (a field of another slice, say). */
export function fieldOf(object: SalesforceObject, property: string): FieldDefinition | undefined {
  return Object.hasOwn(object.fields, property) ? object.fields[property] : undefined;
}

/** Every column that an object may be asked for; `Id` among them. */
export function columnsOf(object: SalesforceObject): readonly string[] {
  return [...new Set(Object.values(object.fields).flatMap((field) => field.columns))];
}

/** When a record last changed, by whomever; Salesforce has it on every object. Read with every record, so that a poll can tell what is old. */
export const STAMP_COLUMN = 'SystemModstamp';

/** The reference that a relationship's name in SOQL stands for, and its column. */
export function referenceBy(
  object: SalesforceObject,
  relationship: string,
): { readonly field: FieldDefinition; readonly foreignKey: string; readonly to: SalesforceObject } | undefined {
  for (const field of Object.values(object.fields)) {
    const [foreignKey] = field.columns;
    if (field.reference?.relationship !== relationship || foreignKey === undefined) continue;
    return { field, foreignKey, to: salesforceObjects[field.reference.to] };
  }
  return undefined;
}
