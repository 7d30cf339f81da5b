import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  graphql,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NO_ORIGIN } from '../../../src/features/access/caller.ts';
import { anonymousViewer } from '../../../src/features/access/viewer.ts';
import { RequestAuditTrail } from '../../../src/features/audit/request-audit.ts';
import { privacyResolvers } from '../../../src/features/privacy/resolvers.ts';
import { cacheAdministrationResolvers } from '../../../src/gateway/cache-administration.ts';
import { createMetrics } from '../../../src/gateway/metrics.ts';
import { createRequestContext } from '../../../src/gateway/request-context.ts';
import { openRequestScope } from '../../../src/gateway/request-scope.ts';
import { resolverMaps } from '../../../src/gateway/resolvers.ts';
import { buildSchema, readSchemaDocuments } from '../../../src/gateway/schema.ts';
import { openSlices, type Slices } from '../../../src/gateway/slices.ts';
import { startUpstreams, type Upstreams } from '../../../src/gateway/stand-ins.ts';
import { StatusBoard } from '../../../src/gateway/status/status-board.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { loadConfig } from '../../../src/platform/config.ts';
import { parseGlobalId } from '../../../src/platform/global-id.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { testActor, testPseudonyms } from '../../support/audit.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { testSealer } from '../../support/keys.ts';
import { noUpstream } from '../../support/no-upstream.ts';

const log = createLogger('silent');
const dataDirectory = mkdtempSync(join(tmpdir(), 'served-fields-'));
let database: TestDatabase;
let upstreams: Upstreams;
let slices: Slices;
let board: StatusBoard;
beforeAll(async () => {
  database = await createTestDatabase();
  const config = loadConfig({ DATABASE_URL: database.url, DATA_DIRECTORY: dataDirectory });
  upstreams = await startUpstreams(config);
  slices = await openSlices({
    config,
    upstreams,
    sealer: testSealer,
    pseudonyms: testPseudonyms,
    log,
    clock: systemClock,
    metrics: createMetrics(() => []),
  });
  board = new StatusBoard({
    ...slices.state,
    // One of each field has to be there, so there is something wrong.
    pools: () => [{ name: 'oltp', max: 1, size: 1, idle: 0, waiting: 3, exhaustedMs: 0 }],
    caches: () => ({ records: slices.caches.records.stats(), answers: null }),
    keptAnswers: () => 0,
    version: '0.0.0',
    clock: systemClock,
    log,
  });
});
afterAll(async () => {
  board.close();
  await slices.close();
  await upstreams.close();
  await database.drop();
  rmSync(dataDirectory, { recursive: true });
});

/** Fields that no resolver serves, and which of them were found as properties of their parents. */
function watchPlainFields(schema: GraphQLSchema): { readonly plain: Set<string>; readonly served: Set<string> } {
  const plain = new Set<string>();
  const served = new Set<string>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('_')) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.resolve || field.name.startsWith('_')) continue;
      const name = `${type.name}.${field.name}`;
      plain.add(name);
      field.resolve = (parent: object, args, context, info) => {
        if (parent && field.name in parent) served.add(name);
        return defaultFieldResolver(parent, args, context, info);
      };
    }
  }
  return { plain, served };
}

/** Everything below a type, `depth` levels deep. Each field has an alias of its own, so that no two types can clash in a union. */
function selectAll(schema: GraphQLSchema, type: GraphQLNamedType, depth: number): string {
  if (!isObjectType(type)) {
    if (!isCompositeType(type)) return '';
    const concrete = isInterfaceType(type) ? schema.getPossibleTypes(type) : type.getTypes();
    return `{ __typename ${concrete.map((one) => `... on ${one.name} ${selectAll(schema, one, depth)}`).join(' ')} }`;
  }
  const fields = Object.values(type.getFields()).map((field) => selectField(schema, type, field, depth));
  return `{ __typename ${fields.join(' ')} }`;
}

function selectField(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
  depth: number,
): string {
  if (field.args.some(isRequiredArgument)) return '';
  const to = getNamedType(field.type);
  if (isCompositeType(to) && depth === 0) return '';
  const args = field.args.some(({ name }) => name === 'first') ? '(first: 3)' : '';
  return `${type.name}_${field.name}: ${field.name}${args} ${selectAll(schema, to, depth - 1)}`;
}

