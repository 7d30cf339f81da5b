import type {
  DeploymentStepStatus,
  Environment,
  JiraLinkType,
  PsRequestStatus,
  PsRequestType,
  Risk,
  SupportTier,
} from '../../generated/graphql.ts';

/**
 * GraphQL enum value → Salesforce picklist value, in the order in which Salesforce defines (and therefore sorts) them.
 * The types make a value that the schema gains or loses a compile error here.
 */
export type Picklist<EnumValue extends string = string> = Readonly<Record<EnumValue, string>>;

export const psRequestStatuses: Picklist<PsRequestStatus> = {
  DRAFT: 'Draft',
  SUBMITTED: 'Submitted',
  APPROVED: 'Approved',
  SCHEDULED: 'Scheduled',
  IN_PROGRESS: 'In Progress',
  BLOCKED: 'Blocked',
  DEPLOYED: 'Deployed',
  CLOSED: 'Closed',
  CANCELLED: 'Cancelled',
};

export const psRequestTypes: Picklist<PsRequestType> = {
  NEW_DEPLOYMENT: 'New Deployment',
  UPGRADE: 'Upgrade',
  CONFIGURATION: 'Configuration',
  MIGRATION: 'Migration',
  DECOMMISSION: 'Decommission',
};

export const environments: Picklist<Environment> = { SANDBOX: 'Sandbox', UAT: 'UAT', PRODUCTION: 'Production' };

export const risks: Picklist<Risk> = { LOW: 'Low', MEDIUM: 'Medium', HIGH: 'High' };

export const supportTiers: Picklist<SupportTier> = { STANDARD: 'Standard', PREMIER: 'Premier', SIGNATURE: 'Signature' };

export const deploymentStepStatuses: Picklist<DeploymentStepStatus> = {
  NOT_STARTED: 'Not Started',
  IN_PROGRESS: 'In Progress',
  DONE: 'Done',
  SKIPPED: 'Skipped',
  FAILED: 'Failed',
};

export const jiraLinkTypes: Picklist<JiraLinkType> = { IMPLEMENTS: 'implements', BLOCKS: 'blocks', CHANGE: 'change' };
