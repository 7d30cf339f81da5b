import {
  defaultFieldResolver,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isObjectType,
} from 'graphql';
import { GatewayError } from '../platform/errors.ts';

/** Far more than a screen or an export page needs, and little enough that it is worked through in about a second. */
const MAX_ANSWER_RECORDS = 100_000;

/**
 * How many records one answer holds so far. Lists in lists multiply: five levels of twenty are three million records, which a document of
 * one line can ask for and which the caches would hand out without one call. At the bound the operation ends as a whole.
 */
export class AnswerSize {
  readonly #maxRecords: number;
  readonly #exceeded = Promise.withResolvers<never>();
  #records = 0;

  constructor(maxRecords: number = MAX_ANSWER_RECORDS) {
    this.#maxRecords = maxRecords;
    // Nobody may be waiting for it.
    this.#exceeded.promise.catch(() => undefined);
  }

  get isExceeded(): boolean {
    return this.#records > this.#maxRecords;
  }

  /** Rejects with ANSWER_TOO_LARGE when the bound is passed; never settles otherwise. */
  get exceeded(): Promise<never> {
    return this.#exceeded.promise;
  }

  /** Counts what a resolver gave. Beyond the bound it gives null in its place, so that nothing more grows from it. */
  admit<Answer>(answer: Answer): Answer | null {
    if (this.isExceeded) return null;
    this.#records += countRecords(answer);
    if (!this.isExceeded) return answer;
    const message =
      `The answer would hold more than ${this.#maxRecords} records: its lists multiply with each level. ` +
      'Ask for smaller pages, fewer levels or fewer aliases at once.';
    this.#exceeded.reject(new GatewayError('ANSWER_TOO_LARGE', message));
    return null;
  }
}

/** Records in a list or on a page; anything else is one. */
function countRecords(answer: unknown): number {
  if (Array.isArray(answer)) return answer.length;
  if (typeof answer !== 'object' || answer === null) return 0;
  return 'nodes' in answer && Array.isArray(answer.nodes) ? answer.nodes.length : 1;
}

interface SizedContext {
  readonly answerSize?: AnswerSize;
}

/**
 * Has every field that gives objects count them, before graphql-js begins to work through them: afterwards would be too late, since the
 * fields of a whole level are asked before the first of them is answered. Call it once, on the finished schema.
 */
export function boundAnswerSize(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const resolve = field.resolve as GraphQLFieldResolver<unknown, SizedContext> | undefined;
      if (!resolve || resolve === defaultFieldResolver || !isCompositeType(getNamedType(field.type))) continue;
      field.resolve = (parent, args, context: SizedContext, info) => {
        const size = context.answerSize;
        if (size?.isExceeded) return null;
        const answer: unknown = resolve(parent, args, context, info);
        if (size === undefined) return answer;
        return answer instanceof Promise ? answer.then((settled: unknown) => size.admit(settled)) : size.admit(answer);
      };
    }
  }
}
