/** Who asks, as far as answers depend on it. */
export interface Visibility {
  readonly tenant: string;
  /** All roles, the included ones too. */
  readonly roles: readonly string[];
  /** Everything that the gateway knows of the person and may answer with; `null` for somebody without credentials. */
  readonly person: { readonly id: string; readonly name: string | null; readonly email: string | null } | null;
  /** The session that the request came with. Only answers that are never kept may depend on it. */
  readonly sessionId?: string | null;
}

/** Part of a key: equal for those, and only for those, who may be given the same answer. `session`: of one session of a person. */
export function visibilityKey(
  { tenant, roles, person, sessionId = null }: Visibility,
  reach: 'shared' | 'person' | 'session',
): string {
  const shared = [tenant, [...roles].sort()];
  if (reach === 'shared') return JSON.stringify(['shared', ...shared]);
  const personal = [...shared, person && [person.id, person.name, person.email]];
  return JSON.stringify(reach === 'person' ? ['person', ...personal] : ['session', ...personal, sessionId]);
}
