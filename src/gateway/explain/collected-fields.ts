import {
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  isAbstractType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** A document, and how much of it may still be looked at. */
export interface CollectionScope {
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** Null: not known, and everything is taken as included. */
  readonly variables: Readonly<Record<string, unknown>> | null;
  /** Fragments can make a short document mean millions of fields. */
  fieldsLeft: number;
}

/** An operation with its variables. */
export interface OperationScope extends CollectionScope {
  readonly variables: Readonly<Record<string, unknown>>;
}

/** One field of an answer, with every place in the document that asks for it. */
export interface CollectedField {
  readonly responseName: string;
  readonly name: string;
  readonly node: FieldNode;
  readonly selectionSets: SelectionSetNode[];
}

/** The fields that an object of this type answers, as execution would collect them: by response name, fragments and directives applied. */
export function collectFields(
  scope: CollectionScope,
  type: GraphQLObjectType,
  selectionSets: readonly SelectionSetNode[],
): readonly CollectedField[] {
  const fields = new Map<string, CollectedField>();
  const seenFragments = new Set<string>();
  for (const selectionSet of selectionSets) collectInto(scope, type, selectionSet, fields, seenFragments);
  return [...fields.values()];
}

function collectInto(
  scope: CollectionScope,
  type: GraphQLObjectType,
  selectionSet: SelectionSetNode,
  fields: Map<string, CollectedField>,
  seenFragments: Set<string>,
): void {
  for (const node of selectionSet.selections) {
    if (scope.fieldsLeft <= 0) return;
    if (!isIncluded(scope, node)) continue;
    if (node.kind === Kind.FIELD) {
      scope.fieldsLeft -= 1;
      const responseName = node.alias?.value ?? node.name.value;
      let field = fields.get(responseName);
      if (!field) {
        field = { responseName, name: node.name.value, node, selectionSets: [] };
        fields.set(responseName, field);
      }
      if (node.selectionSet) field.selectionSets.push(node.selectionSet);
      continue;
    }
    if (node.kind === Kind.FRAGMENT_SPREAD) {
      if (seenFragments.has(node.name.value)) continue;
      seenFragments.add(node.name.value);
    }
    const fragment = node.kind === Kind.FRAGMENT_SPREAD ? scope.fragments[node.name.value] : node;
    if (fragment && applies(scope, type, fragment.typeCondition?.name.value))
      collectInto(scope, type, fragment.selectionSet, fields, seenFragments);
  }
}

function applies({ schema }: CollectionScope, type: GraphQLObjectType, condition: string | undefined): boolean {
  if (condition === undefined || condition === type.name) return true;
  const named = schema.getType(condition);
  return isAbstractType(named) && schema.isSubType(named, type);
}

function isIncluded({ variables }: CollectionScope, node: SelectionNode): boolean {
  if (!node.directives?.length || variables === null) return true;
  if (getDirectiveValues(GraphQLSkipDirective, node, variables)?.if === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, node, variables)?.if !== false;
}
