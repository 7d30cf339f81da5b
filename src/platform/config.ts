import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { settingsShape } from './config-shape.ts';
import { guessableSettings } from './guessable-settings.ts';
import { type Misspelt, misspeltSettings } from './misspelt-settings.ts';
import { type Given, readPrivateKey, settingProblems } from './setting-problems.ts';
import type { Config } from './settings.ts';

/** All problems of the environment at once; `problems` never holds a value of a setting. */
export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(
      `The settings are not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}\nSee .env.example for every variable and what it expects.`,
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables of the environment that look like misspelt names of settings. */
export function misspelt(environment: Environment = process.env): readonly Misspelt[] {
  return misspeltSettings(Object.keys(environment), Object.keys(settingsShape));
}

/**
 * Reads the settings from the environment. Empty variables count as unset, so that a line left blank in an env file means the default.
 * Throws ConfigError that names every wrong variable and what it expects, and never holds a value.
 */
export function loadConfig(environment: Environment = process.env): Config {
  const given: Given = givenSettings(environment);
  const parsed = z.object(settingsShape).safeParse(given);
  const problems = [...(parsed.success ? [] : problemsOf(parsed.error)), ...settingProblems(given)];
  const privateKeyPem = readPrivateKey(given.SALESFORCE_PRIVATE_KEY, problems);
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems);
  const env = parsed.data;
  const production = env.NODE_ENV === 'production';
  const auditDirectory = join(env.DATA_DIRECTORY, 'audit', databaseLabel(env.DATABASE_URL));
  const jiraFields = {
    psRequest: env.JIRA_FIELD_PS_REQUEST ?? null,
    environment: env.JIRA_FIELD_ENVIRONMENT ?? null,
    releaseVersion: env.JIRA_FIELD_RELEASE_VERSION ?? null,
    goLiveDate: env.JIRA_FIELD_GO_LIVE_DATE ?? null,
  };
  return {
    production,
    allowStandIns: !production || env.ALLOW_STANDINS,
    allowIntrospection: !production || env.ALLOW_INTROSPECTION,
    allowOwnerLogin: !production || env.ALLOW_OWNER_LOGIN,
    http: { host: env.HOST, port: env.PORT },
    database: {
      oltp: {
        url: env.DATABASE_URL ?? null,
        maxConnections: env.DB_POOL_SIZE,
        idleTimeoutMs: env.DB_IDLE_TIMEOUT,
        connectionTimeoutMs: env.DB_CONNECTION_TIMEOUT,
      },
      olap: {
        url: env.DATABASE_URL_OLAP ?? env.DATABASE_URL ?? null,
        maxConnections: env.DB_POOL_SIZE_OLAP,
        idleTimeoutMs: env.DB_IDLE_TIMEOUT_OLAP,
        connectionTimeoutMs: env.DB_CONNECTION_TIMEOUT_OLAP,
      },
      content: {
        url: env.DATABASE_URL_CONTENT ?? env.DATABASE_URL ?? null,
        maxConnections: env.DB_POOL_SIZE_CONTENT,
        idleTimeoutMs: env.DB_IDLE_TIMEOUT_CONTENT,
        connectionTimeoutMs: env.DB_CONNECTION_TIMEOUT_CONTENT,
      },
      ownerUrl: env.DATABASE_URL_OWNER ?? null,
    },
    redisUrl: env.REDIS_URL ?? null,
    cache: {
      ttlDefaultSeconds: env.CACHE_TTL_DEFAULT,
      ttlLongSeconds: env.CACHE_TTL_LONG,
      staleTtlSeconds: env.CACHE_STALE_TTL,
      maxEntries: env.CACHE_MAX_SIZE,
      coalesceWindowMs: env.CACHE_COALESCE_WINDOW,
      warmingTop: env.CACHE_WARMING_TOP,
      changePollIntervalSeconds: env.CHANGE_POLL_INTERVAL,
    },
    upstreamWriteTimeoutMs: env.UPSTREAM_WRITE_TIMEOUT,
    salesforce:
      env.SALESFORCE_LOGIN_URL && env.SALESFORCE_CLIENT_ID
        ? {
            loginUrl: env.SALESFORCE_LOGIN_URL,
            clientId: env.SALESFORCE_CLIENT_ID,
            credentials: env.SALESFORCE_CLIENT_SECRET
              ? { kind: 'clientCredentials', clientSecret: env.SALESFORCE_CLIENT_SECRET }
              : { kind: 'jwtBearer', username: env.SALESFORCE_USERNAME ?? '', privateKeyPem },
            apiVersion: env.SALESFORCE_API_VERSION,
          }
        : null,
    salesforceApiVersion: env.SALESFORCE_API_VERSION,
    salesforceDailyCallBudget: env.SALESFORCE_DAILY_CALL_BUDGET ?? null,
    salesforceWebhookSecret: env.SALESFORCE_WEBHOOK_SECRET ?? null,
    jira:
      env.JIRA_BASE_URL && env.JIRA_EMAIL && env.JIRA_API_TOKEN
        ? {
            baseUrl: env.JIRA_BASE_URL.replace(/\/+$/, ''),
            email: env.JIRA_EMAIL,
            apiToken: env.JIRA_API_TOKEN,
            fields: jiraFields,
          }
        : null,
    jiraFields,
    jiraWebhookSecret: env.JIRA_WEBHOOK_SECRET ?? null,
    oidc:
      env.OIDC_ISSUER && env.OIDC_AUDIENCE
        ? {
            issuer: env.OIDC_ISSUER,
            audience: env.OIDC_AUDIENCE,
            rolesClaim: env.OIDC_ROLES_CLAIM,
            tenantClaim: env.OIDC_TENANT_CLAIM,
            maxTokenAgeSeconds: env.OIDC_MAX_TOKEN_AGE,
          }
        : null,
    maxTokenAgeSeconds: env.OIDC_MAX_TOKEN_AGE,
    sessions: {
      ttlSeconds: env.SESSION_TTL,
      idleTtlSeconds: env.SESSION_IDLE_TTL,
      cleanupIntervalSeconds: env.SESSION_CLEANUP_INTERVAL,
    },
    publicOrigin: env.PUBLIC_ORIGIN ?? null,
    anonymousRole: env.ANONYMOUS_ROLE ?? (env.OIDC_ISSUER || production ? null : 'ANALYST'),
    keys: {
      encryption: env.ENCRYPTION_KEY ?? null,
      encryptionOld: (env.ENCRYPTION_KEYS_OLD ?? []).flatMap((bytes) => bytes ?? []),
      encryptionDestroyed: env.ENCRYPTION_KEYS_DESTROYED,
      pseudonym: env.AUDIT_PSEUDONYM_KEY ?? null,
    },
    audit: {
      retentionDays: env.AUDIT_RETENTION_DAYS,
      cleanupEnabled: env.AUDIT_CLEANUP_ENABLED,
      directory: auditDirectory,
      headsFile: env.AUDIT_HEADS_FILE ?? join(auditDirectory, 'heads.jsonl'),
      headsUrl: env.AUDIT_HEADS_URL ?? null,
      headsIntervalSeconds: env.AUDIT_HEADS_INTERVAL,
      journalMaxBytes: env.AUDIT_JOURNAL_MAX_MB * 1_000_000,
    },
    budgets: {
      personRequests: env.BUDGET_PERSON_REQUESTS,
      personPoints: env.BUDGET_PERSON_POINTS,
      clientRequests: env.BUDGET_CLIENT_REQUESTS,
      clientPoints: env.BUDGET_CLIENT_POINTS,
      signIns: env.BUDGET_SIGN_INS,
      failedSignIns: env.BUDGET_FAILED_SIGN_INS,
    },
    operationsUnderWay: env.OPERATIONS_UNDER_WAY,
    trustedProxies: env.TRUSTED_PROXIES,
    operations: {
      maxTokens: env.OPERATION_MAX_TOKENS,
      maxDepth: env.OPERATION_MAX_DEPTH,
      maxAliases: env.OPERATION_MAX_ALIASES,
      maxCost: env.OPERATION_MAX_COST,
    },
    trustedDocuments: { mode: env.TRUSTED_DOCUMENTS, file: env.TRUSTED_DOCUMENTS_FILE },
    logLevel: env.LOG_LEVEL,
    dataDirectory: env.DATA_DIRECTORY,
  };
}

