import { accessFieldCosts, accessLoaderCosts } from '../../features/access/costs.ts';
import { assessmentFieldCosts, assessmentLoaderCosts } from '../../features/assessments/costs.ts';
import { auditFieldCosts, auditLoaderCosts } from '../../features/audit/costs.ts';
import { upstreamWriteLoaderCosts } from '../../features/upstream-writes/costs.ts';
import { validationFieldCosts, validationLoaderCosts } from '../../features/validation/costs.ts';
import { linkFieldCosts, linkLoaderCosts } from '../../links/costs.ts';
import { type FieldCost, free, type LoaderCost } from '../../platform/costs.ts';
import type { Edge } from '../../platform/edges.ts';
import { jiraFieldCosts, jiraLoaderCosts } from '../../sources/jira/costs.ts';
import { salesforceFieldCosts, salesforceLoaderCosts } from '../../sources/salesforce/costs.ts';
import { edges } from '../resolvers.ts';
import { entityFieldCosts } from './entity-costs.ts';

/** What every loader costs. */
export const loaderCosts: readonly LoaderCost[] = [
  ...salesforceLoaderCosts,
  ...jiraLoaderCosts,
  ...linkLoaderCosts,
  ...assessmentLoaderCosts,
  ...validationLoaderCosts,
  ...upstreamWriteLoaderCosts,
  ...accessLoaderCosts,
  ...auditLoaderCosts,
];

/** What every field costs that has a resolver of its own. */
export const fieldCosts: readonly FieldCost[] = [
  ...salesforceFieldCosts,
  ...jiraFieldCosts,
  ...linkFieldCosts,
  ...assessmentFieldCosts,
  ...validationFieldCosts,
  ...accessFieldCosts,
  ...auditFieldCosts,
  ...entityFieldCosts,
  free('Query', 'viewer'),
  free('Query', 'gatewayStatus'),
  free('Query', '_service'),
  free('Mutation', 'invalidateCache'),
  free('Mutation', 'erasePerson'),
  free('Mutation', 'exportPerson'),
  free('Query', 'erasure'),
];

/** Finds cost lines by loader and field. */
export class CostIndex {
  readonly #loaders: ReadonlyMap<string, LoaderCost>;
  readonly #fields: ReadonlyMap<string, FieldCost>;
  readonly #edges: ReadonlyMap<string, Edge>;

  constructor(loaders = loaderCosts, fields = fieldCosts, relations: readonly Edge[] = edges) {
    this.#loaders = new Map(loaders.map((cost) => [cost.loader, cost]));
    this.#fields = new Map(fields.map((cost) => [`${cost.type}.${cost.field}`, cost]));
    this.#edges = new Map(relations.map((edge) => [`${edge.type}.${edge.field}`, edge]));
  }

  /** Throws for a loader without a cost line; a test finds each. */
  loader(name: string): LoaderCost {
    const cost = this.#loaders.get(name);
    if (!cost) throw new Error(`The loader ${name} has no cost line. Add one to the costs.ts of its slice.`);
    return cost;
  }

  field(type: string, field: string): FieldCost | undefined {
    return this.#fields.get(`${type}.${field}`);
  }

  edge(type: string, field: string): Edge | undefined {
    return this.#edges.get(`${type}.${field}`);
  }
}
