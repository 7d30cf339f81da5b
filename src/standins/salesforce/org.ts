import type { Locators } from './locators.ts';
import type { RecordStore } from './record-store.ts';
import type { VisibleSchema } from './schema.ts';
import type { Usage } from './usage.ts';

/** Everything that the stand-in knows; made once per start. */
export interface Org {
  readonly schema: VisibleSchema;
  readonly store: RecordStore;
  readonly locators: Locators;
  readonly usage: Usage;
  readonly now: () => number;
  /** Rows per page that no client can raise; Salesforce calls its batch size a hint. */
  readonly maxPageRows: number;
}

/** One call of a REST resource, from the wire or from within a composite request. */
export interface ResourceCall {
  readonly method: string;
  /** `/services/data/v62.0`, as the client asked. */
  readonly basePath: string;
  /** Decoded parts of the path behind the version. */
  readonly segments: readonly string[];
  readonly search: URLSearchParams;
  /** Parsed JSON; undefined when there is no body. */
  readonly body: unknown;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}
