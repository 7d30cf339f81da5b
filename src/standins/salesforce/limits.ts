import type { StandInAnswer } from '../kit/exchange.ts';
import type { Org, ResourceCall } from './org.ts';
import { notFound } from './refusal.ts';

/** `GET /limits`: the allowances that the gateway reads, in the form of all of them. */
export function answerLimits(org: Org, call: ResourceCall): StandInAnswer {
  if (call.method !== 'GET' || call.segments.length > 1) throw notFound();
  const { used, limit } = org.usage;
  return {
    status: 200,
    body: {
      DailyApiRequests: { Max: limit, Remaining: Math.max(0, limit - used) },
      DailyBulkApiBatches: { Max: 15_000, Remaining: 15_000 },
      DailyStreamingApiEvents: { Max: 1_000_000, Remaining: 1_000_000 },
      DataStorageMB: { Max: 10_240, Remaining: 9_871 },
      FileStorageMB: { Max: 10_240, Remaining: 10_003 },
    },
  };
}
