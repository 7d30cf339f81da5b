import { parseKey } from './sealing/key-file.ts';

type Given = Readonly<Record<string, string | undefined>>;

const secretNames = [
  'SALESFORCE_CLIENT_SECRET',
  'SALESFORCE_WEBHOOK_SECRET',
  'JIRA_API_TOKEN',
  'JIRA_WEBHOOK_SECRET',
] as const;
const urlNames = [
  'DATABASE_URL',
  'DATABASE_URL_OWNER',
  'DATABASE_URL_OLAP',
  'DATABASE_URL_CONTENT',
  'REDIS_URL',
] as const;
const keyNames = ['ENCRYPTION_KEY', 'AUDIT_PSEUDONYM_KEY'] as const;

/** What guides and examples write where a secret is to stand, and what is tried first by who guesses. */
const placeholder =
  /^(change|replace|insert|enter|fill|set)[-_ ]?(me|this|it|in|here)|^(your|my|the|some)[-_ ]|^[<[{].*[>\]}]$|^(password|passw0rd|secret|postgres|redis|root|admin|user|test|demo|dev|example|default|placeholder|todo|none|null|token|key|letmein|qwerty|abc|1234)[\W_\d]*$/i;

/**
 * Secrets that somebody else knows too: placeholders, a user's name as the password, keys with a pattern, one key for two ends. For production; problems
 * never hold a value.
 */
export function guessableSettings(given: Given): string[] {
  const problems: string[] = [];
  const advise = (name: string, what: string, how: string): void => {
    problems.push(`${name}: ${what}, which is not allowed in production. ${how}`);
  };
  for (const name of secretNames)
    if (isGuessable(given[name])) advise(name, 'a placeholder or a pattern', 'Set the real secret.');
  for (const name of urlNames) {
    const { username, password } = credentialsOf(given[name]);
    if (isGuessable(password) || (password !== '' && password === username))
      advise(name, 'its password is a placeholder, a pattern or the name of the user', 'Give the user another one.');
  }
  for (const name of keyNames) {
    const key = parseKey(given[name] ?? '');
    if (key && !isRandom(key)) advise(name, 'its bytes are not random', 'Make one with `openssl rand -base64 32`.');
  }
  const [encryption, pseudonym] = keyNames.map((name) => parseKey(given[name] ?? '')?.toString('hex'));
  const old = (given.ENCRYPTION_KEYS_OLD ?? '').split(',').map((part) => parseKey(part)?.toString('hex'));
  if (pseudonym !== undefined && [encryption, ...old].includes(pseudonym))
    advise('AUDIT_PSEUDONYM_KEY', 'the same key as one that encrypts', 'Make one of its own.');
  return problems;
}

function isGuessable(secret: string | undefined): boolean {
  const text = secret?.trim() ?? '';
  return text !== '' && (placeholder.test(text) || new Set(text).size < 5);
}

function credentialsOf(url: string | undefined): { readonly username: string; readonly password: string } {
  if (!url || !URL.canParse(url)) return { username: '', password: '' };
  const { username, password } = new URL(url);
  try {
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch {
    return { username, password };
  }
}

/** Of 32 random bytes fewer than 16 differ, hardly any step differs from another, or all are printable, hardly once in 10^10 keys. */
function isRandom(key: Buffer): boolean {
  const steps = new Set(key.subarray(1).map((byte, index) => byte - (key[index] ?? 0)));
  return new Set(key).size >= 16 && steps.size > 8 && !key.every((byte) => byte >= 0x20 && byte < 0x7f);
}
