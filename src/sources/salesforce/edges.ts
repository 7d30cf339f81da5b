import type { Edge } from '../../platform/edges.ts';
import type { EdgeLoaderName } from './loaders.ts';

/** Every relation between Salesforce types: one line each, from which its resolver and the columns it needs follow. */
export const salesforceEdges: readonly Edge<`salesforce.${EdgeLoaderName}`>[] = [
  one('PsRequest', 'account', 'accountId', 'accountById', 'Account'),
  one('PsRequest', 'project', 'projectId', 'projectById', 'Project'),
  one('PsRequest', 'owner', 'ownerId', 'userById', 'SalesforceUser'),
  one('PsRequest', 'technicalLead', 'technicalLeadId', 'userById', 'SalesforceUser'),
  one('PsRequest', 'approvedBy', 'approvedById', 'userById', 'SalesforceUser'),
  many('PsRequest', 'steps', 'salesforceId', 'stepsByPsRequestId', 'DeploymentStep'),
  many('PsRequest', 'cases', 'salesforceId', 'casesByPsRequestId', 'Case'),
  many('PsRequest', 'jiraLinks', 'salesforceId', 'jiraLinksByPsRequestId', 'JiraLink'),

  one('Account', 'owner', 'ownerId', 'userById', 'SalesforceUser'),
  connection('Account', 'psRequests', 'salesforceId', 'psRequestsByAccountId', 'PsRequest'),

  one('Project', 'account', 'accountId', 'accountById', 'Account'),
  one('Project', 'projectManager', 'projectManagerId', 'userById', 'SalesforceUser'),
  connection('Project', 'psRequests', 'salesforceId', 'psRequestsByProjectId', 'PsRequest'),

  one('DeploymentStep', 'assignee', 'assigneeId', 'userById', 'SalesforceUser'),
  one('DeploymentStep', 'psRequest', 'psRequestId', 'psRequestById', 'PsRequest'),

  one('Case', 'account', 'accountId', 'accountById', 'Account'),
  one('Case', 'owner', 'ownerId', 'userById', 'SalesforceUser'),
  one('Case', 'psRequest', 'psRequestId', 'psRequestById', 'PsRequest'),

  one('JiraLink', 'psRequest', 'psRequestId', 'psRequestById', 'PsRequest'),

  one('UpdatePsRequestPayload', 'psRequest', 'psRequestId', 'psRequestById', 'PsRequest'),
];

type SalesforceEdge = Edge<`salesforce.${EdgeLoaderName}`>;

function one(type: string, field: string, key: string, loader: EdgeLoaderName, to: string): SalesforceEdge {
  return { type, field, key, loader: `salesforce.${loader}`, to, shape: 'one' };
}

function many(type: string, field: string, key: string, loader: EdgeLoaderName, to: string): SalesforceEdge {
  return { type, field, key, loader: `salesforce.${loader}`, to, shape: 'many' };
}

function connection(type: string, field: string, key: string, loader: EdgeLoaderName, to: string): SalesforceEdge {
  return { type, field, key, loader: `salesforce.${loader}`, to, shape: 'connection' };
}
