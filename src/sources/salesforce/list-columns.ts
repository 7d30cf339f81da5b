import type { JsonValue, RecordValues } from '../../cache/record-values.ts';
import type { Availability } from './availability.ts';
import { fieldOf, type SalesforceObject } from './fields.ts';
import type { SalesforceTypeName } from './model.ts';

/**
 * Properties that lists are chosen or ordered by. A poll reads them of what has changed, so that each list can tell whether it is concerned; one
 * that is missing here costs the lists that depend on it another reading, and never shows anything wrong.
 */
const listProperties: Readonly<Record<SalesforceTypeName, readonly string[]>> = {
  PsRequest: [
    'number',
    'status',
    'type',
    'environment',
    'product',
    'version',
    'risk',
    'goLiveDate',
    'targetDate',
    'createdAt',
    'updatedAt',
    'primaryJiraKey',
    'accountId',
    'projectId',
    'ownerId',
    'description',
  ],
  Account: ['name', 'industry', 'region', 'supportTier'],
  Project: ['name'],
  SalesforceUser: [],
  DeploymentStep: ['sequence', 'psRequestId'],
  Case: ['psRequestId'],
  JiraLink: ['jiraKey', 'psRequestId'],
};

/** Columns that lists of the object are chosen or ordered by; none for an object without lists. */
export function listColumnsOf(object: SalesforceObject, availability: Availability): readonly string[] {
  return listProperties[object.type].flatMap((property) => {
    const field = fieldOf(object, property);
    const [column] = field?.columns ?? [];
    if (field === undefined || column === undefined || availability.whyUnreadable(object, field)) return [];
    // A long text area can't stand in a condition, so no list depends on it.
    return property === 'description' && !availability.isFilterable(object, column) ? [] : [column];
  });
}

/** Of a record's values by column, those that lists are chosen or ordered by. */
export function listValuesIn(
  values: Readonly<Record<string, unknown>>,
  object: SalesforceObject,
  availability: Availability,
): RecordValues {
  const columns = listColumnsOf(object, availability).filter((column) => values[column] !== undefined);
  return Object.fromEntries(columns.map((column) => [column, values[column] as JsonValue]));
}