const roots = [
  'psRequest(id: "PSR-00042")',
  'psRequests(first: 20)',
  'accounts(first: 2)',
  'jiraIssues(first: 20)',
  'mentors(first: 5)',
  'assessments(first: 2)',
  'validationRuns(first: 2)',
  'validationRules',
  'validationTrend(timeFrame: YEAR)',
  'jiraProject(key: "PSD")',
  'viewer',
  'gatewayStatus',
  'auditLog(first: 5)',
  'activityReport(timeFrame: DAY)',
];

test('every field is served by a resolver, an edge or a property of its parent', async () => {
  const schema = buildSchema(readSchemaDocuments(), [
    ...resolverMaps(true),
    cacheAdministrationResolvers(slices.caches.records),
    privacyResolvers(slices.privacy),
  ]);
  const { plain, served } = watchPlainFields(schema);
  let sessionId: string | null = null;
  const run = async (source: string): Promise<Record<string, never>> => {
    const scope = openRequestScope('served-fields', 'demo', new AbortController().signal, log);
    const caller = {
      viewer: { ...anonymousViewer('ADMIN'), id: 'admin', isAnonymous: false },
      credential: 'bearer',
      sessionId,
      origin: NO_ORIGIN,
      bearer: { issuedAtMs: Date.now(), sessionToken: null },
    } as const;
    const contextValue = createRequestContext(scope, caller, slices.createLoaders(scope, caller.viewer), {
      gatewayStatus: () => board.status(),
      afterWrite: async () => undefined,
      upstream: noUpstream,
      audit: new RequestAuditTrail(testActor(caller.viewer.tenant)),
    });
    const result = await graphql({ schema, source, contextValue });
    expect(result.errors?.map(({ message, path }) => `${path?.join('.')}: ${message}`) ?? []).toEqual([]);
    return result.data as Record<string, never>;
  };
  const { createSession } = (await run('mutation { createSession { token session { id } } }')) as {
    createSession?: { session: { id: string } };
  };
  await run('mutation { createSession { token } }');
  const queryFields = schema.getQueryType()?.getFields() ?? {};
  for (const root of roots) {
    const type = getNamedType(queryFields[root.split('(')[0] ?? '']?.type);
    if (!type) throw new Error(`There is no root field ${root}.`);
    // A run's results are one level deeper than everything else.
    await run(`{ ${root} ${selectAll(schema, type, root.startsWith('validationRuns') ? 4 : 3)} }`);
  }
  const mentors = (await run('{ mentors(first: 1) { nodes { id } } }')) as { mentors?: { nodes: { id: string }[] } };
  const mentorId = mentors.mentors?.nodes[0]?.id ?? '';
  await run(`mutation { submitAssessments(input: { assessments: [
    { mentorId: "${mentorId}", psRequestNumber: "PSR-00042", score: 4 }
  ] }) { created updated assessments { id } } }`);
  await run('mutation { invalidateCache(input: { source: JIRA }) { invalidated } }');
  const { id = '' } = createSession?.session ?? {};
  await run(`mutation { revokeSession(input: { id: "${id}" }) { viewer { sessions { id } } } }`);
  await run('mutation { updatePreferences(input: { patch: { theme: "dark" }, version: 0 }) { viewer { id } } }');
  sessionId = parseGlobalId(id)?.nativeId ?? null;
  const ERASURE = `requestId status requestedAt completedAt problem erased { store count } proof proofSignature proofIsValid`;
  const { erasePerson } =
    (await run(`mutation { erasePerson(input: { userIdentifier: "nobody", evenIfUnknown: true, reason: "a test" }) {
    requestId sessionsDeleted auditEntriesPseudonymised erasure { ${ERASURE} }
  } }`)) as { erasePerson?: { requestId: string } };
  await run(`{ erasure(requestId: "${erasePerson?.requestId}") { ${ERASURE} } }`);
  await run('mutation { exportPerson { data rows exportedAt } }');
  await run('mutation { signOut { signedOut } }');
  await run('mutation { revokeAllSessions { revoked viewer { id } } }');
  expect([...plain].filter((name) => !served.has(name)).sort()).toEqual([]);
});
