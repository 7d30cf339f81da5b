import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import { parseKey } from './sealing/key-file.ts';

const url = (protocols: readonly string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });
const wholeNumberOrUnset = (min: number, max: number) => {
  const error = `a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, { error })
    .transform(Number)
    .pipe(z.number().min(min, { error }).max(max, { error }))
    .optional();
};
const wholeNumber = (min: number, max: number, fallback: number) => wholeNumberOrUnset(min, max).default(fallback);
const text = z.string().min(1, { error: 'some text' });
const yesOrNo = z.enum(['true', 'false'], { error: '`true` or `false`' }).transform((value) => value === 'true');
const yes = yesOrNo.default(false);
const roleNames = ['VIEWER', 'ANALYST', 'OPERATOR', 'ADMIN'] as const;
/** One number for everybody, or `viewer:10000 analyst:40000`: a role that is not named has what the role below it has. */
const wholeNumberByRole = (min: number, max: number, fallback: number) => {
  const error = `a whole number from ${min} to ${max}, or one for each role such as \`viewer:${fallback} analyst:${fallback}\``;
  return z
    .string()
    .regex(/^(\d{1,9}|viewer:\d{1,9}(\s+(analyst|operator|admin):\d{1,9}){0,3})$/i, { error })
    .default(String(fallback))
    .transform((text) => {
      const told = new Map(
        text.split(/\s+/).map((part) => [/\D+(?=:)/.exec(part)?.[0].toUpperCase(), Number(/\d+/.exec(part)?.[0])]),
      );
      let last = told.get(undefined) ?? 0;
      const numbers = roleNames.map((role) => [role, (last = told.get(role) ?? last)] as const);
      return Object.fromEntries(numbers) as Record<(typeof roleNames)[number], number>;
    })
    .refine((numbers) => Object.values(numbers).every((number) => number >= min && number <= max), { error });
};
/** `60/1000`: so many a minute and so many an hour; 0: no limit. */
const perMinuteAndHour = (fallback: string) => {
  const error = 'two whole numbers such as `60/1000`: so many a minute and so many an hour, 0 for no limit';
  return z
    .string()
    .regex(/^\d{1,12}\/\d{1,12}$/, { error })
    .default(fallback)
    .transform((text) => {
      const [perMinute = 0, perHour = 0] = text.split('/').map(Number);
      return { perMinute, perHour };
    });
};
/** Addresses and networks, between spaces or commas. */
const networks = z
  .string()
  .default('')
  .transform((text) => text.split(/[\s,]+/).filter((part) => part !== ''))
  .pipe(z.array(z.string().refine(isNetwork, { error: 'IP addresses or networks such as `10.0.0.0/8 fd00::/8`' })));
/** Eight hex digits each, as the alert `missing-keys` and `keys:rotate` tell them. */
const keyIds = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim().toLowerCase()))
  .pipe(
    z.array(
      z.string().regex(/^[0-9a-f]{8}$/, { error: 'ids of keys (eight hex digits each) with commas between them' }),
    ),
  );
const postgresUrl = url(['postgres:', 'postgresql:']);
const customFieldId = z
  .string()
  .regex(/^customfield_\d{1,10}$/, { error: 'a custom field id such as customfield_10101' });

const KEY_MEANING = '32 random bytes as base64, such as `openssl rand -base64 32` prints';
const key = z
  .string()
  .transform(parseKey)
  .refine((bytes) => bytes !== null, { error: KEY_MEANING });
const keys = z
  .string()
  .transform((list) => list.split(',').map(parseKey))
  .refine((list) => list.every((bytes) => bytes !== null), {
    error: `keys with commas between them, each ${KEY_MEANING}`,
  });

function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const longest = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1;
  return (
    longest > 0 &&
    rest.length === 0 &&
    (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= longest))
  );
}

