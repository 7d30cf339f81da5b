import { JiraProblem } from './problem.ts';
import type { Site } from './site.ts';

/** A whole number of the query string, not negative. */
export function numberParameter(url: URL, name: string, fallback: number): number {
  const text = url.searchParams.get(name);
  if (text === null) return fallback;
  if (!/^\d{1,9}$/.test(text))
    throw new JiraProblem(400, [`The value '${text}' of the parameter ${name} is not a whole number.`]);
  return Number(text);
}

/** A list parameter: repeated, or separated by commas. */
export function listParameter(url: URL, name: string): string[] {
  return url.searchParams
    .getAll(name)
    .flatMap((text) => text.split(','))
    .filter((text) => text !== '');
}

/** Jira's PageBean over a complete list of values. */
export function pageBean(
  values: readonly unknown[],
  { startAt, maxResults }: { startAt: number; maxResults: number },
  url: URL,
  site: Site,
): Record<string, unknown> {
  const end = startAt + maxResults;
  const isLast = end >= values.length;
  const self = new URL(`${url.pathname}${url.search}`, site.origin);
  const next = new URL(self);
  next.searchParams.set('startAt', String(end));
  return {
    self: self.href,
    ...(isLast ? {} : { nextPage: next.href }),
    maxResults,
    startAt,
    total: values.length,
    isLast,
    values: values.slice(startAt, end),
  };
}
