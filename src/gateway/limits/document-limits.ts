/** What one document may ask for. Everything is counted before the document is validated, so that validating it can't take long. */
export interface DocumentLimits {
  /** Names, numbers, brackets …, without comments. A page has about a hundred, a hundred aliases of a card about 5,000. */
  readonly maxTokens: number;
  readonly maxCharacters: number;
  /** Fields in fields; introspection is bounded by a rule of its own. */
  readonly maxDepth: number;
  /** Selections in selections, fragments included, and lists and objects in a literal. */
  readonly maxNesting: number;
  /** As written, `__typename` included. */
  readonly maxAliases: number;
  /** Of one operation, its fragments spread out. */
  readonly maxRootFields: number;
  /** Fields and fragments of one operation, every spread counted as if it were written out. */
  readonly maxSelections: number;
  /** Pairs of fields with the same response name at the same place; validation compares each with each. */
  readonly maxFieldPairs: number;
  readonly maxFragments: number;
  readonly maxOperations: number;
  /** Variables that one operation declares. */
  readonly maxVariables: number;
  readonly maxDirectives: number;
  readonly maxDirectivesPerPlace: number;
}

export const defaultDocumentLimits: DocumentLimits = {
  maxTokens: 8_000,
  maxCharacters: 150_000,
  maxDepth: 15,
  maxNesting: 50,
  maxAliases: 100,
  maxRootFields: 100,
  maxSelections: 10_000,
  maxFieldPairs: 40_000,
  maxFragments: 100,
  maxOperations: 20,
  maxVariables: 100,
  maxDirectives: 500,
  maxDirectivesPerPlace: 5,
};

/** What the values of one request's variables may be. */
export interface VariableLimits {
  /** Lists and objects in each other. */
  readonly maxNesting: number;
  /** Values, keys and items together; the longest lists that are taken hold a thousand objects. */
  readonly maxValues: number;
}

export const defaultVariableLimits: VariableLimits = { maxNesting: 32, maxValues: 20_000 };
