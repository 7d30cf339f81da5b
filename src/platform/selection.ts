import {
  type GraphQLCompositeType,
  GraphQLIncludeDirective,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  isUnionType,
  Kind,
  type SelectionSetNode,
} from 'graphql';

/**
 * Which fields an operation asks of one object, by field name: aliases, fragments, `@skip`/`@include` and abstract types resolved.
 * Arguments are not part of it. Loaders turn it into SELECT lists, so that only what is asked for is fetched.
 */
export interface Selection {
  readonly fields: ReadonlyMap<string, Selection>;
}

export const emptySelection: Selection = { fields: new Map() };

type MutableSelection = { fields: Map<string, MutableSelection> };

/** graphql-js hands the same `fieldNodes` array to every sibling, so one walk serves a whole list. The info's variables belong to it. */
const cache = new WeakMap<object, Map<string, Selection>>();

/**
 * The selection beneath the field being resolved, as seen by objects of `typeName`.
 * `path` walks down first: `selectionOf(info, 'PsRequest', ['edges', 'node'])`. Several paths are merged by calling `mergeSelections`.
 */
export function selectionOf(info: GraphQLResolveInfo, typeName: string, path: readonly string[] = []): Selection {
  const cacheKey = `${typeName}/${path.join('.')}`;
  let bySelection = cache.get(info.fieldNodes);
  if (!bySelection) {
    bySelection = new Map();
    cache.set(info.fieldNodes, bySelection);
  }
  const known = bySelection.get(cacheKey);
  if (known) return known;

  const collected: MutableSelection = { fields: new Map() };
  const returnType = getNamedType(info.returnType);
  for (const node of info.fieldNodes) {
    if (node.selectionSet && isCompositeType(returnType))
      collect(info, node.selectionSet, returnType, typeName, collected);
  }
  let selection: Selection | undefined = collected;
  for (const step of path) selection = selection?.fields.get(step);
  const result = selection ?? emptySelection;
  bySelection.set(cacheKey, result);
  return result;
}

/** The selection of a connection's nodes: what `edges.node` and `nodes` ask for together. */
export function nodeSelectionOf(info: GraphQLResolveInfo, typeName: string): Selection {
  return mergeSelections(selectionOf(info, typeName, ['edges', 'node']), selectionOf(info, typeName, ['nodes']));
}

export function mergeSelections(left: Selection, right: Selection): Selection {
  if (left.fields.size === 0) return right;
  if (right.fields.size === 0) return left;
  const fields = new Map(left.fields);
  for (const [name, sub] of right.fields) {
    const existing = fields.get(name);
    fields.set(name, existing ? mergeSelections(existing, sub) : sub);
  }
  return { fields };
}

function collect(
  info: GraphQLResolveInfo,
  selectionSet: SelectionSetNode,
  parentType: GraphQLCompositeType,
  typeName: string,
  into: MutableSelection,
): void {
  for (const node of selectionSet.selections) {
    if (!isIncluded(info, node)) continue;
    if (node.kind === Kind.FIELD) {
      const name = node.name.value;
      let sub = into.fields.get(name);
      if (!sub) {
        sub = { fields: new Map() };
        into.fields.set(name, sub);
      }
      const fieldType = isUnionType(parentType) ? undefined : parentType.getFields()[name]?.type;
      const namedType = fieldType && getNamedType(fieldType);
      if (node.selectionSet && isCompositeType(namedType)) collect(info, node.selectionSet, namedType, typeName, sub);
      continue;
    }
    const fragment = node.kind === Kind.FRAGMENT_SPREAD ? info.fragments[node.name.value] : node;
    if (!fragment) continue;
    const condition = fragment.typeCondition ? info.schema.getType(fragment.typeCondition.name.value) : parentType;
    if (!isCompositeType(condition) || !mayApply(info.schema, parentType, condition, typeName)) continue;
    collect(info, fragment.selectionSet, condition, typeName, into);
  }
}

/** Below an abstract parent that can be a `typeName`, only the fragments that apply to a `typeName` count. */
function mayApply(
  schema: GraphQLSchema,
  parentType: GraphQLCompositeType,
  condition: GraphQLCompositeType,
  typeName: string,
): boolean {
  const concrete = schema.getType(typeName);
  if (!isObjectType(concrete) || !isAbstractType(parentType) || !schema.isSubType(parentType, concrete)) return true;
  return isAbstractType(condition) ? schema.isSubType(condition, concrete) : condition.name === typeName;
}

function isIncluded(info: GraphQLResolveInfo, node: SelectionSetNode['selections'][number]): boolean {
  if (!node.directives?.length) return true;
  if (getDirectiveValues(GraphQLSkipDirective, node, info.variableValues)?.if === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, node, info.variableValues)?.if !== false;
}