/** Tells databases apart in names of directories, without what is secret of their addresses. */
function databaseLabel(url: string | undefined): string {
  if (url === undefined) return 'embedded';
  const { hostname, port, pathname } = new URL(url);
  return createHash('sha256')
    .update(`${hostname}:${port || '5432'}${pathname}`)
    .digest('hex')
    .slice(0, 12);
}

/** What `npm run migrate` needs. */
export interface MigrationSettings {
  readonly ownerUrl: string;
  /** Of the user that serves requests, where it is named beside the owner. */
  readonly loginUrl: string | null;
}

/** As `loadConfig`, of the two addresses alone: whoever migrates needs no other secret. */
export function loadMigrationSettings(environment: Environment = process.env): MigrationSettings {
  const names = ['DATABASE_URL', 'DATABASE_URL_OWNER'] as const;
  const given = givenSettings(Object.fromEntries(names.map((name) => [name, environment[name]])));
  const parsed = z.object(settingsShape).pick({ DATABASE_URL: true, DATABASE_URL_OWNER: true }).safeParse(given);
  const problems = parsed.success ? [] : problemsOf(parsed.error);
  const { DATABASE_URL, DATABASE_URL_OWNER } = parsed.data ?? {};
  const ownerUrl = DATABASE_URL_OWNER ?? DATABASE_URL ?? '';
  if (parsed.success && ownerUrl === '')
    problems.push(
      'DATABASE_URL_OWNER: required to migrate. It names the database by the user that owns it; the embedded one is migrated by the gateway.',
    );
  if (environment.NODE_ENV === 'production') problems.push(...guessableSettings(given));
  if (problems.length > 0) throw new ConfigError(problems);
  return { ownerUrl, loginUrl: DATABASE_URL_OWNER === undefined ? null : (DATABASE_URL ?? null) };
}

function givenSettings(environment: Environment): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name, value]) => name in settingsShape && value !== undefined && value.trim() !== '',
    ),
  );
}

function problemsOf({ issues }: z.ZodError): string[] {
  // A setting that is a list is wrong as a whole, whichever of its parts are.
  return [...new Set(issues.map(({ path, message }) => `${String(path[0])}: expected ${message}.`))];
}
