import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InvalidationLedger } from '../../../src/cache/invalidation-ledger.ts';
import { type ViewerModel, withIncludedRoles } from '../../../src/features/access/viewer.ts';
import { GatewayError } from '../../../src/platform/errors.ts';
import type { RoleName } from '../../../src/platform/settings.ts';
import { type SmallGateway, startSmallGateway } from '../../support/small-gateway.ts';

/**
 * Every value that a resolver gives is a canary: it names whose eyes it is for. Whatever an answer holds must be for whoever got it,
 * however requests of tenants, people and roles follow each other, overlap, or change.
 */
const sdl = `
  enum CacheControlScope { PUBLIC PRIVATE }
  enum Role { VIEWER ANALYST OPERATOR ADMIN }
  directive @cacheControl(maxAge: Int, scope: CacheControlScope, inheritMaxAge: Boolean) on FIELD_DEFINITION | OBJECT
  directive @requiresRole(role: Role!) on FIELD_DEFINITION | OBJECT
  interface Node { id: ID! }
  type Shared implements Node @cacheControl(maxAge: 60) { id: ID! canary: String secret: String @requiresRole(role: ANALYST) }
  type Mine @cacheControl(maxAge: 60, scope: PRIVATE) { canary: String }
  type Unruled { canary: String }
  type Query { shared(id: ID): Shared mine: Mine unruled: Unruled }
`;

type Who = Pick<ViewerModel, 'id' | 'name' | 'tenant' | 'roles'>;
interface Resolving {
  readonly viewer: ViewerModel;
}

const canaryOf = {
  tenantAndRoles: ({ tenant, roles }: Who): string => `for:${tenant}:${roles.join('+')};`,
  person: ({ id, name, tenant, roles }: Who): string => `only:${id}/${name}:${tenant}:${roles.join('+')};`,
};

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));
let gateway: SmallGateway;
const ledger = new InvalidationLedger();

beforeAll(async () => {
  gateway = await startSmallGateway({
    sdl,
    ledger,
    responseCacheBytes: 1_000_000,
    viewerOf: ({ authorization }) => {
      if (!authorization) return { ...decode('visitor,,t0,VIEWER'), email: null };
      return { ...decode(authorization.slice('Bearer '.length)), email: null };
    },
    resolvers: {
      Query: {
        shared: async (_parent: unknown, { id }: { id: string }, { viewer }: Resolving) => {
          await pause();
          const secret = viewer.roles.includes('ANALYST')
            ? `secret-${canaryOf.tenantAndRoles(viewer)}`
            : new GatewayError('FORBIDDEN', 'No.');
          return {
            __typename: 'Shared',
            id: Buffer.from(`Shared:${id}`).toString('base64url'),
            canary: canaryOf.tenantAndRoles(viewer),
            secret,
          };
        },
        mine: async (_parent: unknown, _args: unknown, { viewer }: Resolving) => {
          await pause();
          return { canary: canaryOf.person(viewer) };
        },
        unruled: async (_parent: unknown, _args: unknown, { viewer }: Resolving) => {
          await pause();
          return { canary: canaryOf.person(viewer) };
        },
      },
    },
  });
});
afterAll(async () => {
  await gateway.close();
});

const encode = ({ id, name, tenant, roles }: Who): string => [id, name ?? '', tenant, roles.at(-1)].join(',');

function decode(token: string): Who {
  const [id = '', name = '', tenant = '', role = 'VIEWER'] = token.split(',');
  return { id, name: name || null, tenant, roles: withIncludedRoles([role as RoleName]) };
}

const queries = {
  shared: '{ shared(id: "1") { id canary } }',
  secret: '{ shared(id: "1") { id canary secret } }',
  mine: '{ mine { canary } }',
  mixed: '{ shared(id: "2") { id canary } mine { canary } }',
  unruled: '{ unruled { canary } }',
} as const;

/** Few of each, so that the same ones meet often. Names differ where ids do not: a token may say another name tomorrow. */
const who = fc.record({
  id: fc.constantFrom('anna', 'ben'),
  name: fc.constantFrom('One', 'Two'),
  tenant: fc.constantFrom('t0', 't1'),
  roles: fc.constantFrom<RoleName>('VIEWER', 'ANALYST', 'ADMIN').map((role) => withIncludedRoles([role])),
});
const step = fc.oneof(
  {
    weight: 25,
    arbitrary: fc.record({
      who: fc.option(who, { freq: 6 }),
      query: fc.constantFrom(...Object.values(queries)),
      together: fc.boolean(),
      control: fc.constantFrom('', '', '', 'no-cache', 'no-store'),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom('Shared:1', 'Mine', 'answers:t0') },
);

test('no answer reaches anybody but those whom it is for, over tenants, people, roles, changes and shared executions', async () => {
  let hits = 0;
  let collapsed = 0;
  const check = async (asked: Who | null, query: string, control: string): Promise<void> => {
    const response = await fetch(`${gateway.http.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(asked ? { authorization: `Bearer ${encode(asked)}` } : {}),
        ...(control ? { 'cache-control': control } : {}),
      },
      body: JSON.stringify({ query }),
    });
    const text = await response.text();
    const viewer = asked ?? decode('visitor,,t0,VIEWER');
    const found = text.match(/(?:for|only):[^;]*;/g) ?? [];
    const allowed = [canaryOf.tenantAndRoles(viewer), canaryOf.person(viewer)];
    for (const canary of found) expect(allowed).toContain(canary);
    expect(found.length).toBeGreaterThan(0);
    expect(text.includes('secret-')).toBe(query === queries.secret && viewer.roles.includes('ANALYST'));
    const status = response.headers.get('cache-status') ?? '';
    if (status.includes('hit')) hits += 1;
    if (status.includes('collapsed')) collapsed += 1;
    const control_ = response.headers.get('cache-control') ?? '';
    if (asked || query !== queries.shared) expect(control_).not.toContain('public');
  };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 80 }), async (steps) => {
      let underWay: Promise<void>[] = [];
      for (const one of steps) {
        if (typeof one === 'string') {
          ledger.applyOwn([one]);
          continue;
        }
        underWay.push(check(one.who, one.query, one.control));
        if (one.together) continue;
        await Promise.all(underWay);
        underWay = [];
      }
      await Promise.all(underWay);
    }),
    { numRuns: 60 },
  );
  // It would hold as well for a cache that never serves anything.
  expect(hits).toBeGreaterThan(50);
  expect(collapsed).toBeGreaterThan(5);
});
