import { testPseudonyms } from './audit.ts';
import type { TestDatabase } from './database.ts';

/** An entry of the audit log, as a test looks at it. */
export interface AuditRow {
  readonly tenant: string;
  readonly sequence: number;
  readonly actions: readonly string[];
  readonly resourceType: string | null;
  readonly resourceId: string | null;
  readonly outcome: string;
  readonly requestId: string | null;
  readonly client: string | null;
  readonly details: Readonly<Record<string, unknown>> | null;
  readonly actor: string | null;
  readonly address: string | null;
}

export async function auditRows(database: Pick<TestDatabase, 'query'>): Promise<AuditRow[]> {
  return await database.query<AuditRow>(
    `select tenant, sequence::int, actions, resource_type as "resourceType", resource_id as "resourceId", outcome,
       request_id as "requestId", client, details, actor, address from audit_logs order by tenant, sequence`,
  );
}

/** The entries of one request, once there are so many, or after three seconds as many as there are. */
export async function entriesOf(
  database: Pick<TestDatabase, 'query'>,
  requestId: string,
  atLeast = 1,
): Promise<AuditRow[]> {
  const deadline = performance.now() + 3_000;
  for (;;) {
    const rows = (await auditRows(database)).filter((row) => row.requestId === testPseudonyms.ofRequest(requestId));
    if (rows.length >= atLeast || performance.now() > deadline) return rows;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
