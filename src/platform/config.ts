import { readFileSync } from 'node:fs';
import { z } from 'zod';

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
}

export interface PoolSettings {
  /** Null: the embedded PostgreSQL. */
  readonly url: string | null;
  readonly maxConnections: number;
  readonly idleTimeoutMs: number;
  /** How long a query waits for a free connection before DATABASE_UNAVAILABLE. */
  readonly connectionTimeoutMs: number;
}

export type RoleName = 'VIEWER' | 'ANALYST' | 'OPERATOR' | 'ADMIN';

export interface Config {
  readonly production: boolean;
  /** Stand-ins and embedded database are allowed: always outside production, there only by name. */
  readonly allowStandIns: boolean;
  readonly allowIntrospection: boolean;
  readonly http: { readonly host: string; readonly port: number };
  readonly database: { readonly oltp: PoolSettings; readonly olap: PoolSettings };
  readonly redisUrl: string | null;
  readonly salesforce: SalesforceSettings | null;
  readonly salesforceApiVersion: string;
  readonly jira: JiraSettings | null;
  readonly jiraFields: JiraSettings['fields'];
  readonly oidc: OidcSettings | null;
  /** Role of a request without credentials; null: such a request is refused. */
  readonly anonymousRole: RoleName | null;
  readonly logLevel: string;
  /** Where the embedded PostgreSQL keeps its files. */
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

const url = (protocols: readonly string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });
const wholeNumber = (min: number, max: number, fallback: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, { error: `a whole number from ${min} to ${max}` })
    .transform(Number)
    .pipe(
      z
        .number()
        .min(min, { error: `a whole number from ${min} to ${max}` })
        .max(max, { error: `a whole number from ${min} to ${max}` }),
    )
    .default(fallback);
const text = z.string().min(1, { error: 'some text' });
const yes = z
  .enum(['true', 'false'], { error: '`true` or `false`' })
  .transform((value) => value === 'true')
  .default(false);
const postgresUrl = url(['postgres:', 'postgresql:']);
const customFieldId = z
  .string()
  .regex(/^customfield_\d{1,10}$/, { error: 'a custom field id such as customfield_10101' });

const shape = {
  NODE_ENV: z
    .enum(['development', 'production', 'test'], { error: '`development`, `production` or `test`' })
    .default('development'),
  ALLOW_STANDINS: yes,
  ALLOW_INTROSPECTION: yes,
  HOST: text.default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535, 4_000),
  DATABASE_URL: postgresUrl.optional(),
  DB_POOL_SIZE: wholeNumber(1, 500, 20),
  DB_IDLE_TIMEOUT: wholeNumber(100, 3_600_000, 30_000),
  DB_CONNECTION_TIMEOUT: wholeNumber(50, 60_000, 2_000),
  DATABASE_URL_OLAP: postgresUrl.optional(),
  DB_POOL_SIZE_OLAP: wholeNumber(1, 500, 5),
  DB_IDLE_TIMEOUT_OLAP: wholeNumber(100, 3_600_000, 30_000),
  DB_CONNECTION_TIMEOUT_OLAP: wholeNumber(50, 60_000, 2_000),
  REDIS_URL: url(['redis:', 'rediss:']).optional(),
  SALESFORCE_LOGIN_URL: url(['https:', 'http:']).optional(),
  SALESFORCE_CLIENT_ID: text.optional(),
  SALESFORCE_CLIENT_SECRET: text.optional(),
  SALESFORCE_USERNAME: text.optional(),
  SALESFORCE_PRIVATE_KEY: text.optional(),
  SALESFORCE_API_VERSION: z
    .string()
    .regex(/^\d{2,3}\.0$/, { error: 'an API version such as 62.0' })
    .default('62.0'),
  JIRA_BASE_URL: url(['https:', 'http:']).optional(),
  JIRA_EMAIL: text.optional(),
  JIRA_API_TOKEN: text.optional(),
  JIRA_FIELD_PS_REQUEST: customFieldId.optional(),
  JIRA_FIELD_ENVIRONMENT: customFieldId.optional(),
  JIRA_FIELD_RELEASE_VERSION: customFieldId.optional(),
  JIRA_FIELD_GO_LIVE_DATE: customFieldId.optional(),
  OIDC_ISSUER: url(['https:', 'http:']).optional(),
  OIDC_AUDIENCE: text.optional(),
  OIDC_ROLES_CLAIM: text.default('roles'),
  OIDC_TENANT_CLAIM: text.default('tenant'),
  ANONYMOUS_ROLE: z
    .string()
    .transform((role) => role.toUpperCase())
    .pipe(z.enum(['VIEWER', 'ANALYST', 'OPERATOR', 'ADMIN'], { error: '`viewer`, `analyst`, `operator` or `admin`' }))
    .optional(),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: '`trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`',
    })
    .default('info'),
  DATA_DIRECTORY: text.default('.data'),
};

/** Names of every variable that is read; a test holds `.env.example` against it. */
export const settingNames: readonly string[] = Object.keys(shape);

/**
 * Reads the settings from the environment. Empty variables count as unset, so that a line left blank in an env file means the default.
 * Throws ConfigError that names every wrong variable and what it expects, and never holds a value.
 */
export function loadConfig(environment: Environment = process.env): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => name in shape && value !== undefined && value.trim() !== ''),
  );
  const parsed = z.object(shape).safeParse(given);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: expected ${issue.message}.`);
  const raw = given as Partial<Record<keyof typeof shape, string>>;
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

  const production = raw.NODE_ENV === 'production';
  if (production && raw.ALLOW_STANDINS !== 'true') {
    const missing = [
      ...(raw.DATABASE_URL ? [] : ['DATABASE_URL']),
      ...(salesforceNamed ? [] : ['SALESFORCE_LOGIN_URL']),
      ...(raw.JIRA_BASE_URL ? [] : ['JIRA_BASE_URL']),
      ...(raw.OIDC_ISSUER ? [] : ['OIDC_ISSUER']),
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
    },
    redisUrl: env.REDIS_URL ?? null,
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
    oidc:
      env.OIDC_ISSUER && env.OIDC_AUDIENCE
        ? {
            issuer: env.OIDC_ISSUER,
            audience: env.OIDC_AUDIENCE,
            rolesClaim: env.OIDC_ROLES_CLAIM,
            tenantClaim: env.OIDC_TENANT_CLAIM,
          }
        : null,
    anonymousRole: env.ANONYMOUS_ROLE ?? (env.OIDC_ISSUER || production ? null : 'ANALYST'),
    logLevel: env.LOG_LEVEL,
    dataDirectory: env.DATA_DIRECTORY,
  };
}

type Given = Partial<Record<keyof typeof shape, string>>;

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

function allOrNone(given: Given, names: readonly (keyof typeof shape)[], what: string): string[] {
  const missing = names.filter((name) => !given[name]);
  if (missing.length === 0 || missing.length === names.length) return [];
  return missing.map((name) => `${name}: required as soon as another of ${names.join(', ')} names ${what}.`);
}

/** The setting is the PEM itself or the path of a file that holds it. */
function readPrivateKey(value: string | undefined, problems: string[]): string {
  if (!value) return '';
  if (value.includes('-----BEGIN')) return value.replaceAll('\\n', '\n');
  try {
    const pem = readFileSync(value, 'utf8');
    if (pem.includes('-----BEGIN')) return pem;
  } catch {
    // Falls through to the problem below, which says the same for both cases.
  }
  problems.push('SALESFORCE_PRIVATE_KEY: expected a PEM private key, or the path of a readable file that holds one.');
  return '';
}
