import {
  type DocumentNode,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/** Types whose records a document asks for at more than one place, so that one record may be asked for twice with different fields. */
export function typesReadMoreThanOnce(schema: GraphQLSchema, document: DocumentNode): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  const typeInfo = new TypeInfo(schema);
  const enter = (): void => {
    const type = getNamedType(typeInfo.getType());
    if (!type) return;
    // A field of an abstract type may give records of any of its types.
    const names = isAbstractType(type) ? schema.getPossibleTypes(type).map(({ name }) => name) : [type.name];
    for (const name of names) (seen.has(name) ? repeated : seen).add(name);
  };
  visit(document, visitWithTypeInfo(typeInfo, { Field: { enter } }));
  return repeated;
}
