import type { IncomingHttpHeaders } from 'node:http';

/** What `Cache-Control` of a request asks of a cache (RFC 9111, section 5.2.1). */
export interface RequestConditions {
  /** Nothing that was stored before may be the answer. */
  readonly noCache: boolean;
  /** Neither given from the store nor stored. */
  readonly noStore: boolean;
  readonly onlyIfCached: boolean;
  /** Oldest data that is taken. */
  readonly maxAgeSeconds: number;
  /** How much longer the answer has to stay fresh at least. */
  readonly minFreshSeconds: number;
}

/** Oldest data that an execution for the request may use, in seconds; Infinity: whatever counts as fresh. */
export function maxAgeSecondsOf({ noCache, minFreshSeconds, maxAgeSeconds }: RequestConditions): number {
  return noCache || minFreshSeconds > 0 ? 0 : maxAgeSeconds;
}

export const UNCONDITIONAL: RequestConditions = {
  noCache: false,
  noStore: false,
  onlyIfCached: false,
  maxAgeSeconds: Number.POSITIVE_INFINITY,
  minFreshSeconds: 0,
};

export function readRequestConditions(cacheControl: string | undefined): RequestConditions {
  if (cacheControl === undefined) return UNCONDITIONAL;
  const directives = new Map<string, string>();
  for (const part of cacheControl.toLowerCase().split(',')) {
    const [name = '', value = ''] = part.split('=');
    directives.set(name.trim(), value.trim().replaceAll('"', ''));
  }
  // An argument that is no number of seconds is taken for the strictest.
  const seconds = (name: string, absent: number, invalid: number): number => {
    const value = directives.get(name);
    if (value === undefined) return absent;
    return /^\d{1,10}$/.test(value) ? Number(value) : invalid;
  };
  const maxAgeSeconds = seconds('max-age', Number.POSITIVE_INFINITY, 0);
  return {
    noCache: directives.has('no-cache') || maxAgeSeconds === 0,
    noStore: directives.has('no-store'),
    onlyIfCached: directives.has('only-if-cached'),
    maxAgeSeconds,
    minFreshSeconds: seconds('min-fresh', 0, Number.POSITIVE_INFINITY),
  };
}

/** Whether the client prefers gzip to plain bytes (RFC 9110, section 12.5.3): named, or meant by `*`, and not refused by `q=0`. */
export function prefersGzip(acceptEncoding: IncomingHttpHeaders['accept-encoding']): boolean {
  if (acceptEncoding === undefined) return false;
  const weights = new Map<string, number>();
  for (const part of String(acceptEncoding).toLowerCase().split(',')) {
    const [coding = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    const q = parameters.find((parameter) => /^q\s*=/.test(parameter));
    const weight = q === undefined ? 1 : Number(q.slice(q.indexOf('=') + 1));
    weights.set(coding === 'x-gzip' ? 'gzip' : coding, Number.isFinite(weight) ? weight : 0);
  }
  const gzip = weights.get('gzip') ?? weights.get('*') ?? 0;
  return gzip > 0 && gzip >= (weights.get('identity') ?? 0);
}

/** Whether `If-None-Match` names one of the entity tags (RFC 9110, section 13.1.2: by weak comparison). */
export function matchesEntityTag(ifNoneMatch: string | undefined, entityTags: readonly string[]): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  const named = ifNoneMatch.match(/"[^"]*"/g) ?? [];
  return named.some((tag) => entityTags.includes(tag));
}
