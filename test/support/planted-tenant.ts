import type { TestDatabase } from './database.ts';

/** At least one row of a tenant in every table that has rows of tenants beside the audit log's own, with `text` in all that holds text. */
export async function plantTenant(database: TestDatabase, tenant: string, text: string): Promise<void> {
  const [mentor] = await database.query<{ id: string }>(
    `insert into mentors (tenant, name, email) values ($1, $2, $2 || '@example.com') returning id`,
    [tenant, text],
  );
  const [run] = await database.query<{ id: string }>(
    `insert into validation_runs (tenant, status, time_frame, rule_ids, started_by) values ($1, 'FAILED', 'DAY', '{}', $2) returning id`,
    [tenant, text],
  );
  const numbered: readonly (readonly [statement: string, number: string | undefined])[] = [
    [
      `insert into assessments (tenant, mentor_id, ps_request_number, score, comment) values ($1, $3, 'PSR-00001', 4, $2)`,
      mentor?.id,
    ],
    [
      `insert into mentor_assignments (tenant, mentor_id, ps_request_number) values ($1, $3, 'PSR-000' || length($2))`,
      mentor?.id,
    ],
    [
      `insert into validation_results (tenant, run_id, rule_id, status, message, record_id) values ($1, $3, 'planted', 'FAIL', $2, 'a0X000000000001AAA')`,
      run?.id,
    ],
  ];
  for (const [statement, number] of numbered) await database.query(statement, [tenant, text, number]);
  for (const statement of [
    `insert into validation_configurations (tenant, rule_id, updated_by) values ($1, 'planted', $2)`,
    `insert into audit_erasures (tenant, person, erased_at) values ($1, $2, now())`,
    `insert into audit_holds (tenant, reason, released_at) values ($1, $2, now())`,
    `insert into audit_names (tenant, name, resource_type, record) values ($1, $2, 'PsRequest', 'a0X')`,
    `insert into erasure_requests (tenant, id, status, reason, pseudonym, requested_by, completed_at, proof, proof_signature)
       values ($1, md5($2)::uuid, 'COMPLETED', $2, 'erased:0123456789abcdef', $2, now(), '{}', $2)`,
    `insert into erasure_steps (tenant, request_id, step) values ($1, md5($2)::uuid, 'sessions')`,
    `insert into idempotency_keys (tenant, viewer_id, operation, key, request_hash, response)
       values ($1, $2, 'submitAssessments', 'key', repeat('0', 64), json_build_array($2::text)::jsonb)`,
    `insert into known_roles (tenant, viewer_id, roles, token_issued_at) values ($1, $2, '{VIEWER}', '2026-01-01')`,
    `insert into operation_costs (tenant, hour, client, operation_name, document_hash, executions, durations, salesforce_calls,
       salesforce_billed_calls, jira_calls, jira_billed_calls, postgres_calls, postgres_statements, cache_hits, cache_misses, cache_stale, cache_coalesced)
       values ($1, date_trunc('hour', now()), $2, 'Planted', repeat('0', 64), 1, '{1}', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)`,
    `insert into person_exports (tenant, actor) values ($1, encode(sha256(convert_to($2, 'UTF8')), 'hex'))`,
    `insert into preferences (tenant, viewer_id, preferences, version) values ($1, $2, json_build_object('note', $2::text)::jsonb, 1)`,
    `insert into upstream_writes (tenant, id, operation, source, resource_type, resource_id, state, intent, details, request_id, conclusive_at, lease_until, resolved_at)
       values ($1, md5($2)::uuid, 'updatePsRequest', 'SALESFORCE', 'PsRequest', 'a0X', 'DONE', json_build_object('text', $2::text)::jsonb, '{}', 'r', now(), now(), now())`,
    `insert into user_sessions (tenant, viewer_id, name, roles, token_hash, token_issued_at, expires_at)
       values ($1, $2, $2, '{VIEWER}', sha256(convert_to($2, 'UTF8')), now(), now() + interval '1 day')`,
  ])
    await database.query(statement, [tenant, text]);
}
