import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../../src/platform/config.ts';

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

function pemOf({ privateKey }: { readonly privateKey: KeyObject }): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

const salesforceSecret = {
  SALESFORCE_LOGIN_URL: 'https://login.example.com',
  SALESFORCE_CLIENT_ID: 'id',
  SALESFORCE_CLIENT_SECRET: 'canary',
};

describe('loadConfig', () => {
  it('needs no settings: everything is a stand-in and anonymous callers are analysts', () => {
    const config = loadConfig({});
    expect(config).toMatchObject({
      http: { host: '127.0.0.1', port: 4000 },
      salesforce: null,
      jira: null,
      oidc: null,
      redisUrl: null,
    });
    expect(config.database.oltp).toEqual({
      url: null,
      maxConnections: 20,
      idleTimeoutMs: 30_000,
      connectionTimeoutMs: 2_000,
    });
    expect(config.anonymousRole).toBe('ANALYST');
  });

  it('takes an empty variable as unset', () => {
    expect(loadConfig({ PORT: '', REDIS_URL: ' ' })).toEqual(loadConfig({}));
  });

  it('names every wrong variable at once and prints no value', () => {
    const problems = problemsOf({
      PORT: 'canary-1',
      DATABASE_URL: 'mysql://canary-2',
      REDIS_URL: 'canary-3',
      LOG_LEVEL: 'canary-4',
      JIRA_BASE_URL: 'canary-5',
      SALESFORCE_CLIENT_SECRET: 'canary-6',
      ANONYMOUS_ROLE: 'canary-7',
    });
    for (const name of [
      'PORT',
      'DATABASE_URL',
      'REDIS_URL',
      'LOG_LEVEL',
      'JIRA_BASE_URL',
      'JIRA_EMAIL',
      'JIRA_API_TOKEN',
    ]) {
      expect(
        problems.some((problem) => problem.startsWith(`${name}: `)),
        name,
      ).toBe(true);
    }
    for (const name of ['SALESFORCE_LOGIN_URL', 'SALESFORCE_CLIENT_ID', 'ANONYMOUS_ROLE']) {
      expect(
        problems.some((problem) => problem.startsWith(`${name}: `)),
        name,
      ).toBe(true);
    }
    expect(problems.join('\n')).not.toContain('canary');
  });

  it('makes each source real as soon as its settings name it', () => {
    const config = loadConfig({
      ...salesforceSecret,
      JIRA_BASE_URL: 'https://jira.example.com/',
      JIRA_EMAIL: 'a@b.c',
      JIRA_API_TOKEN: 't',
    });
    expect(config.salesforce).toMatchObject({ credentials: { kind: 'clientCredentials' }, apiVersion: '62.0' });
    expect(config.jira?.baseUrl).toBe('https://jira.example.com');
  });

  it('reads the private key from the setting or from the file that it names', () => {
    const directory = mkdtempSync(join(tmpdir(), 'config-'));
    const pem = pemOf(generateKeyPairSync('rsa', { modulusLength: 2_048 }));
    writeFileSync(join(directory, 'key.pem'), pem);
    const base = {
      SALESFORCE_LOGIN_URL: 'https://login.example.com',
      SALESFORCE_CLIENT_ID: 'id',
      SALESFORCE_USERNAME: 'u',
    };
    for (const value of [pem, pem.replaceAll('\n', '\\n'), join(directory, 'key.pem')]) {
      expect(loadConfig({ ...base, SALESFORCE_PRIVATE_KEY: value }).salesforce?.credentials).toEqual({
        kind: 'jwtBearer',
        username: 'u',
        privateKeyPem: pem,
      });
    }
    const broken = '-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----\n';
    const elliptic = pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
    for (const value of [join(directory, 'missing.pem'), directory, broken, elliptic])
      expect(problemsOf({ ...base, SALESFORCE_PRIVATE_KEY: value })).toEqual([
        expect.stringMatching(/^SALESFORCE_PRIVATE_KEY: expected a PEM RSA private key/),
      ]);
    rmSync(directory, { recursive: true });
  });

  it('refuses two kinds of Salesforce credentials at once', () => {
    expect(problemsOf({ ...salesforceSecret, SALESFORCE_USERNAME: 'u' })).toHaveLength(1);
  });

  it('refuses addresses in production by which secrets would travel unencrypted, but for loopback', () => {
    const addresses = (host: string) => ({
      SALESFORCE_LOGIN_URL: `http://${host}`,
      JIRA_BASE_URL: `http://${host}:8080`,
      OIDC_ISSUER: `http://${host}/realms/a`,
    });
    const open = (NODE_ENV: string, host: string): string[] =>
      problemsOf({ NODE_ENV, ...addresses(host) }).filter((problem) => problem.includes('http://'));
    expect(open('production', 'jira.internal')).toEqual([
      expect.stringMatching(/^SALESFORCE_LOGIN_URL: http:\/\/ is not allowed in production/),
      expect.stringMatching(/^JIRA_BASE_URL: /),
      expect.stringMatching(/^OIDC_ISSUER: .*Use https:\/\/\.$/),
    ]);
    for (const host of ['localhost.example', '127.0.0.1.example', '10.0.0.7'])
      expect(open('production', host)).toHaveLength(3);
    for (const host of ['localhost', '127.0.0.1', '[::1]']) expect(open('production', host)).toEqual([]);
    expect(open('development', 'jira.internal')).toEqual([]);
  });

  it('refuses stand-ins, the embedded database and anonymous callers in production unless allowed by name', () => {
    const problems = problemsOf({ NODE_ENV: 'production', ANONYMOUS_ROLE: 'viewer' });
    const names = problems.map((problem) => problem.split(':')[0]);
    expect(names).toEqual([
      'DATABASE_URL',
      'SALESFORCE_LOGIN_URL',
      'JIRA_BASE_URL',
      'OIDC_ISSUER',
      'ENCRYPTION_KEY',
      'AUDIT_PSEUDONYM_KEY',
      'ANONYMOUS_ROLE',
    ]);
    expect(loadConfig({ NODE_ENV: 'production', ALLOW_STANDINS: 'true' })).toMatchObject({
      anonymousRole: null,
      allowIntrospection: false,
    });
  });

  it('asks for the user that serves when it is told who owns the tables', () => {
    const owner = 'postgres://owner:canary@localhost/graph';
    expect(problemsOf({ DATABASE_URL_OWNER: owner })).toEqual([expect.stringMatching(/^DATABASE_URL: required with/)]);
    const config = loadConfig({ DATABASE_URL_OWNER: owner, DATABASE_URL: 'postgres://login@localhost/graph' });
    expect(config.database.ownerUrl).toBe(owner);
    expect(config.allowOwnerLogin).toBe(true);
    expect(loadConfig({ NODE_ENV: 'production', ALLOW_STANDINS: 'true' }).allowOwnerLogin).toBe(false);
  });

  it('takes keys of 32 bytes in base64, and repeats no other value that was set in their place', () => {
    const [current, old, older] = [1, 2, 3].map(() => randomBytes(32).toString('base64'));
    const config = loadConfig({ ENCRYPTION_KEY: current, ENCRYPTION_KEYS_OLD: `${old}, ${older}` });
    expect(config.keys.encryption?.toString('base64')).toBe(current);
    expect(config.keys.encryptionOld.map((key) => key.toString('base64'))).toEqual([old, older]);
    for (const value of ['canary', 'A'.repeat(44), randomBytes(31).toString('base64'), randomBytes(32).toString('hex')])
      for (const name of ['ENCRYPTION_KEY', 'ENCRYPTION_KEYS_OLD', 'AUDIT_PSEUDONYM_KEY']) {
        const problems = problemsOf({ [name]: value });
        expect(problems, name).toEqual([expect.stringMatching(`^${name}: expected .*32 random bytes as base64`)]);
        expect(problems.join()).not.toContain(value);
      }
  });

  it('keeps cached payloads in the main database unless they have one of their own', () => {
    const main = 'postgres://localhost/main';
    expect(loadConfig({ DATABASE_URL: main }).database.content).toMatchObject({ url: main, maxConnections: 4 });
    const own = loadConfig({ DATABASE_URL: main, DATABASE_URL_CONTENT: 'postgres://localhost/cached' }).database;
    expect([own.oltp.url, own.content.url]).toEqual([main, 'postgres://localhost/cached']);
  });

  it('reads how long values are kept, and where calls are counted', () => {
    const config = loadConfig({
      CACHE_TTL_DEFAULT: '60',
      CACHE_COALESCE_WINDOW: '0',
      CACHE_WARMING_TOP: '0',
      CHANGE_POLL_INTERVAL: '5',
      SALESFORCE_DAILY_CALL_BUDGET: '5000',
    });
    expect(config.cache).toEqual({
      ttlDefaultSeconds: 60,
      ttlLongSeconds: 3_600,
      staleTtlSeconds: 86_400,
      maxEntries: 10_000,
      coalesceWindowMs: 0,
      warmingTop: 0,
      changePollIntervalSeconds: 5,
    });
    expect(config.salesforceDailyCallBudget).toBe(5_000);
  });

  it('takes no secret that could be guessed, and says so without it', () => {
    expect(problemsOf({ JIRA_WEBHOOK_SECRET: 'canary', SALESFORCE_WEBHOOK_SECRET: 'canary' })).toEqual([
      'SALESFORCE_WEBHOOK_SECRET: expected at least 16 characters.',
      'JIRA_WEBHOOK_SECRET: expected at least 16 characters.',
    ]);
  });
});
