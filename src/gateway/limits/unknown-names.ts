import {
  type ASTNode,
  BREAK,
  type DocumentNode,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { LimitBroken } from './too-complex.ts';

const MAX_NAME_LENGTH = 60;

/**
 * Counts what a document names and the schema, or the document itself, does not have: fields with everything beneath them, fragments, types,
 * directives, arguments, keys of inputs, values of enums, and variables. Each is work for all who look at the document later. Looks at each part
 * once, however often it is spread. Throws LimitBroken beyond `max`. Only for documents that `checkShape` let pass.
 */
export function checkNames(document: DocumentNode, schema: GraphQLSchema, max: number): void {
  const declared = declaredNames(document);
  const types = new TypeInfo(schema);
  let count = 0;
  let first = '';
  const enter = (node: ASTNode): typeof BREAK | undefined => {
    const name = unknownName(node, types, schema, declared);
    if (name === null) return undefined;
    count += 1;
    first ||= name;
    return count > max ? BREAK : undefined;
  };
  visit(document, visitWithTypeInfo(types, { enter }));
  if (count <= max) return;
  throw new LimitBroken({
    limit: 'unknownNames',
    value: count,
    max,
    what: 'names that are not in the schema',
    advice: `Look at the schema; the first of them is \`${first.slice(0, MAX_NAME_LENGTH)}\`.`,
  });
}

interface DeclaredNames {
  readonly fragments: ReadonlySet<string>;
  /** Of all operations together: a fragment does not say in which of them it is spread. */
  readonly variables: ReadonlySet<string>;
}

function declaredNames({ definitions }: DocumentNode): DeclaredNames {
  const fragments = new Set<string>();
  const variables = new Set<string>();
  for (const node of definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.add(node.name.value);
    if (node.kind === Kind.OPERATION_DEFINITION)
      for (const { variable } of node.variableDefinitions ?? []) variables.add(variable.name.value);
  }
  return { fragments, variables };
}

/** Null for a node that names nothing, or what there is. */
function unknownName(node: ASTNode, types: TypeInfo, schema: GraphQLSchema, declared: DeclaredNames): string | null {
  switch (node.kind) {
    case Kind.FIELD:
      return types.getFieldDef() ? null : node.name.value;
    case Kind.ARGUMENT:
      return types.getArgument() ? null : node.name.value;
    case Kind.DIRECTIVE:
      return types.getDirective() ? null : node.name.value;
    case Kind.NAMED_TYPE:
      return schema.getType(node.name.value) ? null : node.name.value;
    case Kind.FRAGMENT_SPREAD:
      return declared.fragments.has(node.name.value) ? null : node.name.value;
    case Kind.VARIABLE:
      return declared.variables.has(node.name.value) ? null : node.name.value;
    case Kind.OBJECT_FIELD:
      // Scalars take keys of any name.
      return isInputObjectType(getNamedType(types.getParentInputType())) && !types.getInputType()
        ? node.name.value
        : null;
    case Kind.ENUM:
      return isEnumType(getNamedType(types.getInputType())) && !types.getEnumValue() ? node.value : null;
    default:
      return null;
  }
}
