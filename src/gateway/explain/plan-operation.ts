import type { DocumentNode, FragmentDefinitionNode, GraphQLSchema } from 'graphql';
import { Kind } from 'graphql';
import type { Range } from '../../platform/costs.ts';
import type { CacheExpectation } from './cache-expectation.ts';
import { ColdCosts } from './cold-costs.ts';
import type { OperationScope } from './collected-fields.ts';
import { CostIndex } from './cost-index.ts';
import type { OperationToPlan } from './cost-walk.ts';
import { CostWalk } from './cost-walk.ts';
import { type Driver, describeDrivers } from './drivers.ts';
import { FieldRoles } from './field-roles.ts';
import { MomentCosts } from './moment-costs.ts';
import type { RefusedField } from './pending-read.ts';
import type { Reckoning } from './reckoning.ts';

/** What an operation would cost if it were run now: `extensions.explain`. */
export interface OperationPlan {
  readonly sources: {
    readonly SALESFORCE: PlannedSource;
    /** `points`: of Jira's hourly allowance. */
    readonly JIRA: PlannedSource & { readonly points: Range };
    /** `calls`: round trips; `statements`: those of transactions included. */
    readonly POSTGRES: Omit<PlannedSource, 'billed'> & { readonly statements: PlannedRange };
  };
  /** What costs most comes first. */
  readonly drivers: readonly Driver[];
  /** Drivers that are not listed, because they cost less than those that are. */
  readonly driversLeftOut: number;
  /** Fields that would be answered with an error instead, and cost nothing. */
  readonly refused: readonly RefusedField[];
  /** What `max` takes for granted. */
  readonly assumes: readonly string[];
  /** False: the operation means more fields than are looked at, and `max` speaks only of those that were. */
  readonly complete: boolean;
}

/** `min`: at least; `max`: at most, whatever the data is like; `cold`: what it usually is while nothing is kept. `min` ≤ `cold` ≤ `max`. */
export interface PlannedRange extends Range {
  readonly cold: number;
}

export interface PlannedSource {
  readonly calls: PlannedRange;
  /** Calls that count against the source's allowance. */
  readonly billed: PlannedRange;
  /** Share of the reads that caches will answer, from 0 to 1, as they did lately; null while nothing is known. */
  readonly expectedFromCache: number | null;
}

/** Fields of one operation that are looked at; a dashboard has about a hundred. */
const MAX_FIELDS = 50_000;

const GENERAL_ASSUMPTIONS: readonly string[] = [
  'No call fails or has to be repeated.',
  'No other request asks at the same instant; what is asked together shares calls, which then count for each.',
  'Salesforce gives 2,000 rows and Jira 100 issues at a time.',
  'Jira tells which issue a moved key means without being asked for it alone.',
  'Nothing of Salesforce is renewed in the background meanwhile.',
];

/** Tells what operations cost without running them. One serves all requests. */
export class OperationPlanner {
  readonly #schema: GraphQLSchema;
  readonly #cache: CacheExpectation;
  readonly #costs = new CostIndex();
  readonly #roles = new FieldRoles();

  constructor(schema: GraphQLSchema, cache: CacheExpectation) {
    this.#schema = schema;
    this.#cache = cache;
  }

  /** Works on any document that is valid for the schema. */
  plan(planned: OperationToPlan): OperationPlan {
    const reckoning = new MomentCosts(this.#cache);
    const { refused, assumptions, complete } = this.#walk(planned, reckoning);
    const cold = this.coldTotals(planned);
    const { SALESFORCE, JIRA, POSTGRES } = reckoning.totals();
    const salesforceCalls = withCold(SALESFORCE.calls, cold.SALESFORCE.calls);
    const jiraCalls = withCold(JIRA.calls, cold.JIRA.calls);
    return {
      sources: {
        SALESFORCE: {
          calls: salesforceCalls,
          billed: salesforceCalls,
          expectedFromCache: SALESFORCE.expectedFromCache,
        },
        JIRA: {
          calls: jiraCalls,
          billed: jiraCalls,
          points: JIRA.points,
          expectedFromCache: JIRA.expectedFromCache,
        },
        POSTGRES: {
          calls: withCold(POSTGRES.calls, cold.POSTGRES.calls),
          statements: withCold(POSTGRES.statements, cold.POSTGRES.statements),
          expectedFromCache: POSTGRES.expectedFromCache,
        },
      },
      ...describeDrivers(reckoning.spends),
      refused,
      assumes: [...GENERAL_ASSUMPTIONS, ...assumptions],
      complete,
    };
  }

  /** What the operation usually costs each source while nothing is kept. */
  coldTotals(planned: OperationToPlan): ReturnType<ColdCosts['totals']> {
    const reckoning = new ColdCosts();
    this.#walk(planned, reckoning);
    return reckoning.totals();
  }

  #walk({ document, operation, variables, viewer }: OperationToPlan, reckoning: Reckoning) {
    const fragments = fragmentsOf(document);
    const scope: OperationScope = { schema: this.#schema, fragments, variables, fieldsLeft: MAX_FIELDS };
    const options = { costs: this.#costs, roles: this.#roles, reckoning, viewer };
    const walk = new CostWalk(scope, document, options);
    walk.run(operation);
    return { refused: walk.refused, assumptions: walk.assumptions, complete: scope.fieldsLeft > 0 };
  }
}

function withCold({ min, max }: Range, cold: number): PlannedRange {
  return { min, cold: Math.min(max, Math.max(min, cold)), max };
}

function fragmentsOf(document: DocumentNode): Record<string, FragmentDefinitionNode> {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  return fragments;
}
