import { describe, expect, test } from 'vitest';
import { viewerFromClaims } from '../../../../src/features/access/claims.ts';

const settings = {
  issuer: 'https://issuer.example',
  audience: 'graph',
  rolesClaim: 'roles',
  tenantClaim: 'tenant',
  maxTokenAgeSeconds: 86_400,
};
const claims = { sub: 'u-1', tenant: 'acme', roles: ['analyst'] };

function failureOf(run: () => unknown): { code: unknown; message: string } {
  try {
    run();
  } catch (error) {
    return error as { code: unknown; message: string };
  }
  throw new Error('Nothing was thrown.');
}

describe('roles', () => {
  test('each role includes the lower ones, lowest first', () => {
    const rolesOf = (role: string) => viewerFromClaims({ ...claims, roles: [role] }, settings).roles;
    expect(rolesOf('viewer')).toEqual(['VIEWER']);
    expect(rolesOf('analyst')).toEqual(['VIEWER', 'ANALYST']);
    expect(rolesOf('operator')).toEqual(['VIEWER', 'ANALYST', 'OPERATOR']);
    expect(rolesOf('admin')).toEqual(['VIEWER', 'ANALYST', 'OPERATOR', 'ADMIN']);
  });

  test('names are taken in any case, and unknown ones are passed over', () => {
    const roles = ['Superuser', 'OPERATOR', 'offline_access', 7, null, { role: 'admin' }];
    expect(viewerFromClaims({ ...claims, roles }, settings).roles).toEqual(['VIEWER', 'ANALYST', 'OPERATOR']);
  });

  test.each(['viewer analyst', 'viewer,analyst', ' analyst '])('one text of names is read as a list: "%s"', (roles) => {
    expect(viewerFromClaims({ ...claims, roles }, settings).roles).toEqual(['VIEWER', 'ANALYST']);
  });

  test.each([[[]], [['superuser']], [undefined], [{ admin: true }], ['toString']])(
    'a token without a role of this graph is refused: %j',
    (roles) => {
      const failure = failureOf(() => viewerFromClaims({ ...claims, roles }, settings));
      expect(failure.code).toBe('FORBIDDEN');
      expect(failure.message).toContain('`roles`');
    },
  );

  test('the claim may be nested, or a URL with dots', () => {
    const nested = { sub: 'u-1', tenant: 'acme', realm_access: { roles: ['viewer'] } };
    expect(viewerFromClaims(nested, { ...settings, rolesClaim: 'realm_access.roles' }).roles).toEqual(['VIEWER']);
    const named = { sub: 'u-1', tenant: 'acme', 'https://acme.example/roles': ['viewer'] };
    expect(viewerFromClaims(named, { ...settings, rolesClaim: 'https://acme.example/roles' }).roles).toEqual([
      'VIEWER',
    ]);
  });

  test('inherited properties are no claims', () => {
    const failure = failureOf(() => viewerFromClaims(claims, { ...settings, tenantClaim: 'constructor.name' }));
    expect(failure.code).toBe('FORBIDDEN');
  });
});

describe('tenant', () => {
  test.each([undefined, '', ' ', 7, ['acme'], 'a b', "a'; drop table x", 'a\nb', 'a'.repeat(101), '-a'])(
    'a token without a usable tenant is refused: %j',
    (tenant) => {
      const failure = failureOf(() => viewerFromClaims({ ...claims, tenant }, settings));
      expect(failure.code).toBe('FORBIDDEN');
      expect(failure.message).toContain('`tenant`');
      if (typeof tenant === 'string' && tenant.length > 2) expect(failure.message).not.toContain(tenant);
    },
  );
});

describe('person', () => {
  test('name and e-mail come from the standard claims', () => {
    const viewer = viewerFromClaims({ ...claims, name: ' Ines Albrecht ', email: 'ines@acme.example' }, settings);
    expect(viewer).toEqual({
      id: 'u-1',
      name: 'Ines Albrecht',
      email: 'ines@acme.example',
      tenant: 'acme',
      roles: ['VIEWER', 'ANALYST'],
    });
  });

  test.each(['anonymous', 'gateway-warming'])('nobody can be called %s, which stands for nobody', (sub) => {
    expect(() => viewerFromClaims({ ...claims, sub }, settings)).toThrow(/another subject/);
  });

  test('without a name the user name stands in; what is no text is null', () => {
    expect(viewerFromClaims({ ...claims, preferred_username: 'ines' }, settings).name).toBe('ines');
    expect(viewerFromClaims({ ...claims, name: 7, email: {} }, settings)).toMatchObject({ name: null, email: null });
  });

  test.each([false, 'false'])('an address that the issuer calls unverified (%j) is none', (email_verified) => {
    const viewer = viewerFromClaims({ ...claims, email: 'ines@acme.example', email_verified }, settings);
    expect(viewer).toMatchObject({ email: null });
    expect(viewer.hasVerifiedEmail).toBeUndefined();
  });

  test.each([
    [true, true],
    ['true', true],
    [undefined, undefined],
    ['yes', undefined],
  ])('an address counts as verified only where the issuer says so: %j', (email_verified, expected) => {
    const viewer = viewerFromClaims({ ...claims, email: 'ines@acme.example', email_verified }, settings);
    expect(viewer).toMatchObject({ email: 'ines@acme.example' });
    expect(viewer.hasVerifiedEmail).toBe(expected);
    expect(viewerFromClaims({ ...claims, email_verified }, settings).hasVerifiedEmail).toBeUndefined();
  });

  test('a long name is cut without leaving half a character', () => {
    const name = viewerFromClaims({ ...claims, name: `${'a'.repeat(199)}🙂` }, settings).name;
    expect(name?.isWellFormed()).toBe(true);
    expect(name).toHaveLength(200);
  });
});
