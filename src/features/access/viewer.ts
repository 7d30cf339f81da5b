import type { RoleName } from '../../platform/settings.ts';

/** Who is asking. Made once per request from its credentials; parent of the GraphQL type `Viewer`. */
export interface ViewerModel {
  /** The token's subject; `anonymous` without credentials. Not a global id: a viewer is no node. */
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  /** Whether the issuer vouches for the address (`email_verified`). Without that anybody may have set it, and it tells nothing of whose data is whose. */
  readonly hasVerifiedEmail?: boolean;
  readonly tenant: string;
  /** True without credentials. */
  readonly isAnonymous?: boolean;
  /** Every role of the caller, the included ones too, lowest first; never empty. */
  readonly roles: readonly RoleName[];
}

/** From least to most; each role includes the ones before it. */
const roleOrder: readonly RoleName[] = ['VIEWER', 'ANALYST', 'OPERATOR', 'ADMIN'];

/** The role that everyone who is let in has at least. */
export const leastRole: RoleName = 'VIEWER';

/** The given roles and all that they include, lowest first; [] for none. */
export function withIncludedRoles(roles: readonly RoleName[]): readonly RoleName[] {
  const highest = Math.max(-1, ...roles.map((role) => roleOrder.indexOf(role)));
  return roleOrder.slice(0, highest + 1);
}

/** The role of that name in any case; null for a name that is not a role. */
export function roleNamed(name: string): RoleName | null {
  const upper = name.toUpperCase();
  return roleOrder.find((role) => role === upper) ?? null;
}

/** Tenant of requests without credentials: the one that the sample data belongs to. */
export const ANONYMOUS_TENANT = 'demo';

const ANONYMOUS_ID = 'anonymous';
/** Ids of callers that no token stands for. No token may have one of them as its subject. */
export const reservedIds: ReadonlySet<string> = new Set([ANONYMOUS_ID, 'gateway-warming']);

/** The caller of a request without credentials, where the settings allow one. */
export function anonymousViewer(role: RoleName): ViewerModel {
  const roles = withIncludedRoles([role]);
  return { id: ANONYMOUS_ID, name: null, email: null, tenant: ANONYMOUS_TENANT, isAnonymous: true, roles };
}
