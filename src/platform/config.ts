import { createHash, createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { settingsShape } from './config-shape.ts';
import { guessableSettings } from './guessable-settings.ts';
import { type Misspelt, misspeltSettings } from './misspelt-settings.ts';

/** Settings of one upstream; null stands for the bundled stand-in. */
export interface SalesforceSettings {
  readonly loginUrl: string;
  readonly clientId: string;
  readonly credentials:
    | { readonly kind: 'clientCredentials'; readonly clientSecret: string }
    | { readonly kind: 'jwtBearer'; readonly username: string; readonly privateKeyPem: string };
  /** REST API version, `62.0`. */
  readonly apiVersion: string;
}

export interface JiraSettings {
  readonly baseUrl: string;
  readonly email: string;
  readonly apiToken: string;
  /** Custom field ids; null: found by name at start. */
  readonly fields: Readonly<Record<'psRequest' | 'environment' | 'releaseVersion' | 'goLiveDate', string | null>>;
}

export interface OidcSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly rolesClaim: string;
  readonly tenantClaim: string;
  /** A token that was issued longer ago is refused, whatever its expiry says. */
  readonly maxTokenAgeSeconds: number;
}

export interface PoolSettings {
  /** Null: the embedded PostgreSQL. */
  readonly url: string | null;
  readonly maxConnections: number;
  readonly idleTimeoutMs: number;
  /** How long a query waits for a free connection before DATABASE_UNAVAILABLE. */
  readonly connectionTimeoutMs: number;
}

/** Of the caches of what sources answered. */
export interface CacheSettings {
  readonly ttlDefaultSeconds: number;
  /** For what hardly changes. */
  readonly ttlLongSeconds: number;
  /** How long after its time limit a value may be served while its source is down. */
  readonly staleTtlSeconds: number;
  /** Records and lists in memory. */
  readonly maxEntries: number;
  /** How long a read waits for others of its kind to share its call with; 0: not at all. */
  readonly coalesceWindowMs: number;
  /** So many of the operations that are asked most are executed again before their answers get old; 0: none. */
  readonly warmingTop: number;
  /** Between two polls of a source for what has changed there; 0: none are made. */
  readonly changePollIntervalSeconds: number;
}

/** Keys of 32 bytes. Null: one that is made under the data directory. */
export interface KeySettings {
  /** Seals sensitive columns. */
  readonly encryption: Buffer | null;
  /** Only open what they sealed before they were replaced. */
  readonly encryptionOld: readonly Buffer[];
  /** Ids of keys that are gone for good, on purpose: what they sealed counts as erased. */
  readonly encryptionDestroyed: readonly string[];
  /** Makes the keyed hashes by which people are found again without being named. It is never replaced. */
  readonly pseudonym: Buffer | null;
}

/** Of the sessions that bearer tokens are exchanged for. */
export interface SessionSettings {
  /** From a session's beginning, whatever is done with it. */
  readonly ttlSeconds: number;
  /** Without being used. */
  readonly idleTtlSeconds: number;
  /** Between two removals of what has ended. */
  readonly cleanupIntervalSeconds: number;
}

/** Of the audit log. */
export interface AuditSettings {
  /** Days that entries are kept at least. */
  readonly retentionDays: number;
  /** Whether this gateway removes what is past retention. */
  readonly cleanupEnabled: boolean;
  /** Of this database alone: what is kept here must not get into another one. */
  readonly directory: string;
  /** Where signed heads are appended. */
  readonly headsFile: string;
  /** Where signed heads are posted; null: nowhere. */
  readonly headsUrl: string | null;
  readonly headsIntervalSeconds: number;
  /** What the entries of reads may take on the disk while PostgreSQL is away; beyond it reads are refused. */
  readonly journalMaxBytes: number;
}

export type RoleName = 'VIEWER' | 'ANALYST' | 'OPERATOR' | 'ADMIN';

/** So many in a minute, and in an hour; 0: no limit. */
export interface Budget {
  readonly perMinute: number;
  readonly perHour: number;
}

/** What may be used up over time. Points: what operations cost that are executed. */
export interface BudgetSettings {
  readonly personRequests: Budget;
  readonly personPoints: Budget;
  /** Of all who use a program that gives itself a name, within one tenant. */
  readonly clientRequests: Budget;
  readonly clientPoints: Budget;
  /** From one address, those in the same document counted one by one. */
  readonly signIns: Budget;
  readonly failedSignIns: Budget;
}

