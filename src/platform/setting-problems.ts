import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { settingsShape } from './config-shape.ts';
import { guessableSettings } from './guessable-settings.ts';

/** Texts of the settings that are there, by name. */
export type Given = Partial<Record<keyof typeof settingsShape, string>>;

/** What is wrong with the settings together, each by its name, and never with a value. */
export function settingProblems(given: Given): string[] {
  const problems: string[] = [];
  const salesforceNamed = (
    [
      'SALESFORCE_LOGIN_URL',
      'SALESFORCE_CLIENT_ID',
      'SALESFORCE_CLIENT_SECRET',
      'SALESFORCE_USERNAME',
      'SALESFORCE_PRIVATE_KEY',
    ] as const
  ).some((name) => given[name]);
  if (salesforceNamed) problems.push(...salesforceProblems(given));
  problems.push(...allOrNone(given, ['JIRA_BASE_URL', 'JIRA_EMAIL', 'JIRA_API_TOKEN'], 'Jira'));
  problems.push(...allOrNone(given, ['OIDC_ISSUER', 'OIDC_AUDIENCE'], 'the identity provider'));
  if (given.DATABASE_URL_OWNER && !given.DATABASE_URL)
    problems.push(
      'DATABASE_URL: required with DATABASE_URL_OWNER. It names the same database by the user that serves requests.',
    );

  const production = given.NODE_ENV === 'production';
  if (production) problems.push(...guessableSettings(given), ...openAddresses(given));
  if (production && given.ALLOW_STANDINS !== 'true') {
    const missing = [
      ...(given.DATABASE_URL ? [] : ['DATABASE_URL']),
      ...(salesforceNamed ? [] : ['SALESFORCE_LOGIN_URL']),
      ...(given.JIRA_BASE_URL ? [] : ['JIRA_BASE_URL']),
      ...(given.OIDC_ISSUER ? [] : ['OIDC_ISSUER']),
      ...(given.ENCRYPTION_KEY ? [] : ['ENCRYPTION_KEY']),
      ...(given.AUDIT_PSEUDONYM_KEY ? [] : ['AUDIT_PSEUDONYM_KEY']),
    ];
    for (const name of missing)
      problems.push(
        `${name}: required in production. Set it, or allow the bundled stand-ins by name with ALLOW_STANDINS=true.`,
      );
    if (given.ANONYMOUS_ROLE)
      problems.push('ANONYMOUS_ROLE: not allowed in production. Remove it, or set ALLOW_STANDINS=true for a demo.');
  }
  return problems;
}

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

/** Where credentials, tokens or records would travel unencrypted. */
function openAddresses(given: Partial<Record<string, string>>): string[] {
  return ['SALESFORCE_LOGIN_URL', 'JIRA_BASE_URL', 'OIDC_ISSUER'].flatMap((name) => {
    const text = given[name] ?? '';
    if (!URL.canParse(text)) return [];
    const { protocol, hostname } = new URL(text);
    const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
    if (protocol !== 'http:' || isLoopback) return [];
    return [`${name}: http:// is not allowed in production, because secrets would travel unencrypted. Use https://.`];
  });
}

/** The setting is the PEM itself or the path of a file that holds it. Salesforce signs in by RSA keys alone. Adds to `problems` what is wrong with it. */
export function readPrivateKey(value: string | undefined, problems: string[]): string {
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
