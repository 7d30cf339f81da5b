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
import { sensitiveReads, sensitiveTypes } from './sensitive-reads.ts';
import { type FieldRecords, idsText, recordsOfField, type ToldRecords, toldTogether } from './told-records.ts';

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
  /** What one entry about all of its fields tells. */
  readonly records: ToldRecords;
}

/** A root field, and which records it names. */
interface AskedField {
  readonly subject: SubjectField;
  readonly records: FieldRecords;
}

/** Arguments that name the record, as they are called in the schema; of mutations they stand in `input`. */
const ID_ARGUMENTS = ['id', 'key', 'psRequestId', 'issueKey', 'ruleId', 'sessionId', 'mentorId', 'ids', 'tags'];
/** The longest list that names records and that any field takes. */
const MAX_LISTED = 1_000;
const WITHHELD: NamedRecord = { type: null, id: null, sent: null };

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
  const asked = collectFields(scope, root, [operation.selectionSet]).map((field) => toSubject(root, field, variables));
  const fields = asked.map(({ subject }) => subject);
  return { type: operation.operation, fields, records: toldTogether(asked.map(({ records }) => records)) };
}

function toSubject(
  root: GraphQLObjectType,
  { responseName, name, node }: CollectedField,
  variables: Readonly<Record<string, unknown>>,
): AskedField {
  const definition = root.getFields()[name];
  const asked = (answered: string | null, isSensitive: boolean, named: readonly NamedRecord[] = []): AskedField => {
    const records = recordsOfField(answered, named);
    const { resourceType } = records;
    return { subject: { responseName, field: name, resourceType, resourceId: idsText(records), isSensitive }, records };
  };
  if (!definition || name === '_service') return asked(null, false);
  const told = mutationRecords.get(name);
  const answered = told === undefined ? typeNamed(getNamedType(definition.type).name) : told;
  let values: Readonly<Record<string, unknown>>;
  try {
    values = getArgumentValues(definition, node, variables);
  } catch {
    // The field fails with an error of its own, beside others that are carried out.
    return asked(answered, true);
  }
  const records = name === '_entities' ? representedRecords(values.representations) : recordsIn(values);
  // It is refused, and to read thousands of ids would take longer than to refuse them.
  if (records === null) return asked(answered, true);
  const isOfSensitiveType = records.some(({ type }) => type !== null && sensitiveTypes.has(type));
  return asked(answered, sensitiveReads.has(name) || isOfSensitiveType, records);
}

/** The records that the first argument names of which any may be kept; where there is none, of the first that names any. Null: too many. */
function recordsIn(values: Readonly<Record<string, unknown>>): readonly NamedRecord[] | null {
  const input = typeof values.input === 'object' && values.input !== null ? values.input : {};
  const all: Readonly<Record<string, unknown>> = { ...input, ...values };
  const lists = ID_ARGUMENTS.map((name) => listOf(all[name]).filter((one) => one != null));
  if (lists.some(({ length }) => length > MAX_LISTED)) return null;
  const named = lists.flatMap((sent) => (sent.length === 0 ? [] : [sent.map((one) => namedRecord(one) ?? WITHHELD)]));
  return named.find((records) => records.some(({ id }) => id !== null)) ?? named[0] ?? [];
}

/** Of `_entities`: each says of what type it is, and may name its record by other keys than its id. Null: too many. */
function representedRecords(representations: unknown): readonly NamedRecord[] | null {
  const all = listOf(representations);
  if (all.length > MAX_LISTED) return null;
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
    return named.length === 0 ? [{ ...WITHHELD, type }] : named;
  });
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** Of a list its records' type, of a payload what it has written. */
function typeNamed(name: string): string | null {
  const [, record] = /^(\w+?)Connection$/.exec(name) ?? [];
  if (record) return record;
  return /(Payload|^_Entity)$/.test(name) || /^(Boolean|Int|String|Float|ID)$/.test(name) ? null : name;
}