/** Every variable that is read, and what it has to look like. */
export const settingsShape = {
  NODE_ENV: z
    .enum(['development', 'production', 'test'], { error: '`development`, `production` or `test`' })
    .default('development'),
  ALLOW_STANDINS: yes,
  ALLOW_INTROSPECTION: yes,
  ALLOW_OWNER_LOGIN: yes,
  HOST: text.default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535, 4_000),
  DATABASE_URL: postgresUrl.optional(),
  DATABASE_URL_OWNER: postgresUrl.optional(),
  DB_POOL_SIZE: wholeNumber(1, 500, 20),
  DB_IDLE_TIMEOUT: wholeNumber(100, 3_600_000, 30_000),
  DB_CONNECTION_TIMEOUT: wholeNumber(50, 60_000, 2_000),
  DATABASE_URL_OLAP: postgresUrl.optional(),
  DB_POOL_SIZE_OLAP: wholeNumber(1, 500, 5),
  DB_IDLE_TIMEOUT_OLAP: wholeNumber(100, 3_600_000, 30_000),
  DB_CONNECTION_TIMEOUT_OLAP: wholeNumber(50, 60_000, 2_000),
  DATABASE_URL_CONTENT: postgresUrl.optional(),
  DB_POOL_SIZE_CONTENT: wholeNumber(1, 500, 4),
  DB_IDLE_TIMEOUT_CONTENT: wholeNumber(100, 3_600_000, 30_000),
  DB_CONNECTION_TIMEOUT_CONTENT: wholeNumber(50, 60_000, 2_000),
  REDIS_URL: url(['redis:', 'rediss:']).optional(),
  CACHE_TTL_DEFAULT: wholeNumber(1, 86_400, 300),
  CACHE_TTL_LONG: wholeNumber(1, 604_800, 3_600),
  CACHE_MAX_SIZE: wholeNumber(1, 10_000_000, 10_000),
  CACHE_STALE_TTL: wholeNumber(0, 2_592_000, 86_400),
  UPSTREAM_WRITE_TIMEOUT: wholeNumber(500, 9_000, 8_000),
  CACHE_COALESCE_WINDOW: wholeNumber(0, 100, 2),
  CACHE_WARMING_TOP: wholeNumber(0, 100, 20),
  CHANGE_POLL_INTERVAL: wholeNumber(0, 3_600, 60),
  SALESFORCE_LOGIN_URL: url(['https:', 'http:']).optional(),
  SALESFORCE_CLIENT_ID: text.optional(),
  SALESFORCE_CLIENT_SECRET: text.optional(),
  SALESFORCE_USERNAME: text.optional(),
  SALESFORCE_PRIVATE_KEY: text.optional(),
  SALESFORCE_API_VERSION: z
    .string()
    .regex(/^\d{2,3}\.0$/, { error: 'an API version such as 62.0' })
    .default('62.0'),
  SALESFORCE_WEBHOOK_SECRET: z.string().min(16, { error: 'at least 16 characters' }).optional(),
  SALESFORCE_DAILY_CALL_BUDGET: wholeNumberOrUnset(1, 999_999_999),
  JIRA_BASE_URL: url(['https:', 'http:']).optional(),
  JIRA_EMAIL: text.optional(),
  JIRA_API_TOKEN: text.optional(),
  JIRA_WEBHOOK_SECRET: z.string().min(16, { error: 'at least 16 characters' }).optional(),
  JIRA_FIELD_PS_REQUEST: customFieldId.optional(),
  JIRA_FIELD_ENVIRONMENT: customFieldId.optional(),
  JIRA_FIELD_RELEASE_VERSION: customFieldId.optional(),
  JIRA_FIELD_GO_LIVE_DATE: customFieldId.optional(),
  OIDC_ISSUER: url(['https:', 'http:']).optional(),
  OIDC_AUDIENCE: text.optional(),
  OIDC_ROLES_CLAIM: text.default('roles'),
  OIDC_TENANT_CLAIM: text.default('tenant'),
  OIDC_MAX_TOKEN_AGE: wholeNumber(60, 31_536_000, 86_400),
  ANONYMOUS_ROLE: z
    .string()
    .transform((role) => role.toUpperCase())
    .pipe(z.enum(['VIEWER', 'ANALYST', 'OPERATOR', 'ADMIN'], { error: '`viewer`, `analyst`, `operator` or `admin`' }))
    .optional(),
  ENCRYPTION_KEY: key.optional(),
  ENCRYPTION_KEYS_OLD: keys.optional(),
  ENCRYPTION_KEYS_DESTROYED: keyIds.default([]),
  AUDIT_PSEUDONYM_KEY: key.optional(),
  SESSION_TTL: wholeNumber(60, 31_536_000, 2_592_000),
  SESSION_IDLE_TTL: wholeNumber(60, 31_536_000, 604_800),
  SESSION_CLEANUP_INTERVAL: wholeNumber(1, 86_400, 3_600),
  PUBLIC_ORIGIN: url(['https:', 'http:'])
    .transform((text) => text.toLowerCase().replace(/\/$/, ''))
    .refine((text) => URL.canParse(text) && new URL(text).origin === text, {
      error: 'an origin such as https://graph.example.com, without a path',
    })
    .optional(),
  AUDIT_RETENTION_DAYS: wholeNumber(1, 36_500, 90),
  AUDIT_CLEANUP_ENABLED: yesOrNo.default(true),
  AUDIT_HEADS_FILE: text.optional(),
  AUDIT_HEADS_URL: url(['https:', 'http:']).optional(),
  AUDIT_HEADS_INTERVAL: wholeNumber(1, 86_400, 60),
  AUDIT_JOURNAL_MAX_MB: wholeNumber(1, 1_000_000, 1_024),
  OPERATIONS_UNDER_WAY: wholeNumber(1, 100_000, 1_000),
  BUDGET_PERSON_REQUESTS: perMinuteAndHour('30000/600000'),
  BUDGET_PERSON_POINTS: perMinuteAndHour('10000000/200000000'),
  BUDGET_CLIENT_REQUESTS: perMinuteAndHour('120000/2400000'),
  BUDGET_CLIENT_POINTS: perMinuteAndHour('40000000/800000000'),
  BUDGET_SIGN_INS: perMinuteAndHour('600/6000'),
  BUDGET_FAILED_SIGN_INS: perMinuteAndHour('100/1000'),
  TRUSTED_PROXIES: networks,
  OPERATION_MAX_TOKENS: wholeNumber(100, 100_000, 8_000),
  OPERATION_MAX_DEPTH: wholeNumber(1, 100, 15),
  OPERATION_MAX_ALIASES: wholeNumber(0, 10_000, 100),
  OPERATION_MAX_COST: wholeNumberByRole(10, 100_000_000, 30_000),
  TRUSTED_DOCUMENTS: z.enum(['off', 'log', 'safelist'], { error: '`off`, `log` or `safelist`' }).default('off'),
  TRUSTED_DOCUMENTS_FILE: text.default('trusted-documents.json'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: '`trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`',
    })
    .default('info'),
  DATA_DIRECTORY: text.default('.data'),
};

/** Their names; a test holds `.env.example` against them. */
export const settingNames: readonly string[] = Object.keys(settingsShape);
