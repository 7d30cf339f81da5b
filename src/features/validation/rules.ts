import type { Severity } from '../../generated/graphql.ts';

/** What a rule is, the same for every tenant; a tenant may switch it off or change its `config`. */
export interface RuleDefinition {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly severity: Severity;
  /** Settings of the rule with the values that hold unless the tenant has others. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Every rule, in the order in which they are shown. A rule that is dropped keeps its results; its id is never given to another. */
export const ruleDefinitions: readonly RuleDefinition[] = [
  {
    id: 'R1',
    name: 'Four eyes for production',
    description: 'A request for a production environment is approved by somebody else than its owner.',
    severity: 'ERROR',
    config: {},
  },
  {
    id: 'R2',
    name: 'Tracked in Jira',
    description: 'Every request from Approved on has at least one Jira issue that exists and is visible.',
    severity: 'ERROR',
    config: {},
  },
  {
    id: 'R3',
    name: 'Nothing blocks it',
    description: 'A request that is Scheduled or Deployed has no open issue linked as a blocker.',
    severity: 'ERROR',
    config: {},
  },
  {
    id: 'R4',
    name: 'Statuses agree',
    description: 'The status of the request agrees with its Jira issues: when it is Deployed, all of them are done.',
    severity: 'WARNING',
    config: {},
  },
  {
    id: 'R5',
    name: 'Versions agree',
    description: 'The release or fix version of its Jira issues is the version of the request.',
    severity: 'WARNING',
    config: {},
  },
  {
    id: 'R6',
    name: 'Go-live inside its window',
    description: 'The go-live date lies inside the change window, is not past, and falls into no freeze.',
    severity: 'ERROR',
    config: { freezes: [] },
  },
  {
    id: 'R7',
    name: 'People are active',
    description: 'The owner of the request and the assignees of its Jira issues are active users.',
    severity: 'WARNING',
    config: {},
  },
  {
    id: 'R8',
    name: 'Project still runs',
    description: 'The project of the request does not end before its go-live date.',
    severity: 'WARNING',
    config: {},
  },
  {
    id: 'R9',
    name: 'Clean issue keys',
    description: 'Every linked Jira key is well formed, and no other request links the same issue.',
    severity: 'WARNING',
    config: {},
  },
  {
    id: 'R10',
    name: 'Links point both ways',
    description: 'The Jira issues of the request name the same request in their own field.',
    severity: 'INFO',
    config: {},
  },
  {
    id: 'R11',
    name: 'Not forgotten',
    description: 'While the request is In Progress, its Jira issues are updated within the given number of days.',
    severity: 'INFO',
    config: { staleAfterDays: 14 },
  },
  {
    id: 'R12',
    name: 'Signed off by the customer',
    description: 'For accounts of the given support tiers the step of the UAT sign-off is done.',
    severity: 'ERROR',
    config: { supportTiers: ['PREMIER', 'SIGNATURE'] },
  },
];

export const ruleDefinitionById: ReadonlyMap<string, RuleDefinition> = new Map(
  ruleDefinitions.map((definition) => [definition.id, definition]),
);
