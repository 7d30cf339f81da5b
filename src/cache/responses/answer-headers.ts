import type { CacheUse } from '../../platform/receipt.ts';
import type { ServedAnswer } from './response-cache.ts';

/** Name of this cache in `Cache-Status` (RFC 9211). */
const CACHE_NAME = 'deployment-graph';
/** That of the cache of records beneath, out of which answers are made. */
const RECORDS_NAME = 'deployment-graph-records';

/** What answers of `/graphql` differ by, beside the address. */
const VARY = 'accept, accept-encoding, authorization, cookie, x-session-token';

type Stored = Extract<ServedAnswer, { kind: 'stored' }>;

/** Why an answer did not come from the cache, in the words of RFC 9211. `request`: the client did not want a stored one. */
export type ForwardReason = 'bypass' | 'miss' | 'request';

/** `isSignedIn`: the request carried credentials, so nobody else may be given the answer by a cache on the way. */
export function storedAnswerHeaders(
  served: Stored,
  nowMs: number,
  isSignedIn: boolean,
  reason: ForwardReason,
  records?: Readonly<CacheUse>,
): Record<string, string> {
  const { readAtMs, freshUntilMs, isPrivate, dependsOnRole } = served.answer.facts;
  const visibility = isSignedIn || isPrivate || dependsOnRole ? 'private' : 'public';
  return {
    // Counted from when the data was read, as `age` is: what is left is the difference of the two.
    'cache-control': `${visibility}, max-age=${Math.floor((freshUntilMs - readAtMs) / 1_000)}`,
    age: String(Math.max(0, Math.floor((nowMs - readAtMs) / 1_000))),
    vary: VARY,
    'cache-status': withRecords(records, storedStatus(served, nowMs, reason)),
  };
}

function storedStatus({ from, joined, answer }: Stored, nowMs: number, reason: ForwardReason): string {
  if (from === 'execution')
    return joined ? `${CACHE_NAME}; fwd=${reason}; collapsed` : `${CACHE_NAME}; fwd=${reason}; stored`;
  const ttl = Math.max(0, Math.floor((answer.facts.freshUntilMs - nowMs) / 1_000));
  return `${CACHE_NAME}; hit; ttl=${ttl}${from === 'shared' ? '; detail=shared' : ''}`;
}

/** Caches are listed from the source on, as RFC 9211 wants it. One that held nothing of the answer is left out. */
function withRecords(records: Readonly<CacheUse> | undefined, status: string): string {
  if (!records || (records.hits === 0 && records.stale === 0)) return status;
  const stale = records.stale > 0 ? '; detail=stale' : '';
  if (records.misses === 0) return `${RECORDS_NAME}; hit${stale}, ${status}`;
  return `${RECORDS_NAME}; fwd=${records.stale > 0 ? 'stale' : 'partial'}${stale}, ${status}`;
}

/** `ageMs`: of the oldest data in the answer, where something older than the request is in it. */
export function unstoredAnswerHeaders(
  reason: ForwardReason,
  joined: boolean,
  ageMs: number | null,
  records?: Readonly<CacheUse>,
  repeated = false,
): Record<string, string> {
  const status = repeated
    ? `${CACHE_NAME}; hit; detail=stale`
    : withRecords(records, `${CACHE_NAME}; fwd=${reason}${joined ? '; collapsed' : ''}`);
  return {
    'cache-control': 'no-store',
    vary: VARY,
    'cache-status': status,
    ...(ageMs === null ? {} : { age: String(Math.max(0, Math.floor(ageMs / 1_000))) }),
  };
}
