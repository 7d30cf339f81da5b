import { GatewayError } from '../../platform/errors.ts';
import type { OidcSettings, RoleName } from '../../platform/settings.ts';
import { reservedIds, roleNamed, type ViewerModel, withIncludedRoles } from './viewer.ts';

/** Claims of a token whose signature, issuer, audience and times have been checked. */
export type Claims = Readonly<Record<string, unknown>>;

/** Tenants become keys of rows and caches, so they are held to characters that mean nothing to either. */
const tenantShape = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/;
const MAX_DISPLAY_LENGTH = 200;

/**
 * The caller that verified claims stand for. Throws FORBIDDEN for a token that is good but of no use here: without a tenant, without
 * any role of this graph, or with a subject that stands for nobody. Role names that the graph does not know are passed over.
 */
export function viewerFromClaims(claims: Claims, settings: OidcSettings): ViewerModel {
  const tenant = claimAt(claims, settings.tenantClaim);
  if (typeof tenant !== 'string' || !tenantShape.test(tenant)) {
    throw new GatewayError(
      'FORBIDDEN',
      `The bearer token names no tenant: its claim \`${settings.tenantClaim}\` is missing or unusable. Ask whoever runs the identity provider to add your tenant to the token.`,
    );
  }
  const roles = withIncludedRoles(rolesIn(claimAt(claims, settings.rolesClaim)));
  if (roles.length === 0) {
    throw new GatewayError(
      'FORBIDDEN',
      `The bearer token carries no role of this graph: its claim \`${settings.rolesClaim}\` holds none of viewer, analyst, operator, admin. Ask whoever runs the identity provider for one of them.`,
    );
  }
  const id = String(claims.sub);
  if (reservedIds.has(id)) {
    throw new GatewayError(
      'FORBIDDEN',
      `The bearer token's subject is \`${id}\`, which this graph calls those who have no token. Ask whoever runs the identity provider for another subject.`,
    );
  }
  const email = isSaid(claims.email_verified, false) ? null : displayText(claims.email);
  return {
    id,
    name: displayText(claims.name) ?? displayText(claims.preferred_username),
    email,
    ...(email !== null && isSaid(claims.email_verified, true) ? { hasVerifiedEmail: true } : {}),
    tenant,
    roles,
  };
}

/**
 * A claim by its name, or by a dotted path into nested claims (`realm_access.roles`). The whole name goes first, because names that
 * are URLs (`https://example.com/roles`) hold dots too. Only own properties count.
 */
function claimAt(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let value: unknown = claims;
  for (const step of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Claims)[step];
  }
  return value;
}

/** A list of names, or one text of names between spaces or commas, as providers differ. */
function rolesIn(claim: unknown): RoleName[] {
  const names = typeof claim === 'string' ? claim.split(/[\s,]+/) : Array.isArray(claim) ? claim : [];
  return names
    .map((name: unknown) => (typeof name === 'string' ? roleNamed(name) : null))
    .filter((role) => role !== null);
}

/** Some providers put booleans in quotes. */
function isSaid(claim: unknown, value: boolean): boolean {
  return claim === value || claim === String(value);
}

function displayText(claim: unknown): string | null {
  if (typeof claim !== 'string') return null;
  return claim.trim().slice(0, MAX_DISPLAY_LENGTH).toWellFormed() || null;
}
