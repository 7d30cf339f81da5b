import { Counter, type Registry } from 'prom-client';
import type { DocumentOutcome } from './document-desk.ts';

/** How requests name their documents. */
export interface DocumentMetrics {
  readonly requests: Counter<'outcome'>;
  readonly untrusted: Counter;
  readonly reloads: Counter<'outcome'>;
}

/** In the order of the help text. */
const OUTCOMES: readonly DocumentOutcome[] = ['hash', 'text', 'free', 'refused', 'unknown', 'mismatch'];

export function createDocumentMetrics(registry: Registry): DocumentMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: 'graphql_documents_total',
    help: 'Requests where trusted documents count. hash, text: of a trusted one; free: of none, and let in; refused: of none; unknown: a hash of none; mismatch: hash and text disagree.',
    labelNames: ['outcome'] as const,
    registers,
  });
  for (const outcome of OUTCOMES) requests.inc({ outcome }, 0);
  return {
    requests,
    untrusted: new Counter({
      name: 'graphql_untrusted_documents_total',
      help: 'Different documents that were let in without being in the manifest, up to 1,000; each is in the log once.',
      registers,
    }),
    reloads: new Counter({
      name: 'graphql_documents_reloads_total',
      help: 'Readings of a manifest that has changed while the gateway runs; failed: the one before stays in force.',
      labelNames: ['outcome'] as const,
      registers,
    }),
  };
}
