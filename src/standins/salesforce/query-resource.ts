import type { StandInAnswer } from '../kit/exchange.ts';
import type { Org, ResourceCall } from './org.ts';
import { malformedQuery, notFound, Refusal } from './refusal.ts';
import { type AnsweredRow, runQuery } from './soql-query.ts';

const DEFAULT_PAGE_ROWS = 2_000;
const SMALLEST_PAGE_ROWS = 200;
/** From this many selected long text fields on, a page has no more than the smallest number of rows. */
const MANY_LONG_TEXT_FIELDS = 2;

/** GET `/query?q=`, `/queryAll?q=` and `/query/<locator>`. */
export function answerQuery(org: Org, call: ResourceCall): StandInAnswer {
  if (call.method !== 'GET')
    throw new Refusal(405, 'METHOD_NOT_ALLOWED', `HTTP Method '${call.method}' not allowed. Allowed are HEAD,GET`);
  const [resource = '', reference] = call.segments;
  if (call.segments.length > 2) throw notFound();
  if (reference !== undefined) {
    const { locator, offset, query } = org.locators.find(reference);
    return {
      status: 200,
      body: pageFrom(org, call.basePath, query.rows, query.totalSize, query.pageRows, offset, locator),
    };
  }
  const statement = call.search.get('q');
  if (statement === null || statement.trim() === '') throw malformedQuery('A query string has to be specified');
  const answer = runQuery(
    {
      schema: org.schema,
      store: org.store,
      nowMs: org.now(),
      includeDeleted: resource.toLowerCase() === 'queryall',
      basePath: call.basePath,
    },
    statement,
  );
  const pageRows =
    answer.longTextFields >= MANY_LONG_TEXT_FIELDS
      ? Math.min(SMALLEST_PAGE_ROWS, org.maxPageRows)
      : askedPageRows(org, call);
  if (answer.isAggregate && answer.rows.length > DEFAULT_PAGE_ROWS) {
    throw new Refusal(
      400,
      'EXCEEDED_ID_LIMIT',
      'Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch',
    );
  }
  return { status: 200, body: pageFrom(org, call.basePath, answer.rows, answer.totalSize, pageRows, 0, undefined) };
}

function askedPageRows(org: Org, call: ResourceCall): number {
  const asked = Number(/batchSize=(\d+)/i.exec(call.headers['sforce-query-options'] ?? '')?.[1] ?? DEFAULT_PAGE_ROWS);
  return Math.min(Math.max(asked, SMALLEST_PAGE_ROWS), DEFAULT_PAGE_ROWS, org.maxPageRows);
}

interface Page {
  totalSize: number;
  done: boolean;
  nextRecordsUrl?: string;
  records: unknown[];
}

/** The rows from an offset on. Children count as rows of the page too, so a page with subqueries holds fewer parents. */
function pageFrom(
  org: Org,
  basePath: string,
  rows: readonly AnsweredRow[],
  totalSize: number,
  pageRows: number,
  offset: number,
  knownLocator: string | undefined,
): Page {
  let end = offset;
  let weight = 0;
  for (let row = rows[end]; row !== undefined; row = rows[end]) {
    const children = row.children.values().reduce((sum, records) => sum + Math.min(records.length, pageRows), 0);
    if (end > offset && weight + 1 + children > pageRows) break;
    weight += 1 + children;
    end++;
  }
  const records = rows.slice(offset, end).map((row) => withChildren(org, basePath, row, pageRows));
  if (end >= rows.length) return { totalSize, done: true, records };
  const locator = knownLocator ?? org.locators.add({ rows, totalSize, pageRows });
  return { totalSize, done: false, nextRecordsUrl: `${basePath}/query/${locator}-${end}`, records };
}

function withChildren(org: Org, basePath: string, row: AnsweredRow, pageRows: number): unknown {
  if (row.children.size === 0) return row.record;
  const children = row.children.entries().map(([name, records]) => {
    const rows = records.map((record) => ({ record, children: new Map() }));
    return [
      name,
      rows.length === 0 ? null : pageFrom(org, basePath, rows, rows.length, pageRows, 0, undefined),
    ] as const;
  });
  return { ...row.record, ...Object.fromEntries(children) };
}
