import type { DocumentPolicy } from './document-policy.ts';
import type { AskedOperation } from './execution.ts';
import { maxAgeSecondsOf } from './request-conditions.ts';
import { visibilityKey } from './visibility.ts';

/** What an answer is kept under: equal for those, and only for those, who may be given the same. */
export function keyOf({ operation, visibility }: AskedOperation): string {
  return operation.digest + visibilityKey(visibility, reachOf(operation.policy));
}

/** Among whom an answer may be shared. */
export function reachOf(policy: DocumentPolicy): 'shared' | 'person' | 'session' {
  if (policy.kind === 'uncacheable') return 'session';
  return policy.isPrivate ? 'person' : 'shared';
}

/** What executions are shared under: whoever asks for fresher data than is stored shares an execution only with those who ask for the same. */
export function variantKeyOf(key: string, { conditions, variant }: AskedOperation): string {
  return `${key}|${maxAgeSecondsOf(conditions)}|${variant}`;
}
