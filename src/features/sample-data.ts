import { sql } from 'kysely';
import type { Database, TenantScope } from '../platform/database.ts';
import type { Sealer } from '../platform/sealing/sealer.ts';
import { insertSampleAssessments } from './assessments/sample-data.ts';
import { insertSampleValidation } from './validation/sample-data.ts';

/** A request of the demo company: the sample rows refer to real ones, so that the links between the systems hold. */
export interface SampleRequest {
  /** 18-character Salesforce id. */
  readonly id: string;
  /** `PSR-00042`. */
  readonly number: string;
}

export interface SampleDataOptions {
  /** The sample rows become the rows of its tenant. */
  readonly scope: TenantScope;
  readonly requests: readonly SampleRequest[];
  readonly sealer: Sealer;
  /** Now, unless told: the newest run is of the hour before. */
  readonly now?: Date;
}

/** Thousands of rows, once; a busy machine may take a while over them. */
const DEADLINE_MS = 60_000;

/**
 * Fills an empty demo database: mentors, what they are assigned and have assessed, and validation runs of the last four weeks.
 * Equal requests give equal rows, but for the times, which are counted back from now. A tenant that has a mentor already is left alone,
 * also when two gateways start at once. Answers whether it inserted.
 */
export async function insertSampleData(database: Database, options: SampleDataOptions): Promise<boolean> {
  const { scope, requests, sealer } = options;
  const now = new Date(options.now ?? Date.now());
  // The hour before: nothing of the newest run lies in the future.
  now.setUTCHours(now.getUTCHours() - 1, 0, 0, 0);
  const inOrder = requests.toSorted((left, right) => (left.number < right.number ? -1 : 1));
  return database.inTenant(
    scope,
    async (db) => {
      await sql`select pg_advisory_xact_lock(hashtext(${`sample-data/${scope.tenant}`}))`.execute(db);
      const filled = await db.selectFrom('mentors').select('id').limit(1).executeTakeFirst();
      if (filled || inOrder.length === 0) return false;
      const numbers = inOrder.map(({ number }) => number);
      await insertSampleAssessments(db, scope.tenant, numbers, now, sealer);
      await insertSampleValidation(db, scope.tenant, inOrder, now);
      return true;
    },
    { deadlineMs: DEADLINE_MS },
  );
}