/** What one operation may ask for. */
export interface OperationSettings {
  readonly maxTokens: number;
  readonly maxDepth: number;
  readonly maxAliases: number;
  /** Points that an operation may cost, by the highest role of who asks. */
  readonly maxCost: Readonly<Record<RoleName, number>>;
}

/** Documents that clients may name by their hash. */
export interface TrustedDocumentsSettings {
  /** `log`: documents that are not in the manifest are let in and noted; `safelist`: they are refused. */
  readonly mode: 'off' | 'log' | 'safelist';
  /** Path of the manifest. */
  readonly file: string;
}

export interface Config {
  readonly production: boolean;
  /** Stand-ins and embedded database are allowed: always outside production, there only by name. */
  readonly allowStandIns: boolean;
  readonly allowIntrospection: boolean;
  /** The gateway may work under a user that row-level security does not hold: always outside production, there only by name. */
  readonly allowOwnerLogin: boolean;
  readonly http: { readonly host: string; readonly port: number };
  /** `content`: cached payloads; PostgreSQL's tier of the cache lives there. */
  readonly database: {
    readonly oltp: PoolSettings;
    readonly olap: PoolSettings;
    readonly content: PoolSettings;
    /** Of the user that owns the tables; null: the user of `oltp` does, or the database is the embedded one. */
    readonly ownerUrl: string | null;
  };
  readonly redisUrl: string | null;
  readonly cache: CacheSettings;
  /** Milliseconds that a call which changes something in a source may take; see docs/writing.md for what follows from it. */
  readonly upstreamWriteTimeoutMs: number;
  readonly salesforce: SalesforceSettings | null;
  readonly salesforceApiVersion: string;
  /** Calls that all instances together may make in 24 hours; null: 80 % of the org's allowance. */
  readonly salesforceDailyCallBudget: number | null;
  /** Signs the change notices of Salesforce; null: none are taken. */
  readonly salesforceWebhookSecret: string | null;
  readonly jira: JiraSettings | null;
  readonly jiraFields: JiraSettings['fields'];
  /** Signs the change notices of Jira; null: none are taken. */
  readonly jiraWebhookSecret: string | null;
  readonly oidc: OidcSettings | null;
  /** Also for the stand-in issuer. */
  readonly maxTokenAgeSeconds: number;
  readonly sessions: SessionSettings;
  /** Origin under which browsers reach the gateway, in lower case; null: what the Host header says. */
  readonly publicOrigin: string | null;
  /** Role of a request without credentials; null: such a request is refused. */
  readonly anonymousRole: RoleName | null;
  readonly keys: KeySettings;
  readonly audit: AuditSettings;
  readonly operations: OperationSettings;
  readonly budgets: BudgetSettings;
  /** Operations that one instance executes at once. */
  readonly operationsUnderWay: number;
  /** Addresses and networks of proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  readonly trustedDocuments: TrustedDocumentsSettings;
  readonly logLevel: string;
  /** Where the embedded PostgreSQL keeps its files, and keys that no setting names. */
  readonly dataDirectory: string;
}

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
  const given = givenSettings(environment);
  const parsed = z.object(settingsShape).safeParse(given);
  const problems = parsed.success ? [] : problemsOf(parsed.error);
  const raw = given as Partial<Record<keyof typeof settingsShape, string>>;
  const salesforceNamed = (
    [
      'SALESFORCE_LOGIN_URL',
      'SALESFORCE_CLIENT_ID',
      'SALESFORCE_CLIENT_SECRET',
      'SALESFORCE_USERNAME',
      'SALESFORCE_PRIVATE_KEY',
    ] as const
  ).some((name) => raw[name]);
  if (salesforceNamed) problems.push(...salesforceProblems(raw));
  problems.push(...allOrNone(raw, ['JIRA_BASE_URL', 'JIRA_EMAIL', 'JIRA_API_TOKEN'], 'Jira'));
  problems.push(...allOrNone(raw, ['OIDC_ISSUER', 'OIDC_AUDIENCE'], 'the identity provider'));
  if (raw.DATABASE_URL_OWNER && !raw.DATABASE_URL)
    problems.push(
      'DATABASE_URL: required with DATABASE_URL_OWNER. It names the same database by the user that serves requests.',
    );

  const production = raw.NODE_ENV === 'production';
  if (production) problems.push(...guessableSettings(raw), ...openAddresses(raw));
  if (production && raw.ALLOW_STANDINS !== 'true') {
    const missing = [
      ...(raw.DATABASE_URL ? [] : ['DATABASE_URL']),
      ...(salesforceNamed ? [] : ['SALESFORCE_LOGIN_URL']),
      ...(raw.JIRA_BASE_URL ? [] : ['JIRA_BASE_URL']),
      ...(raw.OIDC_ISSUER ? [] : ['OIDC_ISSUER']),
      ...(raw.ENCRYPTION_KEY ? [] : ['ENCRYPTION_KEY']),
      ...(raw.AUDIT_PSEUDONYM_KEY ? [] : ['AUDIT_PSEUDONYM_KEY']),
    ];
    for (const name of missing)
      problems.push(
        `${name}: required in production. Set it, or allow the bundled stand-ins by name with ALLOW_STANDINS=true.`,
      );
    if (raw.ANONYMOUS_ROLE)
      problems.push('ANONYMOUS_ROLE: not allowed in production. Remove it, or set ALLOW_STANDINS=true for a demo.');
  }
  const privateKeyPem = readPrivateKey(raw.SALESFORCE_PRIVATE_KEY, problems);
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems);
  const env = parsed.data;

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

