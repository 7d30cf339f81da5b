import type { StandInAnswer } from '../kit/exchange.ts';
import type { ResourceCall } from './org.ts';
import { Refusal } from './refusal.ts';
import { parseResourceUrl } from './resource-url.ts';

const MAX_SUBREQUESTS = 25;
const HALTED = [{ errorCode: 'BATCH_PROCESSING_HALTED', message: 'Batch processing halted per request' }];

/** `POST /composite/batch`: independent subrequests, each billed as a call of its own. */
export function answerBatch(call: ResourceCall, run: (call: ResourceCall) => StandInAnswer): StandInAnswer {
  const { batchRequests, haltOnError } =
    typeof call.body === 'object' && call.body !== null ? (call.body as Record<string, unknown>) : {};
  if (!Array.isArray(batchRequests) || batchRequests.length === 0) {
    throw new Refusal(
      400,
      'JSON_PARSER_ERROR',
      'The request body has to be {"batchRequests": [{"method", "url", "richInput"?}], "haltOnError"?}.',
    );
  }
  if (batchRequests.length > MAX_SUBREQUESTS) {
    throw new Refusal(
      400,
      'LIMIT_EXCEEDED',
      `The batch request can’t contain more than ${MAX_SUBREQUESTS} subrequests.`,
    );
  }
  let halted = false;
  const results = batchRequests.map((entry: unknown) => {
    if (halted) return { statusCode: 412, result: HALTED };
    const answer = runOne(entry, run);
    halted = haltOnError === true && answer.statusCode >= 400;
    return answer;
  });
  const body = { hasErrors: results.some((result) => result.statusCode >= 400), results };
  return { status: 200, body, billed: batchRequests.length };
}

function runOne(entry: unknown, run: (call: ResourceCall) => StandInAnswer): { statusCode: number; result: unknown } {
  const { method, url, richInput } =
    typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>) : {};
  try {
    if (typeof method !== 'string' || typeof url !== 'string')
      throw new Refusal(400, 'JSON_PARSER_ERROR', 'Each batch request has a method and a url.');
    const target = parseResourceUrl(url.startsWith('/') ? url : `/services/data/${url}`);
    if (target.segments[0] === 'composite' && target.segments[1] !== 'sobjects')
      throw new Refusal(400, 'INVALID_INPUT', 'Composite requests are not allowed within a batch.');
    const answer = run({ ...target, method: method.toUpperCase(), body: richInput, headers: {} });
    return { statusCode: answer.status, result: answer.body ?? null };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { statusCode: error.status, result: [error.entry] };
  }
}
