import type { StandInAnswer } from '../kit/exchange.ts';
import { resolveReferences } from './composite-references.ts';
import type { Org, ResourceCall } from './org.ts';
import { type ErrorEntry, Refusal } from './refusal.ts';
import { parseResourceUrl } from './resource-url.ts';

const MAX_SUBREQUESTS = 25;
/** Queries and sObject collections together. */
const MAX_QUERIES_AND_COLLECTIONS = 5;
const BODY_FORM =
  'The request body has to be {"compositeRequest": [{"method", "url", "referenceId", "body"?}], "allOrNone"?}.';

interface Subrequest {
  readonly method: string;
  readonly url: string;
  readonly referenceId: string;
  readonly body: unknown;
  readonly httpHeaders: Readonly<Record<string, string>>;
}

interface SubAnswer {
  readonly body: unknown;
  readonly httpHeaders: Readonly<Record<string, string>>;
  readonly httpStatusCode: number;
  readonly referenceId: string | null;
}

/** `POST /composite`: up to 25 subrequests, one after the other, billed as one call. `run` answers one resource. */
export function answerComposite(
  org: Org,
  call: ResourceCall,
  run: (call: ResourceCall) => StandInAnswer,
): StandInAnswer {
  const { allOrNone, subrequests } = readComposite(call.body);
  const problem = limitProblem(subrequests);
  if (problem !== undefined) return { status: 200, body: { compositeResponse: [failed(null, problem)] } };
  const before = org.store.snapshot();
  const results = new Map<string, unknown>();
  const answers = subrequests.map((subrequest): SubAnswer => {
    const answer = runSubrequest(subrequest, results, run);
    const isFailure = answer.httpStatusCode >= 400;
    if (!isFailure) results.set(subrequest.referenceId, answer.body);
    return answer;
  });
  const succeeded = answers.every((answer) => answer.httpStatusCode < 400);
  if (!allOrNone || succeeded) return { status: 200, body: { compositeResponse: answers } };
  org.store.restore(before);
  return {
    status: 200,
    body: { compositeResponse: answers.map((answer) => (answer.httpStatusCode < 400 ? rolledBack(answer) : answer)) },
  };
}

function runSubrequest(
  subrequest: Subrequest,
  results: ReadonlyMap<string, unknown>,
  run: (call: ResourceCall) => StandInAnswer,
): SubAnswer {
  try {
    const { basePath, segments, search } = parseResourceUrl(subrequest.url);
    if (segments[0] === 'composite' && segments[1] !== 'sobjects')
      throw new Refusal(400, 'INVALID_INPUT', 'Only sObject Collections are allowed within a composite request.');
    const answer = run({
      method: subrequest.method,
      basePath,
      segments: resolveReferences(segments, results),
      search: new URLSearchParams(resolveReferences([...search], results)),
      body: resolveReferences(subrequest.body, results),
      headers: subrequest.httpHeaders,
    });
    const location =
      answer.status === 201 ? { Location: `${basePath}/${segments.join('/')}/${createdId(answer.body)}` } : {};
    return {
      body: answer.body ?? null,
      httpHeaders: location,
      httpStatusCode: answer.status,
      referenceId: subrequest.referenceId,
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return failed(subrequest.referenceId, error.entry, error.status);
  }
}

function limitProblem(subrequests: readonly Subrequest[]): ErrorEntry | undefined {
  if (subrequests.length > MAX_SUBREQUESTS) {
    return {
      errorCode: 'LIMIT_EXCEEDED',
      message: `The request can’t contain more than ${MAX_SUBREQUESTS} operations.`,
    };
  }
  const queries = subrequests.filter(({ url }) =>
    /^\/services\/data\/v[\d.]+\/(query|queryall|composite\/sobjects)\b/i.test(url),
  );
  if (queries.length > MAX_QUERIES_AND_COLLECTIONS) {
    return {
      errorCode: 'LIMIT_EXCEEDED',
      message: `The request can’t contain more than ${MAX_QUERIES_AND_COLLECTIONS} query or sObject Collections operations.`,
    };
  }
  return undefined;
}

function readComposite(body: unknown): { allOrNone: boolean; subrequests: Subrequest[] } {
  const { allOrNone, compositeRequest } =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  if (!Array.isArray(compositeRequest) || compositeRequest.length === 0)
    throw new Refusal(400, 'JSON_PARSER_ERROR', BODY_FORM);
  const seen = new Set<string>();
  const subrequests = compositeRequest.map((entry: unknown): Subrequest => {
    const {
      method,
      url,
      referenceId,
      body: subBody,
      httpHeaders,
    } = typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>) : {};
    if (typeof method !== 'string' || typeof url !== 'string' || typeof referenceId !== 'string')
      throw new Refusal(400, 'JSON_PARSER_ERROR', BODY_FORM);
    if (!/^[A-Za-z]\w*$/.test(referenceId)) {
      throw new Refusal(
        400,
        'INVALID_INPUT',
        `The referenceId '${referenceId}' has to begin with a letter and to hold letters, digits and underscores only.`,
      );
    }
    if (seen.has(referenceId))
      throw new Refusal(400, 'INVALID_INPUT', `The referenceId '${referenceId}' is used more than once.`);
    seen.add(referenceId);
    return { method: method.toUpperCase(), url, referenceId, body: subBody, httpHeaders: lowerCaseKeys(httpHeaders) };
  });
  return { allOrNone: allOrNone === true, subrequests };
}

function lowerCaseKeys(headers: unknown): Record<string, string> {
  if (typeof headers !== 'object' || headers === null) return {};
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function createdId(body: unknown): string {
  return typeof body === 'object' && body !== null && 'id' in body ? String(body.id) : '';
}

function failed(referenceId: string | null, entry: ErrorEntry, status = 400): SubAnswer {
  return { body: [entry], httpHeaders: {}, httpStatusCode: status, referenceId };
}

function rolledBack(answer: SubAnswer): SubAnswer {
  return failed(answer.referenceId, {
    errorCode: 'PROCESSING_HALTED',
    message: 'The transaction was rolled back since another operation in the same transaction failed.',
  });
}
