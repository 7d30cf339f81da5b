import type { DocumentPolicy } from './document-policy.ts';
import type { AskedOperation } from './execution.ts';
import { maxAgeSecondsOf } from './request-conditions.ts';
import { visibilityKey } from './visibility.ts';

/** What an answer is kept under: equal for those, and only for those, who may be given the same. */
export function keyOf({ operation, visibility }: AskedOperation): string {
  return operation.digest + visibilityKey(visibility, isPersonal(operation.policy));
}

function isPersonal(policy: DocumentPolicy): boolean {
  return policy.kind === 'uncacheable' || policy.isPrivate;
}

/** What executions are shared under: whoever asks for fresher data than is stored shares an execution only with those who ask for the same. */
export function variantKeyOf(key: string, { conditions, variant }: AskedOperation): string {
  return `${key}|${maxAgeSecondsOf(conditions)}|${variant}`;
}
