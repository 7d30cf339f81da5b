import { expect, test } from 'vitest';
import { settingsShape } from '../../../src/platform/config-shape.ts';
import { misspeltSettings } from '../../../src/platform/misspelt-settings.ts';

const settings = Object.keys(settingsShape);

test.each([
  ['CACHE_TTL_DEFUALT', 'CACHE_TTL_DEFAULT'],
  ['DATABSE_URL', 'DATABASE_URL'],
  ['ENCRYPTION_KEY_OLD', 'ENCRYPTION_KEYS_OLD'],
  ['SALEFORCE_CLIENT_ID', 'SALESFORCE_CLIENT_ID'],
  ['Log_Level', 'LOG_LEVEL'],
])('%s looks like %s', (given, meant) => {
  expect(misspeltSettings([given], settings)).toEqual([{ given, meant }]);
});

test('settings, and variables of shells, Node, PostgreSQL and Kubernetes are left alone', () => {
  const others = [
    ...['PATH', 'HOME', 'HOSTNAME', 'LOGNAME', 'NODE_OPTIONS', 'NODE_PATH', 'PGHOST', 'PGPORT', 'PGDATABASE', 'XPORT'],
    ...[
      'npm_config_cache',
      'npm_package_version',
      'REDIS_PORT',
      'REDIS_SERVICE_HOST',
      'POSTGRES_PASSWORD',
      'LOG_FORMAT',
    ],
  ];
  expect(misspeltSettings([...settings, ...others], settings)).toEqual([]);
});
