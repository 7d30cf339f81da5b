import type { Query } from '@jetstreamapp/soql-parser-js';
import type { SalesforceRow } from '../data/company.ts';
import type { ObjectDefinition } from './objects.ts';
import type { RecordStore } from './record-store.ts';
import type { VisibleSchema } from './schema.ts';
import { type FieldPath, type ParentLookup, resolvePath } from './soql-field-path.ts';

/** What the evaluation of one statement knows. */
export interface QueryScope {
  readonly schema: VisibleSchema;
  readonly store: RecordStore;
  /** For date literals such as TODAY. */
  readonly nowMs: number;
  /** queryAll: rows in the recycle bin are seen too. */
  readonly includeDeleted: boolean;
  /** `/services/data/v62.0`, for record URLs. */
  readonly basePath: string;
  readonly parentOf: ParentLookup;
  /** The values that a semi-join selects, as 15-character ids. */
  readonly semiJoin: (query: Query, outer: FieldPath) => ReadonlySet<string>;
}

/** The object of a FROM clause under its alias. */
export interface Source {
  readonly object: ObjectDefinition;
  readonly alias: string | undefined;
}

export function pathIn(scope: QueryScope, source: Source, path: string): FieldPath {
  return resolvePath(scope.schema, source.object, path, source.alias);
}

export function rowsOf(scope: QueryScope, object: ObjectDefinition): SalesforceRow[] {
  return scope.store.all(object.name).filter((row) => scope.includeDeleted || row.IsDeleted !== true);
}
