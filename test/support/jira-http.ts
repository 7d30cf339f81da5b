import { z } from 'zod';
import type { JiraStandIn } from '../../src/standins/jira/server.ts';

export interface JiraAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** JSON, or null when there is none. */
  readonly body: unknown;
}

const issuesShape = z.looseObject({ issues: z.array(z.looseObject({ key: z.string() })) });
const pageShape = z.looseObject({ isLast: z.boolean(), nextPageToken: z.string().optional() });
const problemShape = z.object({ errorMessages: z.array(z.string()), errors: z.record(z.string(), z.string()) });

/** The keys of the issues in an answer, in its order. Throws when it is no list of issues. */
export function keysOf({ body }: JiraAnswer): string[] {
  return issuesShape.parse(body).issues.map(({ key }) => key);
}

export function pageOf({ body }: JiraAnswer): { isLast: boolean; nextPageToken?: string | undefined } {
  return pageShape.parse(body);
}

/** Status and messages of a refusal; fails unless it has exactly the shape of Jira's ErrorCollection. */
export function problemOf({ status, body }: JiraAnswer): {
  status: number;
  message: string;
  errors: Record<string, string>;
} {
  const { errorMessages, errors } = z.strictObject(problemShape.shape).parse(body);
  return { status, message: errorMessages.join(' '), errors };
}

/** Signed-in requests to a Jira stand-in; `path` is what follows `/rest/api/3`. */
export function jiraHttp(standIn: JiraStandIn) {
  const authorization = `Basic ${Buffer.from(`${standIn.email}:${standIn.apiToken}`).toString('base64')}`;
  return async (method: string, path: string, body?: unknown): Promise<JiraAnswer> => {
    const response = await fetch(`${standIn.url}/rest/api/3${path}`, {
      method,
      headers: { authorization, accept: 'application/json', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
  };
}
