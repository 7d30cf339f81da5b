import type { JsonValue } from '../audit/event.ts';
import type { HashedPeople } from './hashed-people.ts';
import { ERASED_NAME, maskText } from './mask-text.ts';
import type { IdentifierKind } from './person-identifiers.ts';

/** How records of a type that are people look without the person. */
export interface PersonRecordType {
  /** Of the record's id. */
  readonly kind: IdentifierKind;
  /** What the fields hold that the type can't be without; every other text is removed. */
  readonly instead: Readonly<Record<string, JsonValue>>;
  readonly emailField: string;
}

/** Types of the sources' records that are people, by GraphQL type and with the fields of the source. */
const personRecordTypes: ReadonlyMap<string, PersonRecordType> = new Map([
  ['SalesforceUser', { kind: 'salesforce', instead: { Name: ERASED_NAME }, emailField: 'Email' }],
  ['JiraUser', { kind: 'jira', instead: { displayName: ERASED_NAME }, emailField: 'emailAddress' }],
]);

type Values = Readonly<Record<string, JsonValue>>;

/**
 * What may be kept of a source's record once people were erased: their own records lose everything but the id, people that are part of another record
 * their names and addresses, and texts the addresses and full names in them. The same object where there is nothing to hide.
 */
export function maskRecord<Record extends Values>(
  people: HashedPeople,
  type: string,
  id: string,
  values: Record,
): Record {
  if (people.isEmpty) return values;
  const person = personRecordTypes.get(type);
  if (person) {
    const email = values[person.emailField];
    if (people.has(person.kind, id) || (typeof email === 'string' && people.has('email', email)))
      return withoutPerson(values, person.instead) as Record;
  }
  return maskValue(people, values) as Record;
}

/** Whether the key of a list shows that one of these people was searched for. `key`: JSON, or else one text. */
export function isAskedFor(people: HashedPeople, key: string): boolean {
  if (!people.knows('name')) return false;
  let asked: JsonValue;
  try {
    asked = JSON.parse(key) as JsonValue;
  } catch {
    asked = key;
  }
  return textsIn(asked).some((text) => people.isSearchedFor(text));
}

function textsIn(value: JsonValue): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function withoutPerson(values: Values, instead: Values): Values {
  const kept: { [name: string]: JsonValue } = Object.create(null);
  let changed = false;
  for (const [name, value] of Object.entries(values)) {
    const isText = typeof value === 'string' || (typeof value === 'object' && value !== null);
    kept[name] = name in instead ? (instead[name] ?? null) : isText && !isIdField(name) ? null : value;
    changed ||= kept[name] !== value;
  }
  return changed ? kept : values;
}

const isIdField = (name: string): boolean => name === 'Id' || name === 'accountId' || name === 'accountType';

function maskValue(people: HashedPeople, value: JsonValue): JsonValue {
  if (typeof value === 'string') return maskText(people, value);
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) {
    const masked = value.map((item) => maskValue(people, item));
    return masked.some((item, place) => item !== value[place]) ? masked : value;
  }
  return maskObject(people, value);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function maskObject(people: HashedPeople, value: Values): JsonValue {
  const { accountId, Id, id } = value;
  if (typeof accountId === 'string' && people.has('jira', accountId))
    return withoutPerson(value, { displayName: ERASED_NAME });
  if (typeof Id === 'string' && people.has('salesforce', Id)) return withoutPerson(value, { Name: ERASED_NAME });
  // A mention in Atlassian's document format.
  if (typeof id === 'string' && typeof value.text === 'string' && people.has('jira', id)) {
    const text = `@${ERASED_NAME}`;
    return value.text === text ? value : { ...value, text };
  }
  const masked: { [name: string]: JsonValue } = Object.create(null);
  let changed = false;
  for (const [name, held] of Object.entries(value)) {
    masked[name] = maskValue(people, held);
    changed ||= masked[name] !== held;
  }
  return changed ? masked : value;
}
