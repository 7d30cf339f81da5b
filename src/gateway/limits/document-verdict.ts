import {
  type ConstValueNode,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  Lexer,
  type OperationDefinitionNode,
  Source,
  TokenKind,
  type VariableDefinitionNode,
} from 'graphql';
import type { ParsedDocuments } from '../../cache/responses/parsed-documents.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { CostTerm } from './cost-term.ts';
import type { DocumentLimits } from './document-limits.ts';
import { checkShape } from './document-shape.ts';
import { countFieldPairs } from './field-pairs.ts';
import type { OperationCosts } from './operation-cost.ts';
import { LimitBroken, tooComplex } from './too-complex.ts';
import { checkNames } from './unknown-names.ts';

/** One operation of a document that keeps the limits. */
export interface MeasuredOperation {
  readonly type: OperationDefinitionNode['operation'];
  readonly cost: CostTerm;
  readonly defaults: ReadonlyMap<string, ConstValueNode>;
  readonly variables: readonly VariableDefinitionNode[];
  /** Names of the fields at its root, one for each response name. */
  readonly rootFields: readonly string[];
}

/** What is known of a document without its variables. `unreadable`: the server says what is wrong with its grammar. */
export type DocumentVerdict =
  | { readonly kind: 'measured'; operation(name: string | null): MeasuredOperation | null }
  | { readonly kind: 'refused'; readonly error: GatewayError }
  | { readonly kind: 'unreadable' };

export interface DocumentJudgeOptions {
  readonly schema: GraphQLSchema;
  readonly parsed: Pick<ParsedDocuments, 'of'>;
  readonly limits: DocumentLimits;
  readonly costs: OperationCosts;
}

/** Measures documents, each once for as long as its parsed form is remembered. */
export class DocumentJudge {
  readonly #options: DocumentJudgeOptions;
  readonly #verdicts = new WeakMap<DocumentNode, DocumentVerdict>();

  constructor(options: DocumentJudgeOptions) {
    this.#options = options;
  }

  judge(source: string): DocumentVerdict {
    const { limits, parsed } = this.#options;
    if (source.length > limits.maxCharacters)
      return refused('characters', source.length, limits.maxCharacters, 'characters', 'Send several requests.');
    const document = parsed.of(source);
    if (document.kind === 'unreadable') return this.#unreadable(source, document.error);
    const known = this.#verdicts.get(document.node);
    if (known) return known;
    const verdict = this.#measure(document.node);
    this.#verdicts.set(document.node, verdict);
    return verdict;
  }

  #unreadable(source: string, error: unknown): DocumentVerdict {
    const { maxTokens, maxNesting } = this.#options.limits;
    if (error instanceof RangeError)
      return refused(
        'nesting',
        maxNesting + 1,
        maxNesting,
        'selections or values nested in each other',
        'Nest less deeply.',
      );
    const tokens = countTokens(source, maxTokens);
    if (tokens <= maxTokens) return { kind: 'unreadable' };
    return refused('tokens', tokens, maxTokens, 'tokens', 'Ask for fewer fields, or send several requests.');
  }

  #measure(document: DocumentNode): DocumentVerdict {
    const { schema, limits, costs } = this.#options;
    try {
      checkShape(document, limits);
      checkNames(document, schema, limits.maxUnknownNames);
      const pairs = countFieldPairs(document, limits.maxFieldPairs);
      if (pairs > limits.maxFieldPairs)
        return refused(
          'fieldPairs',
          pairs,
          limits.maxFieldPairs,
          'pairs of equal fields at the same place',
          'Ask for each once.',
        );
      return measured(document, costs);
    } catch (error) {
      if (error instanceof LimitBroken) return { kind: 'refused', error: tooComplex(error.broken) };
      if (error instanceof GatewayError) return { kind: 'refused', error };
      throw error;
    }
  }
}

function measured(document: DocumentNode, costs: OperationCosts): DocumentVerdict {
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const byName = new Map<string, MeasuredOperation>();
  for (const operation of operations) {
    const { term, rootFields } = costs.costOf(document, operation);
    const { operation: type, name, variableDefinitions: variables = [] } = operation;
    byName.set(name?.value ?? '', { type, cost: term, defaults: defaultsOf(operation), variables, rootFields });
  }
  const [only] = byName.values();
  return {
    kind: 'measured',
    operation: (name) => (name === null && operations.length === 1 ? (only ?? null) : (byName.get(name ?? '') ?? null)),
  };
}

function defaultsOf({ variableDefinitions }: OperationDefinitionNode): ReadonlyMap<string, ConstValueNode> {
  const defaults = new Map<string, ConstValueNode>();
  for (const { variable, defaultValue } of variableDefinitions ?? [])
    if (defaultValue) defaults.set(variable.name.value, defaultValue);
  return defaults;
}

function refused(limit: string, value: number, max: number, what: string, advice: string): DocumentVerdict {
  return { kind: 'refused', error: tooComplex({ limit, value, max, what, advice }) };
}

/** Stops after one more than `enough`, and where the text is no GraphQL any more. */
function countTokens(source: string, enough: number): number {
  const lexer = new Lexer(new Source(source));
  let tokens = 0;
  try {
    while (tokens <= enough && lexer.advance().kind !== TokenKind.EOF) tokens += 1;
  } catch {
    // A character that no token begins with.
  }
  return tokens;
}
