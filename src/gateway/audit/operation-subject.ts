import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { acceptableVariables } from '../../platform/acceptable-variables.ts';
import { parseGlobalId } from '../../platform/global-id.ts';
import { type CollectedField, collectFields } from '../explain/collected-fields.ts';

/** A root field as the audit log tells of it. */
export interface SubjectField {
  /** Alias or name: its key in the answer. */
  readonly responseName: string;
  readonly field: string;
  /** GraphQL type of the record; of a list its records' type. Null: it has none. */
  readonly resourceType: string | null;
  readonly resourceId: string | null;
}

/** What an operation is about: worked out once for each document with its variables. */
export interface OperationSubject {
  readonly type: OperationDefinitionNode['operation'];
  /** Never empty. */
  readonly fields: readonly SubjectField[];
}

const MAX_FIELDS = 1_000;
const MAX_ID_LENGTH = 200;
/** Arguments that name the record, as they are called in the schema; of mutations they stand in `input`. */
const ID_ARGUMENTS = ['id', 'key', 'psRequestId', 'issueKey', 'ruleId', 'sessionId', 'mentorId', 'ids', 'tags'];
/** Anything else was not meant as an id, and may be anything that somebody wrote. */
const idShape = /^[\w.:=+/[\]-]{1,200}$/;

/** Null: the document does not say which operation, or its variables are not acceptable, or it asks for what is not there; it will be refused. */
export function subjectOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null,
  sent: Readonly<Record<string, unknown>>,
): OperationSubject | null {
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const operation =
    operationName === null ? operations[0] : operations.find(({ name }) => name?.value === operationName);
  if (!operation || (operationName === null && operations.length > 1)) return null;
  const root = schema.getRootType(operation.operation);
  if (!root) return null;
  const variables = acceptableVariables(schema, operation, sent);
  if (!variables) return null;
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments[node.name.value] = node;
  const scope = { schema, fragments, variables, fieldsLeft: MAX_FIELDS };
  const fields = collectFields(scope, root, [operation.selectionSet]).map((field) => toSubject(root, field, variables));
  return fields.length > 0 && fields.every((field) => field !== null) ? { type: operation.operation, fields } : null;
}

function toSubject(
  root: GraphQLObjectType,
  { responseName, name, node }: CollectedField,
  variables: Readonly<Record<string, unknown>>,
): SubjectField | null {
  if (name.startsWith('__') || name.startsWith('_'))
    return { responseName, field: name, resourceType: null, resourceId: null };
  const definition = root.getFields()[name];
  if (!definition) return null;
  let values: Readonly<Record<string, unknown>>;
  try {
    values = getArgumentValues(definition, node, variables);
  } catch {
    return null;
  }
  const input = typeof values.input === 'object' && values.input !== null ? values.input : {};
  const id = idIn({ ...input, ...values });
  const global = id === null ? null : parseGlobalId(id);
  const named = typeNamed(getNamedType(definition.type).name);
  if (global) return { responseName, field: name, resourceType: global.type, resourceId: global.nativeId };
  return { responseName, field: name, resourceType: named, resourceId: id };
}

function idIn(values: Readonly<Record<string, unknown>>): string | null {
  for (const name of ID_ARGUMENTS) {
    const value = values[name];
    const ids = (Array.isArray(value) ? value : [value]).filter(
      (one): one is string => typeof one === 'string' && idShape.test(one),
    );
    if (ids.length > 0) return ids.join(' ').slice(0, MAX_ID_LENGTH);
  }
  return null;
}

/** Of a list its records' type, of a payload what it has written. */
function typeNamed(name: string): string | null {
  const [, record] = /^(\w+?)Connection$/.exec(name) ?? [];
  if (record) return record;
  return /Payload$/.test(name) || /^(Boolean|Int|String|Float|ID)$/.test(name) ? null : name;
}
