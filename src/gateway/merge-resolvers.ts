/** Resolvers by GraphQL type, then by field; scalars and abstract types bring their functions under the names graphql-js gives them. */
export type ResolverMap = { readonly [type: string]: object | undefined };

export type MergedResolvers = Record<string, Record<string, unknown>>;

/** One map out of many. Throws when two maps claim the same field, and names every such field. */
export function mergeResolvers(maps: readonly ResolverMap[]): MergedResolvers {
  const merged: MergedResolvers = {};
  const clashes: string[] = [];
  for (const map of maps) {
    for (const [type, fields] of Object.entries(map)) {
      const ofType = (merged[type] ??= {});
      for (const [field, resolver] of Object.entries(fields ?? {})) {
        if (field in ofType) clashes.push(`${type}.${field}`);
        ofType[field] = resolver;
      }
    }
  }
  if (clashes.length > 0)
    throw new Error(`More than one resolver or edge claims ${clashes.join(', ')}. Keep one of each.`);
  return merged;
}
