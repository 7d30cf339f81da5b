import type { ZodType } from 'zod';
import type { StandInRequest } from '../kit/exchange.ts';
import { invalidPayload, JiraProblem } from './problem.ts';
import type { Site } from './site.ts';

/** A signed-in request to one route. */
export interface JiraExchange {
  readonly site: Site;
  readonly url: URL;
  /** What the groups of the route's pattern matched, decoded. */
  readonly parameters: readonly string[];
  /** The body, checked; throws Jira's 400 when it does not have the shape. */
  json<Shape>(shape: ZodType<Shape>): Shape;
}

export function toExchange(request: StandInRequest, site: Site, match: RegExpExecArray): JiraExchange {
  return {
    site,
    url: request.url,
    parameters: match.slice(1).map((group) => decodeURIComponent(group ?? '')),
    json(shape) {
      const parsed = shape.safeParse(parseJson(request));
      if (!parsed.success) throw invalidPayload();
      return parsed.data;
    },
  };
}

function parseJson(request: StandInRequest): unknown {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new JiraProblem(415, ['The request has an unsupported media type. Send application/json.']);
  }
  try {
    return JSON.parse(request.body);
  } catch {
    throw new JiraProblem(400, ['There was an error parsing JSON. Check that your request body is valid.']);
  }
}
