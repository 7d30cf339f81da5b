/** Who asks, as far as answers depend on it. */
export interface Visibility {
  readonly tenant: string;
  /** All roles, the included ones too. */
  readonly roles: readonly string[];
  /** Everything that the gateway knows of the person and may answer with; `null` for somebody without credentials. */
  readonly person: { readonly id: string; readonly name: string | null; readonly email: string | null } | null;
}

/** Part of a key: equal for those, and only for those, who may be given the same answer. */
export function visibilityKey({ tenant, roles, person }: Visibility, isPersonal: boolean): string {
  const shared = [tenant, [...roles].sort()];
  if (!isPersonal) return JSON.stringify(['shared', ...shared]);
  return JSON.stringify(['person', ...shared, person && [person.id, person.name, person.email]]);
}
