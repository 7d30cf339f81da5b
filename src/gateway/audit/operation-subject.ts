import { createHash } from 'node:crypto';
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
import { entityByType } from '../entities.ts';
import { type CollectedField, collectFields } from '../explain/collected-fields.ts';
import { mutationRecords } from './mutation-records.ts';
import { type NamedRecord, namedRecord } from './named-record.ts';
import { sourceSpelling } from './record-spellings.ts';
import { sensitiveReads, sensitiveTypes } from './sensitive-reads.ts';

/** A root field as the audit log tells of it. */
export interface SubjectField {
  /** Alias or name: its key in the answer. */
  readonly responseName: string;
  readonly field: string;
  /** GraphQL type of the record; of a list its records' type. Null: it has none. */
  readonly resourceType: string | null;
  readonly resourceId: string | null;
  /** Whether what it answers may be shown only once its entry is in PostgreSQL. */
  readonly isSensitive: boolean;
}

/** What an operation is about: worked out once for each document with its variables. */
export interface OperationSubject {
  readonly type: OperationDefinitionNode['operation'];
  readonly fields: readonly SubjectField[];
}

/** Of all ids of one entry: what PostgreSQL takes into an index (a third of a page), with the columns beside it. */
const MAX_IDS_LENGTH = 1_900;
/** Arguments that name the record, as they are called in the schema; of mutations they stand in `input`. */
const ID_ARGUMENTS = ['id', 'key', 'psRequestId', 'issueKey', 'ruleId', 'sessionId', 'mentorId', 'ids', 'tags'];

/** Null: the document does not say which operation, or its variables are not acceptable, so that it will be refused. */
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
  // At the root each fragment is looked at once, so that there are no more fields than the document has words.
  const scope = { schema, fragments, variables, fieldsLeft: Number.POSITIVE_INFINITY };
  const fields = collectFields(scope, root, [operation.selectionSet]).map((field) => toSubject(root, field, variables));
  return { type: operation.operation, fields };
}

function toSubject(
  root: GraphQLObjectType,
  { responseName, name, node }: CollectedField,
  variables: Readonly<Record<string, unknown>>,
): SubjectField {
  const definition = root.getFields()[name];
  if (!definition || name === '_service')
    return { responseName, field: name, resourceType: null, resourceId: null, isSensitive: false };
  const told = mutationRecords.get(name);
  const answered = told === undefined ? typeNamed(getNamedType(definition.type).name) : told;
  let values: Readonly<Record<string, unknown>>;
  try {
    values = getArgumentValues(definition, node, variables);
  } catch {
    // The field fails with an error of its own, beside others that are carried out.
    return { responseName, field: name, resourceType: answered, resourceId: null, isSensitive: true };
  }
  const records = name === '_entities' ? representedRecords(values.representations) : recordsIn(values);
  const types = new Set(records.map(({ type }) => type));
  const [only] = types;
  const isOfOneType = types.size === 1 && only != null;
  const ids = records
    .map(({ id, sent }) => (isOfOneType ? id : sent))
    .filter((id) => id !== null)
    .map((id) => sourceSpelling(isOfOneType ? only : answered, id));
  return {
    responseName,
    field: name,
    resourceType: isOfOneType ? only : answered,
    resourceId: ids.length === 0 ? null : joined(ids),
    isSensitive: sensitiveReads.has(name) || records.some(({ type }) => type !== null && sensitiveTypes.has(type)),
  };
}

/** The records that the first argument names which names any. */
function recordsIn(values: Readonly<Record<string, unknown>>): readonly NamedRecord[] {
  const input = typeof values.input === 'object' && values.input !== null ? values.input : {};
  const all: Readonly<Record<string, unknown>> = { ...input, ...values };
  for (const name of ID_ARGUMENTS) {
    const value = all[name];
    const records = (Array.isArray(value) ? value : [value]).map(namedRecord).filter((record) => record !== null);
    if (records.length > 0) return records;
  }
  return [];
}

/** Of `_entities`: each says of what type it is, and may name its record by other keys than its id. */
function representedRecords(representations: unknown): readonly NamedRecord[] {
  const all: readonly unknown[] = Array.isArray(representations) ? representations : [representations];
  return all.flatMap((one): readonly NamedRecord[] => {
    const { __typename: typeName, ...keys } = (one ?? {}) as Readonly<Record<string, unknown>>;
    const type = typeof typeName === 'string' && entityByType.has(typeName) ? typeName : null;
    const { nativeId: _, ...others } = (type === null ? undefined : entityByType.get(type))?.loaders ?? {
      nativeId: '',
    };
    const named = ['id', ...Object.keys(others)].flatMap((key) => {
      const record = namedRecord(keys[key]);
      if (record === null) return [];
      // A global id tells its type; another key is of the type that is asked for.
      const isOfType = key === 'id' ? record.type === type : record.type === null;
      return isOfType ? [{ ...record, type }] : [];
    });
    return named.length === 0 ? [{ type, id: null, sent: null }] : named;
  });
}

/** As many as there is room for; of the others how many, and of all a hash by which who has a list can tell whether it was this one. */
function joined(ids: readonly string[]): string {
  const all = ids.join(' ');
  if (all.length <= MAX_IDS_LENGTH) return all;
  const hash = createHash('sha256').update(all).digest('hex');
  let told = '';
  for (const [count, id] of ids.entries()) {
    const rest = `+${ids.length - count} sha256:${hash}`;
    if (told.length + id.length + rest.length + 1 > MAX_IDS_LENGTH) return `${told}${rest}`;
    told += `${id} `;
  }
  return told.trimEnd();
}

/** Of a list its records' type, of a payload what it has written. */
function typeNamed(name: string): string | null {
  const [, record] = /^(\w+?)Connection$/.exec(name) ?? [];
  if (record) return record;
  return /(Payload|^_Entity)$/.test(name) || /^(Boolean|Int|String|Float|ID)$/.test(name) ? null : name;
}
