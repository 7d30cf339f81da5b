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
  /** Fields, fragments, arguments and the like that there are not; an honest document has a few, and what stands beneath them. */
  readonly maxUnknownNames: number;
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
  maxUnknownNames: 100,
};

/** What the values of one request's variables may be. */
export interface VariableLimits {
  /** Lists and objects in each other. */
  readonly maxNesting: number;
  /** Values, keys and items together; the longest lists that are taken hold a thousand objects of five values. */
  readonly maxValues: number;
  /** Values that are not of their types; with more the first of them is told, and no other. */
  readonly maxExplainedFaults: number;
  /** Of the keys and texts of all variables, when a value in them is not of its type: the server's errors repeat what was sent. */
  readonly maxExplainedCharacters: number;
}

export const defaultVariableLimits: VariableLimits = {
  maxNesting: 32,
  maxValues: 10_000,
  maxExplainedFaults: 10,
  maxExplainedCharacters: 5_000,
};
