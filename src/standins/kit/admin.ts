import { z } from 'zod';
import type { StandInAnswer, StandInRequest } from './exchange.ts';
import type { Fault, StandIn } from './fault.ts';
import type { FaultQueue } from './fault-queue.ts';

const faultShape = z.strictObject({
  kind: z.enum(['down', 'hang', 'slow', 'status', 'truncated', 'reset', 'oversize']),
  path: z.string().exactOptional(),
  method: z.string().exactOptional(),
  times: z.int().min(1).exactOptional(),
  delayMs: z.int().min(0).max(600_000).exactOptional(),
  status: z.int().min(200).max(599).exactOptional(),
  body: z.json().exactOptional(),
  contentType: z.string().exactOptional(),
  headers: z.record(z.string(), z.string()).exactOptional(),
  carriedOut: z.boolean().exactOptional(),
  bytes: z.int().min(2).max(1_073_741_824).exactOptional(),
});

/** Answers `/__admin/…`: the same handles that tests have, over HTTP. */
export function handleAdmin(request: StandInRequest, calls: StandIn['calls'], faults: FaultQueue): StandInAnswer {
  switch (`${request.method} ${request.url.pathname}`) {
    case 'GET /__admin/calls': {
      const path = request.url.searchParams.get('path') ?? '';
      const listed = calls.all.filter((call) => call.path.includes(path));
      return { status: 200, body: { count: calls.count(path), billed: calls.billed(), calls: listed } };
    }
    case 'DELETE /__admin/calls':
      calls.clear();
      return { status: 204 };
    case 'GET /__admin/faults':
      return { status: 200, body: { faults: faults.list() } };
    case 'POST /__admin/faults':
      return addFault(request, faults);
    case 'DELETE /__admin/faults':
      faults.clear();
      return { status: 204 };
    default:
      return problem(
        404,
        `There is no ${request.method} ${request.url.pathname}. Use GET or DELETE /__admin/calls, or GET, POST or DELETE /__admin/faults.`,
      );
  }
}

function addFault(request: StandInRequest, faults: FaultQueue): StandInAnswer {
  const read = readFault(request.body);
  if ('error' in read) return problem(400, `The fault was not added: ${read.error}`);
  faults.add(read.fault);
  return { status: 201, body: { faults: faults.list() } };
}

function readFault(body: string): { fault: Fault } | { error: string } {
  let given: unknown;
  try {
    given = JSON.parse(body);
  } catch {
    return { error: 'the body is not JSON. Send for example {"kind":"slow","delayMs":2000,"times":1}.' };
  }
  const parsed = faultShape.safeParse(given);
  return parsed.success ? { fault: parsed.data } : { error: z.prettifyError(parsed.error) };
}

function problem(status: number, error: string): StandInAnswer {
  return { status, body: { error } };
}
