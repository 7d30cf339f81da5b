import {
  type ConstDirectiveNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNullableType,
  isListType,
  isObjectType,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql';
import { MAX_PAGE_SIZE } from '../../platform/connection.ts';
import type { CostIndex } from '../explain/cost-index.ts';
import type { FieldRule, ListSize } from './field-rule.ts';
import { introspectionRules } from './introspection-cost.ts';

const ONE: ListSize = { assumed: 1, slicing: [], sizedFields: new Set() };
/** What a page has unless told. */
const PAGE: ListSize = { assumed: 20, slicing: [['first'], ['last']], sizedFields: new Set(['nodes', 'edges']) };
/** Of a list of which nothing is known. */
const UNKNOWN_LIST = 20;
/** A call of its own, which nothing else shares. */
const CALL_WEIGHT = 10;
/** A read that travels with others of its kind. */
const SHARED_READ_WEIGHT = 1;
/** A read of a field with a resolver of its own. */
const OWN_READ_WEIGHT = 5;
const OBJECT_WEIGHT = 1;
const ENTITIES: ListSize = { assumed: 1, slicing: [['representations']], sizedFields: new Set() };

/** Greatest size that a number tells: where more is asked for, the field itself refuses it. */
export const MOST_BY_NUMBER = MAX_PAGE_SIZE;

/**
 * What fields cost, in points. `@cost` and `@listSize` of the SDL say it; what they leave open follows from edges and cost lines:
 * a field whose read nothing shares costs most, a property of its object nothing.
 */
export class CostRules {
  readonly #costs: CostIndex;
  readonly #schema: GraphQLSchema;
  readonly #rules = new Map<GraphQLField<unknown, unknown>, FieldRule>();

  constructor(schema: GraphQLSchema, costs: CostIndex) {
    this.#schema = schema;
    this.#costs = costs;
    for (const type of Object.values(schema.getTypeMap())) {
      if (!isObjectType(type) || type.name.startsWith('__')) continue;
      for (const field of Object.values(type.getFields())) this.#rules.set(field, this.#ruleOf(type, field));
    }
    for (const [field, rule] of introspectionRules(schema)) this.#rules.set(field, rule);
  }

  of(field: GraphQLField<unknown, unknown>): FieldRule {
    const rule = this.#rules.get(field);
    if (!rule) throw new Error(`The field ${field.name} has no cost, because it is not of this schema.`);
    return rule;
  }

  #ruleOf(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): FieldRule {
    return {
      weight: declaredWeight(field) ?? this.#derivedWeight(type, field),
      objectWeight: OBJECT_WEIGHT,
      size: declaredSize(field, type) ?? this.#derivedSize(type, field),
    };
  }

  #derivedWeight(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): number {
    if (field.name === '_service') return 0;
    if (type === this.#schema.getQueryType() || type === this.#schema.getMutationType()) return CALL_WEIGHT;
    const edge = this.#costs.edge(type.name, field.name);
    if (edge) return this.#costs.loader(edge.loader).merges === 'never' ? CALL_WEIGHT : SHARED_READ_WEIGHT;
    return this.#costs.field(type.name, field.name) ? OWN_READ_WEIGHT : 0;
  }

  #derivedSize(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): ListSize {
    if (field.name === '_entities') return ENTITIES;
    const isList = isListType(getNullableType(field.type));
    if (field.args.some(({ name }) => name === 'first')) return isList ? { ...PAGE, sizedFields: new Set() } : PAGE;
    if (!isList) return ONE;
    const edge = this.#costs.edge(type.name, field.name);
    return { ...ONE, assumed: edge ? this.#costs.loader(edge.loader).rows({}).most : UNKNOWN_LIST };
  }
}

function declaredWeight(field: GraphQLField<unknown, unknown>): number | null {
  const weight = directiveValue(field, 'cost', 'weight');
  return typeof weight === 'number' ? weight : null;
}

/** Throws for a `@listSize` that names an argument or a field that there is not. */
function declaredSize(field: GraphQLField<unknown, unknown>, type: GraphQLObjectType): ListSize | null {
  if (!directiveOf(field, 'listSize')) return null;
  const names = (argument: string): string[] => {
    const value = directiveValue(field, 'listSize', argument);
    return Array.isArray(value) ? value.map(String) : [];
  };
  const slicing = names('slicingArguments').map((path) => path.split('.'));
  const unknown = slicing.find(([first]) => !field.args.some(({ name }) => name === first));
  if (unknown)
    throw new Error(
      `@listSize on ${type.name}.${field.name} names the argument ${unknown[0]}, which it does not have.`,
    );
  const assumed = directiveValue(field, 'listSize', 'assumedSize');
  return {
    assumed: typeof assumed === 'number' ? assumed : UNKNOWN_LIST,
    slicing,
    sizedFields: new Set(names('sizedFields')),
  };
}

function directiveOf(field: GraphQLField<unknown, unknown>, name: string): ConstDirectiveNode | undefined {
  return field.astNode?.directives?.find((directive) => directive.name.value === name);
}

function directiveValue(field: GraphQLField<unknown, unknown>, directive: string, argument: string): unknown {
  const value: ValueNode | undefined = directiveOf(field, directive)?.arguments?.find(
    ({ name }) => name.value === argument,
  )?.value;
  return value && valueFromASTUntyped(value);
}