type Given = Partial<Record<keyof typeof settingsShape, string>>;

function salesforceProblems(given: Given): string[] {
  const problems: string[] = [];
  for (const name of ['SALESFORCE_LOGIN_URL', 'SALESFORCE_CLIENT_ID'] as const) {
    if (!given[name]) problems.push(`${name}: required as soon as another SALESFORCE_ setting names a real org.`);
  }
  if (given.SALESFORCE_CLIENT_SECRET && (given.SALESFORCE_USERNAME || given.SALESFORCE_PRIVATE_KEY)) {
    problems.push(
      'SALESFORCE_CLIENT_SECRET: excludes SALESFORCE_USERNAME and SALESFORCE_PRIVATE_KEY. Keep either the secret (client credentials) or the other two (JWT bearer).',
    );
  } else if (!given.SALESFORCE_CLIENT_SECRET) {
    for (const name of ['SALESFORCE_USERNAME', 'SALESFORCE_PRIVATE_KEY'] as const) {
      if (!given[name]) problems.push(`${name}: required unless SALESFORCE_CLIENT_SECRET is set.`);
    }
  }
  return problems;
}

function allOrNone(given: Given, names: readonly (keyof typeof settingsShape)[], what: string): string[] {
  const missing = names.filter((name) => !given[name]);
  if (missing.length === 0 || missing.length === names.length) return [];
  return missing.map((name) => `${name}: required as soon as another of ${names.join(', ')} names ${what}.`);
}

/** The setting is the PEM itself or the path of a file that holds it. Salesforce signs in by RSA keys alone. */
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

/** Where credentials, tokens or records would travel unencrypted. */
function openAddresses(raw: Partial<Record<string, string>>): string[] {
  return ['SALESFORCE_LOGIN_URL', 'JIRA_BASE_URL', 'OIDC_ISSUER'].flatMap((name) => {
    const text = raw[name] ?? '';
    if (!URL.canParse(text)) return [];
    const { protocol, hostname } = new URL(text);
    const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
    if (protocol !== 'http:' || isLoopback) return [];
    return [`${name}: http:// is not allowed in production, because secrets would travel unencrypted. Use https://.`];
  });
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

function readPrivateKey(value: string | undefined, problems: string[]): string {
  if (!value) return '';
  try {
    const pem = value.includes('-----BEGIN') ? value.replaceAll('\\n', '\n') : readFileSync(value, 'utf8');
    if (createPrivateKey(pem).asymmetricKeyType === 'rsa') return pem;
  } catch {
    // Falls through to the problem below, which says the same for every case.
  }
  problems.push(
    'SALESFORCE_PRIVATE_KEY: expected a PEM RSA private key without a passphrase, or the path of a readable file that holds one.',
  );
  return '';
}
