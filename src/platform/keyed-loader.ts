import DataLoader from 'dataloader';
import { oneByKey } from './batch.ts';
import { rowIdOf } from './database-ids.ts';
import type { EdgeLoader, EdgeRequest } from './edges.ts';

/** Keys that one batch takes; more are read in several, side by side. */
export const MAX_KEYS_PER_BATCH = 1_000;

export interface KeyedRequest {
  readonly key: string;
  readonly request: EdgeRequest;
}

export interface KeyedLoader<Answer> extends EdgeLoader {
  load(key: string, request: EdgeRequest): Promise<Answer>;
  /** Forgets every answer, because something was written. */
  clear(): void;
}

/**
 * A loader for edges, made for one request: all that one tick asks for goes to `loadMany` together, equal questions once.
 * `partOf` names what of the request makes a different answer (arguments, selected columns); it is '' when nothing does.
 */
export function createKeyedLoader<Answer>(
  loadMany: (requests: readonly KeyedRequest[]) => Promise<readonly (Answer | Error)[]>,
  partOf: (request: EdgeRequest) => string = () => '',
): KeyedLoader<Answer> {
  const loader = new DataLoader<KeyedRequest, Answer, string>(async (requests) => [...(await loadMany(requests))], {
    cacheKeyFn: ({ key, request }) => `${key}\n${partOf(request)}`,
    maxBatchSize: MAX_KEYS_PER_BATCH,
  });
  return { load: (key, request) => loader.load({ key, request }), clear: () => void loader.clearAll() };
}

/** The batch function of records that are found by their row id: in the order asked, null for an id without a row. */
export async function loadByRowId<Model extends { readonly nativeId: string }>(
  requests: readonly KeyedRequest[],
  select: (ids: readonly number[]) => Promise<readonly Model[]>,
): Promise<(Model | null)[]> {
  const keys = requests.map(({ key }) => key);
  const ids = keys.map(rowIdOf).filter((id) => id !== null);
  const found = ids.length === 0 ? [] : await select(ids);
  return oneByKey(keys, found, (model) => model.nativeId);
}
