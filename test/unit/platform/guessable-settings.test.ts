import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../../src/platform/config.ts';
import { guessableSettings } from '../../../src/platform/guessable-settings.ts';
import { testKeys } from '../../support/keys.ts';

describe('in production', () => {
  it.each([
    ['JIRA_API_TOKEN', 'changeme'],
    ['JIRA_API_TOKEN', 'your-api-token'],
    ['JIRA_WEBHOOK_SECRET', 'change-me-to-a-long-secret'],
    ['JIRA_WEBHOOK_SECRET', 'aaaaaaaaaaaaaaaaaaaaaaaa'],
    ['SALESFORCE_WEBHOOK_SECRET', '1212121212121212'],
    ['SALESFORCE_WEBHOOK_SECRET', 'password12345678'],
    ['SALESFORCE_CLIENT_SECRET', '<consumer secret>'],
    ['SALESFORCE_CLIENT_SECRET', 'secret'],
    ['DATABASE_URL', 'postgres://graph:postgres@db.example/graph'],
    ['DATABASE_URL_OWNER', 'postgres://graph:graph@db.example/graph'],
    ['DATABASE_URL_OLAP', 'postgres://graph:p%61ssword@db.example/graph'],
    ['REDIS_URL', 'redis://:change_me@cache.example'],
    ['ENCRYPTION_KEY', Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')],
    ['ENCRYPTION_KEY', Buffer.from('this is my secret key of 32 byte').toString('base64')],
    ['AUDIT_PSEUDONYM_KEY', Buffer.from(Array.from({ length: 32 }, (_, n) => n)).toString('base64')],
    ['AUDIT_PSEUDONYM_KEY', Buffer.from(Array.from({ length: 32 }, (_, n) => 255 - 7 * n)).toString('base64')],
    ['AUDIT_PSEUDONYM_KEY', Buffer.concat([Buffer.alloc(30), randomBytes(2)]).toString('base64')],
  ])('%s that others can guess is refused without being repeated: %s', (name, value) => {
    const problems = guessableSettings({ [name]: value });
    expect(problems).toEqual([expect.stringMatching(`^${name}: .*not allowed in production\\. \\w+`)]);
    if (value.length > 8) expect(problems.join()).not.toContain(value);
  });

  it('one key does not serve two ends', () => {
    const [one = '', other = ''] = [1, 2].map(() => randomBytes(32).toString('base64'));
    const refused = [expect.stringMatching(/^AUDIT_PSEUDONYM_KEY: the same key/)];
    expect(guessableSettings({ ENCRYPTION_KEY: one, AUDIT_PSEUDONYM_KEY: one.replace('=', '') })).toEqual(refused);
    const old = { ENCRYPTION_KEY: one, ENCRYPTION_KEYS_OLD: `x, ${other}`, AUDIT_PSEUDONYM_KEY: other };
    expect(guessableSettings(old)).toEqual(refused);
  });

  it('what is random is taken, and what has no password', () => {
    for (let turn = 0; turn < 2_000; turn += 1) {
      const secret = randomBytes(24);
      expect(
        guessableSettings({
          ENCRYPTION_KEY: randomBytes(32).toString('base64'),
          AUDIT_PSEUDONYM_KEY: randomBytes(32).toString('base64'),
          SALESFORCE_WEBHOOK_SECRET: secret.toString('hex'),
          SALESFORCE_CLIENT_SECRET: secret.toString('base64url'),
          DATABASE_URL: `postgres://graph:${secret.toString('hex')}@db.example/graph`,
          DATABASE_URL_OWNER: 'postgres://owner@db.example/graph?sslmode=verify-full',
          REDIS_URL: 'rediss://cache.example',
        }),
      ).toEqual([]);
    }
    expect(guessableSettings(testKeys)).toEqual([]);
  });

  it('the gateway refuses to start with them, and elsewhere it does not', () => {
    const settings = { DATABASE_URL: 'postgres://graph:graph@localhost/graph', ALLOW_STANDINS: 'true' };
    expect(() => loadConfig({ ...settings, NODE_ENV: 'production' })).toThrow(ConfigError);
    expect(loadConfig(settings).database.oltp.url).toBe(settings.DATABASE_URL);
  });
});
