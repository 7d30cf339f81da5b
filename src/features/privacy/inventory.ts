/** What a column says of people. */
export type ColumnRule =
  /** Nothing: no text of a person, and nothing that identifies one. */
  | 'none'
  | {
      /** Whose data it is, and what. */
      readonly holds: string;
      /** How it is kept: as it is, sealed, or as a keyed hash. */
      readonly kept: 'plain' | 'sealed' | 'hashed';
      /**
       * What happens when the person is erased. `pseudonym`: the row stays, the value is replaced. `row`: the row of this person goes. A step's name: code
       * of that name. `time`: it goes by itself, within an hour. `never`: it is what proves and upholds erasures, and names nobody.
       */
      readonly erasedBy: 'pseudonym' | 'row' | StepName | 'time' | 'never';
      /** Whether `exportPerson` shows it; else why not. */
      readonly exported: true | string;
    };

/** Steps with code of their own. */
export type StepName = 'mentors' | 'comments' | 'kept answers' | 'audit' | 'records' | 'requests' | 'changes under way';

const rowKey = (holds: string): ColumnRule => ({ holds, kept: 'plain', erasedBy: 'row', exported: true });
const sealedInRow = (holds: string): ColumnRule => ({ holds, kept: 'sealed', erasedBy: 'row', exported: true });
const pseudonymised = (holds: string): ColumnRule => ({ holds, kept: 'plain', erasedBy: 'pseudonym', exported: true });
const ofAudit = (holds: string, kept: 'sealed' | 'hashed', exported: true | string): ColumnRule => ({
  holds,
  kept,
  erasedBy: 'audit',
  exported,
});
const none = (...columns: readonly string[]): Record<string, ColumnRule> =>
  Object.fromEntries(columns.map((column) => [column, 'none']));

const ROW_ANSWER: ColumnRule = {
  holds: 'what the caller was answered',
  kept: 'plain',
  erasedBy: 'row',
  exported: 'It repeats rows that are exported where they stand.',
};
const ONE_OF_MANY = 'It belongs to the records of a source, which is where a person asks for them.';

/**
 * Every column of every table. A test holds it against the migrated database: a new column without a line here fails the build, and a line that
 * names a step that does not exist does too.
 */
