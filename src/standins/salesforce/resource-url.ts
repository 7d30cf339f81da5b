import { notFound } from './refusal.ts';

/** API versions that the stand-in speaks; it answers all of them alike. */
export const API_VERSIONS: readonly string[] = Array.from({ length: 36 }, (_, index) => `${31 + index}.0`);

export interface ResourceUrl {
  readonly basePath: string;
  readonly segments: readonly string[];
  readonly search: URLSearchParams;
}

/** Takes `/services/data/v62.0/query?q=…` apart; refuses another form and an unknown version with 404. */
export function parseResourceUrl(url: string): ResourceUrl {
  const [path = '', query = ''] = url.split(/\?(.*)/s);
  const match = /^(\/services\/data\/v(\d+\.\d))(\/.*)?$/.exec(path);
  const [, basePath, version, rest = ''] = match ?? [];
  if (basePath === undefined || version === undefined || !API_VERSIONS.includes(version)) throw notFound();
  return {
    basePath,
    segments: rest
      .split('/')
      .filter((segment) => segment !== '')
      .map(decode),
    search: new URLSearchParams(query),
  };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw notFound();
  }
}
