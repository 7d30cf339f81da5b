import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isObjectType,
  type SelectionSetNode,
} from 'graphql';
import { collectFields, type OperationScope } from './collected-fields.ts';

/** The type as one of connections; null for any other. */
export function connectionOf(type: GraphQLNamedType): GraphQLObjectType | null {
  return isObjectType(type) && 'pageInfo' in type.getFields() ? type : null;
}

/** What stands at a connection's nodes. */
export function connectedType(connection: GraphQLObjectType): GraphQLObjectType | null {
  const type = getNamedType(connection.getFields().nodes?.type);
  return isObjectType(type) ? type : null;
}

/** What is selected of a connection's nodes, below `nodes` and below `edges`. */
export function selectionsOfNodes(
  scope: OperationScope,
  connection: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
): SelectionSetNode[] {
  return collectFields(scope, connection, sets).flatMap(({ name, selectionSets }) => {
    if (name === 'nodes') return selectionSets;
    const edge = name === 'edges' ? getNamedType(connection.getFields().edges?.type) : undefined;
    if (!isObjectType(edge)) return [];
    return collectFields(scope, edge, selectionSets).flatMap((field) =>
      field.name === 'node' ? field.selectionSets : [],
    );
  });
}
