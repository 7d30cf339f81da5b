import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isListType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  type ValueNode,
} from 'graphql';
import { type CollectedField, type CollectionScope, collectFields } from '../explain/collected-fields.ts';
import { type CostRules, MOST_BY_NUMBER } from './cost-rules.ts';
import { type CostTerm, greatestOf, NO_COST, pointsOf, type SizeSource, sumOf, timesSize } from './cost-term.ts';
import type { DocumentLimits } from './document-limits.ts';
import type { FieldRule } from './field-rule.ts';
import { LimitBroken } from './too-complex.ts';

/** What the field above tells of its lists: `psRequests(first: 50)` of `nodes` and `edges`. */
interface SizeFromAbove {
  readonly names: ReadonlySet<string>;
  readonly sources: readonly SizeSource[];
  readonly assumed: number;
}

/** What is known of an operation before its variables are. */
export interface OperationCost {
  readonly term: CostTerm;
  /** Names of the fields at its root, those of its fragments included, one for each response name. */
  readonly rootFields: readonly string[];
}

/** Types of an interface multiply the looks at what is selected on it; this keeps them within a few milliseconds. */
const LOOKS_PER_SELECTION = 10;

/** Works out what operations of a schema may cost at most, before anything is known of their variables. Invalid parts cost nothing. */
export class OperationCosts {
  readonly #schema: GraphQLSchema;
  readonly #rules: CostRules;
  readonly #limits: DocumentLimits;

  constructor(schema: GraphQLSchema, rules: CostRules, limits: DocumentLimits) {
    this.#schema = schema;
    this.#rules = rules;
    this.#limits = limits;
  }

  /** Only for documents that `checkShape` let pass. Throws LimitBroken. */
  costOf(document: DocumentNode, operation: OperationDefinitionNode): OperationCost {
    const root = this.#schema.getRootType(operation.operation);
    if (!root) return { term: NO_COST, rootFields: [] };
    const { maxSelections } = this.#limits;
    const scope = {
      schema: this.#schema,
      fragments: fragmentsOf(document),
      variables: null,
      fieldsLeft: maxSelections * LOOKS_PER_SELECTION,
    };
    const term = this.#objects(scope, root, [operation.selectionSet], null);
    const rootFields = collectFields(scope, root, [operation.selectionSet]).map(({ name }) => name);
    if (scope.fieldsLeft > 0) return { term, rootFields };
    throw new LimitBroken({
      limit: 'selections',
      value: maxSelections + 1,
      max: maxSelections,
      what: 'selections with its fragments written out for each type',
      advice: 'Ask for fewer fields on interfaces, or send several requests.',
    });
  }

  #objects(
    scope: CollectionScope,
    type: GraphQLObjectType,
    sets: readonly SelectionSetNode[],
    above: SizeFromAbove | null,
  ): CostTerm {
    const terms = collectFields(scope, type, sets).map((collected) => {
      const field = this.#fieldOf(type, collected.name);
      return field ? this.#field(scope, field, collected, above) : NO_COST;
    });
    return sumOf(terms);
  }

  #field(
    scope: CollectionScope,
    field: GraphQLField<unknown, unknown>,
    { node, name, selectionSets }: CollectedField,
    above: SizeFromAbove | null,
  ): CostTerm {
    const rule = this.#rules.of(field);
    const asked = pointsOf(rule.weight);
    const type = getNamedType(field.type);
    if (!isCompositeType(type)) return asked;
    const own: SizeFromAbove = { names: rule.size.sizedFields, ...sizeTold(rule, node) };
    const types = isAbstractType(type) ? this.#schema.getPossibleTypes(type) : [type];
    const beneath = own.names.size > 0 ? own : null;
    const each = greatestOf(types.map((one) => this.#objects(scope, one, selectionSets, beneath)));
    const object = sumOf([pointsOf(rule.objectWeight), each]);
    if (!isListType(getNullableType(field.type))) return sumOf([asked, object]);
    const size = above?.names.has(name) ? above : own;
    return sumOf([asked, timesSize(object, size.sources, size.assumed, MOST_BY_NUMBER)]);
  }

  #fieldOf(type: GraphQLObjectType, name: string): GraphQLField<unknown, unknown> | undefined {
    if (!name.startsWith('__')) return type.getFields()[name];
    if (type !== this.#schema.getQueryType()) return undefined;
    return [SchemaMetaFieldDef, TypeMetaFieldDef].find((field) => field.name === name);
  }
}

function sizeTold({ size }: FieldRule, node: FieldNode): Pick<SizeFromAbove, 'sources' | 'assumed'> {
  const sources = size.slicing.flatMap(([name, ...path]): SizeSource[] => {
    const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
    return value ? within(value, path) : [];
  });
  return { sources, assumed: size.assumed };
}

/** Follows a path as far as literals go; a variable takes the rest of it along. */
function within(value: ValueNode, path: readonly string[]): SizeSource[] {
  const [step, ...rest] = path;
  if (step === undefined || value.kind !== Kind.OBJECT) return [{ value, path }];
  const field = value.fields.find(({ name }) => name.value === step);
  return field ? within(field.value, rest) : [];
}

function fragmentsOf(document: DocumentNode): Record<string, FragmentDefinitionNode> {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  return fragments;
}
