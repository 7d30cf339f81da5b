import type { GraphQLField, GraphQLObjectType, SelectionSetNode } from 'graphql';
import type { FieldPlan } from '../../platform/costs.ts';
import type { CollectedField } from './collected-fields.ts';
import type { ComesAlong } from './look-ahead.ts';
import type { DrivingArgument } from './pending-read.ts';

/** Objects of one type whose fields are looked at: how many there are, by the walk's reckoning, and where in the answer they stand. */
export interface Objects {
  readonly type: GraphQLObjectType;
  readonly selectionSets: readonly SelectionSetNode[];
  readonly count: number;
  /** Of a connection: records in each. */
  readonly rowsPerConnection?: number;
  readonly path: string;
  readonly argument: DrivingArgument | null;
  /** The nearest `@freshness` above. */
  readonly demand: string;
  readonly along: ComesAlong;
  readonly alongPrefix: string;
}

/** A field that reads, of some objects. */
export interface StartedField {
  readonly objects: Objects;
  readonly field: CollectedField;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly path: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly plan: FieldPlan;
}

export const nothingAlong: ComesAlong = new Set();
