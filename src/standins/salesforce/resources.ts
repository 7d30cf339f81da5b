import type { StandInAnswer } from '../kit/exchange.ts';
import { answerBatch } from './batch.ts';
import { answerCollections } from './collections.ts';
import { answerComposite } from './composite.ts';
import { answerLimits } from './limits.ts';
import type { Org, ResourceCall } from './org.ts';
import { answerQuery } from './query-resource.ts';
import { answerRecords } from './record-resource.ts';
import { notFound } from './refusal.ts';

/** Answers one call beneath `/services/data/vXX.0`; throws a Refusal for everything that Salesforce refuses. */
export function answerResource(org: Org, call: ResourceCall): StandInAnswer {
  const run = (subcall: ResourceCall): StandInAnswer => answerResource(org, subcall);
  const [first, second] = call.segments;
  switch (first?.toLowerCase()) {
    case 'sobjects':
      return answerRecords(org, call);
    case 'query':
    case 'queryall':
      return answerQuery(org, call);
    case 'limits':
      return answerLimits(org, call);
    case 'composite':
      if (second === 'sobjects') return answerCollections(org, call);
      if (call.method === 'POST' && second === undefined) return answerComposite(org, call, run);
      if (call.method === 'POST' && second === 'batch' && call.segments.length === 2) return answerBatch(call, run);
      throw notFound();
    default:
      throw notFound();
  }
}
