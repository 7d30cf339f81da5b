import { readdirSync, readFileSync } from 'node:fs';
import { addResolversToSchema, buildSubgraphSchema, type GraphQLResolverMap } from '@apollo/subgraph';
import { type DocumentNode, type GraphQLSchema, isObjectType, parse, Source } from 'graphql';
import { type MergedResolvers, mergeResolvers, type ResolverMap } from './merge-resolvers.ts';

const schemaDirectory = new URL('../../schema/', import.meta.url);

/** The SDL of every slice and of federation, as it stands in `schema/`. */
export function readSchemaDocuments(): DocumentNode[] {
  return readdirSync(schemaDirectory)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => parse(new Source(readFileSync(new URL(name, schemaDirectory), 'utf8'), `schema/${name}`)));
}

/**
 * The executable federation subgraph: SDL and resolvers put together. Throws when two maps claim one field, or when a map names a
 * type or field that the SDL does not have.
 */
export function buildSchema(documents: readonly DocumentNode[], maps: readonly ResolverMap[]): GraphQLSchema {
  const resolvers = mergeResolvers(maps);
  const schema = buildSubgraphSchema(documents.map((typeDefs) => ({ typeDefs })));
  const unknown = unknownFields(schema, resolvers);
  if (unknown.length > 0)
    throw new Error(
      `Resolvers are given for what the schema does not have: ${unknown.join(', ')}. Rename or remove them.`,
    );
  addResolversToSchema(schema, resolvers as GraphQLResolverMap);
  return schema;
}

function unknownFields(schema: GraphQLSchema, resolvers: MergedResolvers): string[] {
  return Object.entries(resolvers).flatMap(([typeName, fields]) => {
    const type = schema.getType(typeName);
    if (!type) return [typeName];
    if (!isObjectType(type)) return [];
    const known = type.getFields();
    return Object.keys(fields)
      .filter((field) => !field.startsWith('__') && !(field in known))
      .map((field) => `${typeName}.${field}`);
  });
}
