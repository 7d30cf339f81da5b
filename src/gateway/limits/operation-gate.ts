import type { IncomingMessage } from 'node:http';
import { WeightedLru } from '../../cache/responses/weighted-lru.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { RoleName } from '../../platform/settings.ts';
import { EXPLAIN_HEADER, explainModeOf } from '../explain/explain-header.ts';
import { askedByBody, askedBySearch, type OperationAsked } from './asked-operation.ts';
import { MOST_BY_NUMBER } from './cost-rules.ts';
import { evaluate } from './cost-term.ts';
import type { VariableLimits } from './document-limits.ts';
import type { DocumentJudge, MeasuredOperation } from './document-verdict.ts';
import type { InputCheck } from './input-values.ts';
import { requestKey } from './request-key.ts';
import { tooComplex } from './too-complex.ts';
import { checkVariables } from './variable-values.ts';

/** What is known of an operation that was let in. */
export interface AdmittedOperation {
  /** What it may cost at most, in points; 0 for one that the server will refuse. */
  readonly cost: number;
  /** Names of the fields at its root, one for each response name. */
  readonly rootFields: readonly string[];
}

export interface OperationGateOptions {
  readonly judge: Pick<DocumentJudge, 'judge'>;
  readonly variableLimits: VariableLimits;
  readonly inputs: Pick<InputCheck, 'check'>;
  /** Points that one operation may cost, by the highest role of who asks. */
  readonly maxCost: Readonly<Record<RoleName, number>>;
}

/** How much may be remembered of what was sent, in characters of the requests. */
const REMEMBERED_CHARACTERS = 8_000_000;
const ENTRY_WEIGHT = 300;
/** To plan an operation takes about the same, whatever it would cost. */
const PLAN: AdmittedOperation = { cost: 10, rootFields: [] };

/**
 * Stands before everything that answers operations, kept answers included, and refuses those that ask for too much, without validating or
 * executing them. The same request again costs one look into a map.
 */
export class OperationGate {
  readonly #options: OperationGateOptions;
  readonly #known = new WeightedLru<AdmittedOperation | GatewayError>(REMEMBERED_CHARACTERS);

  constructor(options: OperationGateOptions) {
    this.#options = options;
  }

  /**
   * `bodyText`: of a POST; `parsed`: that text as JSON, looked at only when it is new. Throws OPERATION_TOO_COMPLEX, BAD_USER_INPUT and
   * BAD_REQUEST. What a request that only asks for its plan would cost is no reason to refuse it.
   */
  admit(
    request: Pick<IncomingMessage, 'method' | 'headers'>,
    { search, bodyText, parsed }: { readonly search: string; readonly bodyText: string; parsed(): unknown },
    roles: readonly RoleName[],
  ): AdmittedOperation {
    const isPost = request.method === 'POST';
    const key = requestKey(isPost, search, bodyText);
    let verdict = this.#known.get(key);
    if (verdict === undefined) {
      verdict = this.#examine(() => (isPost ? askedByBody(parsed()) : askedBySearch(search)));
      this.#known.set(key, verdict, key.length + ENTRY_WEIGHT);
    }
    if (verdict instanceof GatewayError) throw verdict;
    const max = this.maxCost(roles);
    if (isPlan(request)) return PLAN;
    if (verdict.cost <= max) return verdict;
    throw tooComplex({
      limit: 'cost',
      value: verdict.cost,
      max,
      verb: 'costs up to',
      what: 'points',
      advice:
        'Ask for smaller pages, fewer levels or fewer aliases at once; the header `x-explain: plan` tells its cost without running it.',
    });
  }

  /** Points that an operation of somebody with these roles may cost. */
  maxCost(roles: readonly RoleName[]): number {
    return Math.max(0, ...roles.map((role) => this.#options.maxCost[role]));
  }

  /** What an operation may cost; 0 when it is none. */
  costOf(asked: Pick<OperationAsked, 'query' | 'operationName' | 'variables'>): number {
    const operation = this.#operationOf(asked);
    return operation ? costWith(operation, asked.variables) : 0;
  }

  #examine(read: () => OperationAsked): AdmittedOperation | GatewayError {
    try {
      const asked = read();
      checkVariables(asked.parameters, this.#options.variableLimits);
      const operation = this.#operationOf(asked);
      if (!operation) return { cost: 0, rootFields: [] };
      this.#options.inputs.check(operation.variables, asked.variables);
      return { cost: costWith(operation, asked.variables), rootFields: operation.rootFields };
    } catch (error) {
      if (error instanceof GatewayError) return error;
      throw error;
    }
  }

  #operationOf({ query, operationName }: Pick<OperationAsked, 'query' | 'operationName'>): MeasuredOperation | null {
    const verdict = query === null ? null : this.#options.judge.judge(query);
    if (verdict?.kind === 'refused') throw verdict.error;
    return verdict?.kind === 'measured' ? verdict.operation(operationName) : null;
  }
}

function costWith({ cost, defaults }: MeasuredOperation, values: OperationAsked['variables']): number {
  return Math.ceil(evaluate(cost, { values, defaults }, MOST_BY_NUMBER));
}

function isPlan({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const mode = headers[EXPLAIN_HEADER];
  return typeof mode === 'string' && explainModeOf(mode) === 'plan';
}