export const inventory: Readonly<Record<string, Readonly<Record<string, ColumnRule>>>> = {
  api_cache: {
    ...none('source', 'as_of', 'created_at', 'expires_at', 'stale_until', 'hits'),
    key: {
      holds: 'what was searched for, or a record’s id',
      kept: 'plain',
      erasedBy: 'records',
      exported: ONE_OF_MANY,
    },
    payload: { holds: 'records of sources', kept: 'plain', erasedBy: 'records', exported: ONE_OF_MANY },
    tags: { holds: 'ids of records', kept: 'plain', erasedBy: 'records', exported: ONE_OF_MANY },
  },
  assessments: {
    ...none(
      'tenant',
      'id',
      'mentor_id',
      'ps_request_number',
      'score',
      'assessed_at',
      'version',
      'created_at',
      'updated_at',
    ),
    comment: {
      holds: 'what was written about work, people in it',
      kept: 'sealed',
      erasedBy: 'comments',
      exported: true,
    },
  },
  audit_checkpoints: none('tenant', 'sequence', 'hash', 'created_at', 'removed', 'key', 'signature'),
  audit_erasures: {
    ...none('tenant', 'erased_at'),
    person: { holds: 'whom entries must not name again', kept: 'hashed', erasedBy: 'never', exported: 'It is a hash.' },
  },
  audit_heads: none('tenant', 'sequence', 'hash', 'created_at'),
  audit_holds: none('tenant', 'id', 'reason', 'placed_at', 'released_at'),
  audit_identities: {
    ...none('tenant', 'kind', 'created_at'),
    pseudonym: ofAudit(
      'the person, their addresses, user agents, clients and sessions',
      'hashed',
      'Its value is exported.',
    ),
    owner: ofAudit('the person', 'hashed', 'It is a hash.'),
    value: ofAudit('subject, name, addresses, user agents, clients, sessions', 'sealed', true),
  },
  audit_journals: none('tenant', 'journal', 'shipped', 'updated_at', 'first_sequence', 'last_sequence'),
  audit_logs: {
    ...none('tenant', 'sequence', 'id', 'actions', 'resource_type', 'resource_id', 'outcome', 'request_id'),
    ...none('occurred_at', 'created_at', 'details', 'commitment', 'hash', 'actor_erased_by', 'actor_promise'),
    ...none('salt', 'subject_salt', 'subject_erased_by', 'subject_promise'),
    client: ofAudit('what the client calls itself', 'hashed', 'Its value is exported with the identities.'),
    actor: ofAudit('who acted', 'hashed', true),
    address: ofAudit('from where', 'hashed', 'Its value is exported with the identities.'),
    user_agent: ofAudit('with what', 'hashed', 'Its value is exported with the identities.'),
    session: ofAudit('in which session', 'hashed', 'Its value is exported with the identities.'),
    subject: ofAudit('to whom it was done', 'hashed', true),
    personal: ofAudit('details that identify people', 'sealed', true),
  },
  audit_names: none('tenant', 'name', 'resource_type', 'record'),
  cache_invalidations: {
    ...none('id', 'tag', 'invalidated_at'),
    changes: { holds: 'what changed records are listed by', kept: 'plain', erasedBy: 'records', exported: ONE_OF_MANY },
  },
  ended_sessions: none('token_hash', 'ended_at'),
  erasure_ledger: {
    ...none('sequence', 'kind', 'words', 'request_id', 'erased_at', 'of_tenant'),
    hash: { holds: 'whom nothing may name again', kept: 'hashed', erasedBy: 'never', exported: 'It is a hash.' },
  },
  erasure_requests: {
    ...none(
      'tenant',
      'id',
      'status',
      'replayed',
      'requested_at',
      'completed_at',
      'problem',
      'proof',
      'proof_signature',
    ),
    ...none('claimed_by', 'claimed_until', 'not_before', 'pseudonym'),
    subject: {
      holds: 'who is being erased',
      kept: 'sealed',
      erasedBy: 'requests',
      exported: 'It is gone when the request is done.',
    },
    reason: { holds: 'why, without the person', kept: 'sealed', erasedBy: 'never', exported: 'It names nobody.' },
    requested_by: pseudonymised('the administrator'),
  },
  erasure_steps: none('tenant', 'request_id', 'step', 'rows', 'runs', 'round', 'done_at', 'last_rows', 'is_open'),
  idempotency_keys: {
    ...none('tenant', 'operation', 'created_at', 'last_used_at', 'claim_id', 'claimed_until'),
    viewer_id: rowKey('who sent it'),
    key: { ...ROW_ANSWER, holds: 'the client’s own key', exported: true },
    request_hash: { ...ROW_ANSWER, holds: 'what was sent', kept: 'hashed' },
    response: ROW_ANSWER,
  },
  known_roles: {
    ...none('tenant', 'roles', 'token_issued_at'),
    viewer_id: rowKey('whose roles they are'),
  },
  mentor_assignments: none('tenant', 'mentor_id', 'ps_request_number', 'assigned_at'),
  mentors: {
    ...none('tenant', 'id', 'active', 'created_at', 'updated_at'),
    name: { holds: 'the mentor', kept: 'plain', erasedBy: 'mentors', exported: true },
    email: { holds: 'the mentor', kept: 'sealed', erasedBy: 'mentors', exported: true },
    email_index: { holds: 'the mentor', kept: 'hashed', erasedBy: 'mentors', exported: 'It is a hash.' },
  },
  operation_costs: {
    ...none('tenant', 'hour', 'operation_name', 'document_hash', 'executions', 'durations'),
    ...none('salesforce_calls', 'salesforce_billed_calls', 'jira_calls', 'jira_billed_calls', 'postgres_calls'),
    ...none('postgres_statements', 'cache_hits', 'cache_misses', 'cache_stale', 'cache_coalesced'),
    ...none('whole_answers', 'whole_answer_durations'),
    client: {
      ...(pseudonymised('who is charged: a person by a hash, or what the client calls itself') as object),
      kept: 'hashed',
    } as ColumnRule,
  },
  person_exports: {
    ...none('tenant', 'id', 'exported_at'),
    actor: { holds: 'who has exported lately', kept: 'hashed', erasedBy: 'time', exported: 'It is a hash.' },
  },
  preferences: {
    ...none('tenant', 'version', 'created_at', 'updated_at'),
    viewer_id: rowKey('whose they are'),
    preferences: rowKey('what the person has set'),
  },
  sync_cursors: none(
    ...['source', 'high_water', 'recent', 'types', 'covered_since', 'confirmed_until', 'invalidation_id', 'polled_at'],
    ...['claimed_by', 'claimed_until', 'last_read_at'],
  ),
  upstream_quotas: none('allowance', 'instance', 'known', 'written_at'),
  upstream_writes: {
    ...none('tenant', 'id', 'operation', 'source', 'resource_type', 'resource_id', 'state', 'intent', 'details'),
    ...none('based_on', 'result', 'request_id', 'sent_at', 'conclusive_at', 'lease_until', 'resolved_at'),
    actor: {
      holds: 'who asked for a change, until its audit entry is written: seconds',
      kept: 'sealed',
      erasedBy: 'changes under way',
      exported: 'It goes into the audit log, and is exported there.',
    },
  },
  user_sessions: {
    ...none('tenant', 'id', 'roles', 'token_issued_at', 'created_at', 'last_accessed_at', 'expires_at'),
    ...none('email_verified'),
    viewer_id: rowKey('whose it is'),
    name: sealedInRow('whose it is'),
    email: sealedInRow('whose it is'),
    user_agent: sealedInRow('what the person works with'),
    token_hash: {
      holds: 'what proves the session',
      kept: 'hashed',
      erasedBy: 'row',
      exported: 'It is a hash of a secret.',
    },
  },
  validation_configurations: {
    ...none('tenant', 'rule_id', 'enabled', 'config', 'version', 'created_at', 'updated_at'),
    updated_by: pseudonymised('who changed the rule'),
  },
  validation_results: none(
    ...['tenant', 'id', 'run_id', 'rule_id', 'status', 'message', 'details', 'record_id', 'record_name', 'executed_at'],
  ),
  validation_runs: {
    ...none('tenant', 'id', 'status', 'time_frame', 'rule_ids', 'total_records', 'valid_records', 'invalid_records'),
    ...none('processed_records', 'started_at', 'completed_at', 'updated_at'),
    started_by: pseudonymised('who started the run'),
  },
  webhook_deliveries: none('source', 'delivery', 'received_at'),
};

/** Columns with the subject of a person, by what an erasure does to them. Of `row`, the one that tells whose row it is: the first of its table. */
export function columnsErasedBy(
  how: 'pseudonym' | 'row',
): readonly { readonly table: string; readonly column: string }[] {
  return Object.entries(inventory).flatMap(([table, columns]) => {
    const found = Object.entries(columns).filter(([, rule]) => rule !== 'none' && rule.erasedBy === how);
    return (how === 'row' ? found.slice(0, 1) : found).map(([column]) => ({ table, column }));
  });
}
