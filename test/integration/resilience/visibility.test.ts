import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import type { GraphqlAnswer } from '../../support/send-operation.ts';
import { sized } from '../../support/test-size.ts';

/**
 * Canaries of three kinds in one gateway with all its caches: comments that only a tenant may see, names and addresses that only a person
 * may see, and fields that only a role may see. Whatever follows or overlaps what, no answer holds one of somebody else.
 */
const tenants = ['demo', 'north', 'south'] as const;
const people = ['ada', 'ben', 'cho'] as const;
const roles = ['viewer', 'analyst', 'operator'] as const;

interface Who {
  readonly tenant: (typeof tenants)[number];
  readonly person: (typeof people)[number];
  readonly role: (typeof roles)[number];
}

const documents = {
  assessments: '{ assessments(first: 20) { nodes { comment mentor { name } } } }',
  mentors: '{ mentors(first: 20) { nodes { name assessments(first: 3) { nodes { comment } } } } }',
  viewer: '{ viewer { id name email tenant roles } }',
  trend: '{ validationTrend(timeFrame: MONTH) { day failureRate } }',
  everything: `{
    viewer { name tenant }
    assessments(first: 5) { nodes { comment psRequest { number } } }
    validationTrend(timeFrame: MONTH) { day }
    jiraIssue(key: "PSD-1") { key }
  }`,
} as const;

const beganAtSeconds = Math.floor(Date.now() / 1_000);
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ responseCacheBytes: 16_000_000 });
  for (const tenant of tenants) {
    await gateway.database?.query(
      `with mentor as (insert into mentors (tenant, name, email) values ($1, $2, $3 || '@mentors.example') returning id)
       insert into assessments (tenant, mentor_id, ps_request_number, score, comment, assessed_at)
       select $1, id, 'PSR-00001', 3, $3, now() + interval '1 hour' from mentor`,
      [tenant, `mentor-${canary(tenant)}`, `comment-${canary(tenant)}`],
    );
  }
});
afterAll(() => gateway.close());

function canary(name: string): string {
  return `canary<${name}>`;
}

async function headersOf({ tenant, person, role }: Who): Promise<Record<string, string>> {
  const { identity } = gateway;
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const token = await identity.sign({
    iss: identity.issuer,
    aud: identity.audience,
    // The same person may be in several tenants, with several roles.
    sub: person,
    name: canary(person),
    email: `${person}@${tenant}.example`,
    tenant,
    roles: [role],
    // A later token that says less would put the others out of use.
    iat: beganAtSeconds - 60 + 20 * roles.indexOf(role),
    exp: nowSeconds + 600,
  });
  return { authorization: `Bearer ${token}` };
}

function expectOnlyItsOwn({ tenant, person, role }: Who, { data, errors, status }: GraphqlAnswer): void {
  const text = JSON.stringify([data, errors]);
  expect(status).toBe(200);
  for (const other of tenants) if (other !== tenant) expect(text).not.toContain(canary(other));
  for (const other of people) if (other !== person) expect(text).not.toContain(canary(other));
  if (data.viewer) expect(data.viewer).toMatchObject({ name: canary(person), tenant });
  if (data.viewer?.roles) expect(data.viewer.roles.at(-1)).toBe(role.toUpperCase());
  if (data.assessments) expect(text).toContain(`comment-${canary(tenant)}`);
  if ('validationTrend' in data) {
    if (role === 'viewer') {
      expect(data.validationTrend).toBeNull();
      expect(errors.map(({ extensions }) => extensions.code)).toContain('FORBIDDEN');
    } else expect(errors).toEqual([]);
  }
}

const anybody: fc.Arbitrary<Who> = fc.record({
  tenant: fc.constantFrom(...tenants),
  person: fc.constantFrom(...people),
  role: fc.constantFrom(...roles),
});
const request = fc.record({
  who: anybody,
  what: fc.constantFrom(...(Object.keys(documents) as (keyof typeof documents)[])),
  /** Sent at once with the one before. */
  overlaps: fc.boolean(),
});

test('no answer of one tenant, person or role reaches another, through all caches and however requests overlap', async () => {
  let kept = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 5, maxLength: 25 }), async (requests) => {
      let underWay: Promise<void>[] = [];
      for (const { who, what, overlaps } of requests) {
        if (!overlaps) {
          await Promise.all(underWay);
          underWay = [];
        }
        const headers = await headersOf(who);
        const answered = gateway.query(documents[what], {}, headers).then((answer) => {
          if (answer.headers.get('cache-status')?.includes('; hit')) kept += 1;
          expectOnlyItsOwn(who, answer);
        });
        underWay.push(answered);
      }
      await Promise.all(underWay);
    }),
    { numRuns: sized({ small: 40, full: 1_000 }), seed: 20_261_120 },
  );
  // Otherwise nothing was tried.
  expect(kept).toBeGreaterThan(100);
});
