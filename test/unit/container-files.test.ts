import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { settingNames } from '../../src/platform/config-shape.ts';

const root = new URL('../../', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, root), 'utf8');

const copied = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap(
  (match) => match[1]?.split(' ').slice(0, -1) ?? [],
);

test('everything that the Dockerfile copies exists and is let through by .dockerignore', () => {
  expect(copied).toContain('src');
  const letThrough = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'));
  for (const path of copied) {
    expect(existsSync(new URL(path, root)), path).toBe(true);
    expect(letThrough).toContain(`!${path}`);
  }
});

test('the image runs without root, installs without development tools and is watched by its health', () => {
  const dockerfile = read('Dockerfile');
  expect(dockerfile).toMatch(/^USER node$/m);
  expect(dockerfile).toMatch(/npm ci --omit=dev/);
  expect(dockerfile).toMatch(/^HEALTHCHECK [\s\S]*\/livez/m);
});

test('docker-compose.yml gives the gateway only settings that it reads, and holds no secret', () => {
  const compose = read('docker-compose.yml');
  const gateway = /\n {2}gateway:\n([\s\S]*?)\n {2}postgres:/.exec(compose)?.[1] ?? '';
  const environment = /\n {4}environment:\n((?: {6}.+\n)+)/.exec(gateway)?.[1] ?? '';
  const names = [...environment.matchAll(/^ {6}([A-Z_]+): (?!"")/gm)].map((match) => match[1]);
  expect(names).toContain('DATABASE_URL');
  // What .env holds for the others.
  for (const name of ['DATABASE_URL_OWNER', 'DATABASE_OWNER_PASSWORD', 'POSTGRES_PASSWORD'])
    expect(environment).toContain(`${name}: ""`);
  expect(gateway).toMatch(/migrate:\n {8}condition: service_completed_successfully/);
  expect(names.filter((name) => !settingNames.includes(String(name)))).toEqual([]);
  const passwords = [...compose.matchAll(/(?:PASSWORD: |:\/\/[a-z_]+:(?=\$))(\S+)/g)].map((match) => match[1]);
  const named = passwords.map((password) => /^\$\{([A-Z_]+):\?/.exec(String(password))?.[1] ?? password);
  expect(named.filter((name) => name !== '""')).toEqual([
    // The gateway's, the database's, those of what migrates, and of what keeps retention.
    ...['DATABASE_LOGIN_PASSWORD', 'POSTGRES_PASSWORD', 'DATABASE_OWNER_PASSWORD'],
    ...['DATABASE_LOGIN_PASSWORD', 'DATABASE_OWNER_PASSWORD'],
    ...['POSTGRES_PASSWORD', 'DATABASE_OWNER_PASSWORD', 'DATABASE_LOGIN_PASSWORD'],
  ]);
  expect(compose.match(/healthcheck:\n {6}test:/g)).toHaveLength(3);
});
