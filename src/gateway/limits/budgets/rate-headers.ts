import type { Standing } from './allowance.ts';

/** What is left of one window, as draft-ietf-httpapi-ratelimit-headers writes it. */
export function rateHeaders({ window, remaining, resetsInSeconds }: Standing): readonly (readonly [string, string])[] {
  return [
    ['ratelimit', `"${window.name}";r=${Math.floor(remaining)};t=${resetsInSeconds}`],
    ['ratelimit-policy', `"${window.name}";q=${window.limit};w=${window.seconds}`],
  ];
}

/** The window of which the least is left, as a share. */
export function tightest(standings: readonly Standing[]): Standing | null {
  return standings.reduce<Standing | null>(
    (least, one) => (least === null || shareLeft(one) < shareLeft(least) ? one : least),
    null,
  );
}

function shareLeft({ window, remaining }: Standing): number {
  return remaining / window.limit;
}
