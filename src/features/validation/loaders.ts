import DataLoader from 'dataloader';
import type { TimeFrame, ValidationStatus, ValidationTrendPoint } from '../../generated/graphql.ts';
import { manyByKey } from '../../platform/batch.ts';
import { type Page, type PageArguments, parsePage, toConnection, toCursor } from '../../platform/connection.ts';
import type { Databases } from '../../platform/database.ts';
import { parseRowCursor, rowIdOf } from '../../platform/database-ids.ts';
import type { EdgeLoader, EdgeRequest } from '../../platform/edges.ts';
import { badUserInput, GatewayError } from '../../platform/errors.ts';
import { createKeyedLoader, loadByRowId } from '../../platform/keyed-loader.ts';
import type { RequestScope } from '../../platform/request-scope.ts';
import type {
  ValidationResultConnectionModel,
  ValidationResultModel,
  ValidationRuleModel,
  ValidationRunConnectionModel,
  ValidationRunModel,
} from './model.ts';
import {
  countResults,
  countRuns,
  type ResultPage,
  selectConfigurations,
  selectNewestResults,
  selectResultPages,
  selectResultsByIds,
  selectRuns,
  selectRunsByIds,
} from './queries.ts';
import { type Configurations, configuredRuleById, configuredRules } from './rule-configuration.ts';
import { ruleDefinitionById } from './rules.ts';
import { selectTrend } from './trend.ts';

export interface ValidationLoaders {
  readonly ruleById: EdgeLoader & { load(id: string, request?: EdgeRequest): Promise<ValidationRuleModel> };
  readonly runById: EdgeLoader;
  readonly resultById: EdgeLoader;
  /** A page of each run's results in the order in which they were found; arguments `first`, `after`, `status`, `ruleId`. */
  readonly resultsByRunId: EdgeLoader;
  /** The newest result of each rule for a record, by its 18-character Salesforce id; [] for a record that was never checked. */
  readonly newestResultsByRecordId: EdgeLoader;
  rules(): Promise<ValidationRuleModel[]>;
  /** Newest first. */
  runs(args: PageArguments): Promise<ValidationRunConnectionModel>;
  trend(timeFrame: TimeFrame, ruleId: string | null): Promise<ValidationTrendPoint[]>;
}

const RUNS = 'validationRuns';
const RESULTS = 'validationResults';

/** Made per request, never shared: everything is read as the tenant of the scope. */
export function createValidationLoaders(databases: Databases, scope: RequestScope): ValidationLoaders {
  const { oltp, olap } = databases;
  let configurations: Promise<Configurations> | undefined;
  const loadConfigurations = () => (configurations ??= oltp.inTenant(scope, selectConfigurations));

  const counts = new DataLoader<ResultChoice, number, string>(
    (choices) => oltp.inTenant(scope, (db) => countResults(db, choices)),
    { cacheKeyFn: ({ runId, status, ruleId }) => `${runId} ${status} ${ruleId}` },
  );

  return {
    ruleById: { load: async (id) => configuredRuleById(id, await loadConfigurations()) },

    runById: createKeyedLoader<ValidationRunModel | null>((requests) =>
      loadByRowId(requests, (ids) => oltp.inTenant(scope, (db) => selectRunsByIds(db, ids))),
    ),

    resultById: createKeyedLoader<ValidationResultModel | null>((requests) =>
      loadByRowId(requests, (ids) => oltp.inTenant(scope, (db) => selectResultsByIds(db, ids))),
    ),

    resultsByRunId: createKeyedLoader<ValidationResultConnectionModel>(
      async (requests) => {
        const asked = requests.map(({ key, request }) => askedResults(key, request.args));
        const pages = asked.flatMap((question) => (question instanceof Error ? [] : [question]));
        const rows = pages.length === 0 ? [] : await oltp.inTenant(scope, (db) => selectResultPages(db, pages));
        return asked.map((question) => {
          if (question instanceof Error) return question;
          const found = rows[pages.indexOf(question)] ?? [];
          return toConnection(
            question.page,
            found,
            (result) => toCursor(RESULTS, [Number(result.nativeId)]),
            () => counts.load(question),
          );
        });
      },
      ({ args }) => JSON.stringify([args.first ?? null, args.after ?? null, args.status ?? null, args.ruleId ?? null]),
    ),

    newestResultsByRecordId: createKeyedLoader<ValidationResultModel[]>(async (requests) => {
      const recordIds = requests.map(({ key }) => key);
      const results = await oltp.inTenant(scope, (db) => selectNewestResults(db, recordIds));
      const byRule = results.toSorted((left, right) =>
        left.ruleId.localeCompare(right.ruleId, 'en', { numeric: true }),
      );
      return manyByKey(recordIds, byRule, (result) => result.recordId);
    }),

    rules: async () => configuredRules(await loadConfigurations()),

    runs: async (args) => {
      const page = parsePage(args);
      const before = parseRowCursor(page.from, RUNS);
      const runs = await oltp.inTenant(scope, (db) => selectRuns(db, before, page.size + 1));
      return toConnection(
        page,
        runs,
        (run) => toCursor(RUNS, [Number(run.nativeId)]),
        () => oltp.inTenant(scope, countRuns),
      );
    },

    trend: async (timeFrame, ruleId) => {
      if (ruleId !== null) requireRule(ruleId);
      return olap.inTenant(scope, (db) => selectTrend(db, timeFrame, ruleId));
    },
  };
}

type ResultChoice = Pick<ResultPage, 'runId' | 'status' | 'ruleId'>;

interface AskedResults extends ResultPage {
  readonly page: Page;
}

/** A page that can't be asked for is that field's own error; the others of the batch are loaded. */
function askedResults(key: string, args: EdgeRequest['args']): AskedResults | Error {
  try {
    const page = parsePage(args as PageArguments);
    const ruleId = (args.ruleId as string | null | undefined) ?? null;
    if (ruleId !== null) requireRule(ruleId);
    return {
      runId: rowIdOf(key) ?? 0,
      status: (args.status as ValidationStatus | null | undefined) ?? null,
      ruleId,
      after: parseRowCursor(page.from, RESULTS),
      limit: page.size + 1,
      page,
    };
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
}

function requireRule(ruleId: string): void {
  if (ruleDefinitionById.has(ruleId)) return;
  const known = [...ruleDefinitionById.keys()].join(', ');
  throw badUserInput(`\`ruleId\` names no rule. Pass one of ${known}, or leave it out for all rules.`, {
    argument: 'ruleId',
  });
}
