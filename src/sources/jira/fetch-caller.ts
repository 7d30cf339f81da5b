import type { FetchCall } from '../../cache/record-kind.ts';
import type { JiraCaller } from './client.ts';

/** Those who wait for a fetch of the cache, as one caller. */
export function callerOf(call: FetchCall): JiraCaller {
  return { signal: call.signal, receipts: [call.receipt], priority: call.priority };
}
