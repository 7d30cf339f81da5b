/** What one field costs for each object that it is asked of. */
export interface FieldRule {
  /** Points for asking it at all. */
  readonly weight: number;
  /** Points for each object that it answers with; a list of plain values costs nothing. */
  readonly objectWeight: number;
  readonly size: ListSize;
}

/** How many objects a field answers with at most. */
export interface ListSize {
  readonly assumed: number;
  /** Paths of arguments that tell the number: a whole number, or a list by its length. The greatest counts. Example: `input.assessments`. */
  readonly slicing: readonly (readonly string[])[];
  /** Fields beneath whose lists have that size; empty: the field's own list has it. */
  readonly sizedFields: ReadonlySet<string>;
}
