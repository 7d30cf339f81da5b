import { recordId } from '../data/salesforce-id.ts';
import { Refusal } from './refusal.ts';
import type { AnsweredRow } from './soql-query.ts';

/** Rows of an answer that were not sent yet. */
export interface OpenQuery {
  readonly rows: readonly AnsweredRow[];
  readonly totalSize: number;
  readonly pageRows: number;
}

/** More open cursors than any test holds; the oldest are forgotten beyond it, as if they had expired. */
const MAX_OPEN = 2_000;

/** Query locators: `<18 characters>-<offset>`, beneath `/query/`. */
export class Locators {
  readonly #open = new Map<string, OpenQuery>();
  #lastNumber = 0;

  add(query: OpenQuery): string {
    const locator = recordId('0r8', ++this.#lastNumber);
    this.#open.set(locator, query);
    const [oldest] = this.#open.keys();
    if (this.#open.size > MAX_OPEN && oldest !== undefined) this.#open.delete(oldest);
    return locator;
  }

  find(reference: string): { readonly locator: string; readonly offset: number; readonly query: OpenQuery } {
    const [locator = '', offset = ''] = reference.split('-');
    const query = this.#open.get(locator);
    if (query === undefined || !/^\d+$/.test(offset) || Number(offset) >= query.rows.length) {
      throw new Refusal(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
    }
    return { locator, offset: Number(offset), query };
  }

  clear(): void {
    this.#open.clear();
  }
}
