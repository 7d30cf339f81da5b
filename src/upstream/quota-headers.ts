import type { LimitScope } from './failure-meaning.ts';
import type { QuotaReading } from './quota-reading.ts';

/** Header names in lower case, as node:http and undici give them. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Counts beyond this are nonsense; within it arithmetic is exact. */
const MAX_COUNT = 1_000_000_000_000;

/**
 * `Sforce-Limit-Info: api-usage=10018/100000`, perhaps followed by `; per-app-api-usage=17/250(appName=x)`: the org's REST calls of the last 24
 * hours. Null where it says nothing of use.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_api_usage.htm
 */
export function readSforceLimitInfo(headers: AnswerHeaders): QuotaReading | null {
  const match = /(?:^|[;,\s])api-usage\s*=\s*(\d{1,15})\s*\/\s*(\d{1,15})(?!\d)/i.exec(
    textOf(headers['sforce-limit-info']),
  );
  return match ? reading(Number(match[1]), Number(match[2]), null) : null;
}

/**
 * The points quota of Jira Cloud. Where it applies, every answer has `RateLimit-Policy: "tenant-app-quota";q=100100;w=3600` and
 * `RateLimit: "tenant-app-quota";r=17842;t=2107`, either also with `Beta-` before it; once the quota is used up the policy may be missing.
 * A 429 for a quota tells the same in `X-RateLimit-*`; without a quota's RateLimit-Reason those count the calls of one second, and are not
 * read here. Null where it says nothing of use, and for API tokens, which have no points.
 * https://developer.atlassian.com/cloud/jira/platform/rate-limiting
 */
export function readJiraQuota(headers: AnswerHeaders, nowMs: number): QuotaReading | null {
  const budget = textOf(headers.ratelimit) || textOf(headers['beta-ratelimit']);
  const policy = textOf(headers['ratelimit-policy']) || textOf(headers['beta-ratelimit-policy']);
  const fromBudget = quotaOf(budget, policy, nowMs);
  if (fromBudget) return fromBudget;
  const scope = readLimitScope(headers);
  if (scope !== 'tenant' && scope !== 'global') return null;
  const limit = countOf(headers['x-ratelimit-limit']);
  const remaining = countOf(headers['x-ratelimit-remaining']);
  if (limit === null || remaining === null) return null;
  return reading(limit - remaining, limit, instantOf(headers['x-ratelimit-reset']));
}

/** How far the limit reaches that `RateLimit-Reason` names; null where it names none. */
export function readLimitScope(headers: AnswerHeaders): LimitScope | null {
  const reason = (textOf(headers['ratelimit-reason']) || textOf(headers['x-beta-ratelimit-reason']))
    .trim()
    .toLowerCase();
  return scopeByReason[reason] ?? null;
}

const scopeByReason: Readonly<Record<string, LimitScope>> = Object.assign(Object.create(null), {
  'jira-burst-based': 'endpoint',
  'jira-quota-global-based': 'global',
  'jira-quota-tenant-based': 'tenant',
  'jira-per-issue-on-write': 'record',
});

/** Of several quotas, the one with the smallest share left: that is the one which will stop us. */
function quotaOf(budget: string, policy: string, nowMs: number): QuotaReading | null {
  const policies = new Map(itemsOf(policy).map((item) => [item.name, item.parameters]));
  let tightest: QuotaReading | null = null;
  for (const { name, parameters } of itemsOf(budget)) {
    const remaining = parameters.get('r');
    const secondsLeft = parameters.get('t');
    if (remaining === undefined) continue;
    // A used-up quota comes without its size; any size says the same then.
    const limit = policies.get(name)?.get('q') ?? (remaining === 0 ? 1 : undefined);
    if (limit === undefined) continue;
    const resetsAtMs = secondsLeft === undefined ? null : nowMs + secondsLeft * 1_000;
    const found = reading(limit - remaining, limit, resetsAtMs);
    if (found && (!tightest || found.used / found.limit > tightest.used / tightest.limit)) tightest = found;
  }
  return tightest;
}

interface Item {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, number>;
}

/** `"a";r=1;t=2, "b";r=3`: a list of strings with whole numbers as parameters. What does not fit is passed over. */
function itemsOf(header: string): Item[] {
  return header
    .slice(0, 1_000)
    .split(',')
    .map((part): Item => {
      const [name = '', ...parameters] = part.split(';').map((piece) => piece.trim());
      const pairs = parameters.flatMap((parameter): [string, number][] => {
        const match = /^([a-z]{1,10})=(\d{1,12})$/i.exec(parameter);
        return match?.[1] === undefined ? [] : [[match[1].toLowerCase(), Number(match[2])]];
      });
      return { name: name.replaceAll('"', ''), parameters: new Map(pairs) };
    });
}

function reading(used: number, limit: number, resetsAtMs: number | null): QuotaReading | null {
  if (limit < 1 || limit > MAX_COUNT || used > MAX_COUNT) return null;
  return { used: Math.max(0, used), limit, resetsAtMs };
}

function countOf(header: string | readonly string[] | undefined): number | null {
  const text = textOf(header).trim();
  return /^\d{1,12}$/.test(text) ? Number(text) : null;
}

/** ISO 8601 as Jira documents it, or seconds since the epoch as many others send. */
function instantOf(header: string | readonly string[] | undefined): number | null {
  const text = textOf(header).trim();
  if (/^\d{9,11}$/.test(text)) return Number(text) * 1_000;
  if (!/^\d{4}-\d{2}-\d{2}T/.test(text)) return null;
  const instantMs = Date.parse(text);
  return Number.isNaN(instantMs) ? null : instantMs;
}

function textOf(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' ? header : (header?.join(', ') ?? '');
}
