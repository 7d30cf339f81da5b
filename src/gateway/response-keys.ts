import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

/**
 * Under which names the answer has what lies at this path of fields beneath the field being resolved: one chain of names for each way that
 * the operation asks for it, aliases and fragments resolved. The types on the way have to be object types.
 */
export function responseKeysOf(
  info: GraphQLResolveInfo,
  fieldNames: readonly string[],
): readonly (readonly string[])[] {
  const chains = info.fieldNodes.flatMap(({ selectionSet }) => chainsIn(info, selectionSet, fieldNames));
  return [...new Map(chains.map((chain) => [chain.join('.'), chain])).values()];
}

function chainsIn(
  info: GraphQLResolveInfo,
  selectionSet: SelectionSetNode | undefined,
  [fieldName, ...further]: readonly string[],
): string[][] {
  if (fieldName === undefined) return [[]];
  return (selectionSet?.selections ?? []).flatMap((node) => {
    if (node.kind === Kind.FIELD) {
      if (node.name.value !== fieldName) return [];
      const key = (node.alias ?? node.name).value;
      return chainsIn(info, node.selectionSet, further).map((chain) => [key, ...chain]);
    }
    const fragment = node.kind === Kind.FRAGMENT_SPREAD ? info.fragments[node.name.value] : node;
    return chainsIn(info, fragment?.selectionSet, [fieldName, ...further]);
  });
}
