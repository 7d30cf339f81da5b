import { type ConstValueNode, Kind, type ValueNode } from 'graphql';

/** What tells a list's length: a value of the document or a variable, and the way into it. */
export interface SizeSource {
  readonly value: ValueNode;
  /** Into an object that the variable holds. */
  readonly path: readonly string[];
}

/** Points of a part of an operation. Only what depends on variables is left as a sum; everything else was added up once. */
export interface CostTerm {
  readonly fixed: number;
  readonly sized: readonly SizedTerm[];
}

/** As many times as the greatest of the sources tells, `assumed` without any. */
interface SizedTerm {
  readonly sources: readonly SizeSource[];
  readonly assumed: number;
  readonly times: CostTerm;
}

export interface Variables {
  readonly values: Readonly<Record<string, unknown>>;
  readonly defaults: ReadonlyMap<string, ConstValueNode>;
}

const NO_VARIABLES: Variables = { values: {}, defaults: new Map() };

export const NO_COST: CostTerm = { fixed: 0, sized: [] };

export function sumOf(terms: readonly CostTerm[]): CostTerm {
  return { fixed: terms.reduce((sum, { fixed }) => sum + fixed, 0), sized: terms.flatMap(({ sized }) => sized) };
}

export function pointsOf(fixed: number): CostTerm {
  return { fixed, sized: [] };
}

/** A term for each item of a list. */
export function timesSize(
  times: CostTerm,
  sources: readonly SizeSource[],
  assumed: number,
  mostByNumber: number,
): CostTerm {
  if (sources.some(({ value }) => value.kind === Kind.VARIABLE))
    return { fixed: 0, sized: [{ sources, assumed, times }] };
  const factor = sizeOf({ sources, assumed, times }, NO_VARIABLES, mostByNumber);
  const open = { sources: [], assumed: factor, times: { fixed: 0, sized: times.sized } };
  return { fixed: times.fixed * factor, sized: times.sized.length === 0 ? [] : [open] };
}

/** The dearest of several terms of which only one can come true. */
export function greatestOf(terms: readonly CostTerm[]): CostTerm {
  const [first = NO_COST] = terms;
  if (terms.every(({ sized }) => sized.length === 0))
    return terms.reduce((most, term) => (term.fixed > most.fixed ? term : most), first);
  // Which is dearer depends on the variables: their sum is a bound.
  return sumOf(terms);
}

/** The points of a term with the variables of one request. */
export function evaluate(term: CostTerm, variables: Variables, mostByNumber: number): number {
  return term.sized.reduce(
    (sum, sized) => sum + sizeOf(sized, variables, mostByNumber) * evaluate(sized.times, variables, mostByNumber),
    term.fixed,
  );
}

function sizeOf({ sources, assumed }: SizedTerm, variables: Variables, mostByNumber: number): number {
  const told = sources.map((source) => toldSize(source, variables, mostByNumber)).filter((size) => size !== null);
  return told.length === 0 ? assumed : Math.max(...told);
}

/** A number counts as itself, a list by its length. Null where nothing, or nothing of use, is told: the field refuses that. */
function toldSize({ value, path }: SizeSource, variables: Variables, mostByNumber: number): number | null {
  if (value.kind === Kind.VARIABLE) {
    const name = value.name.value;
    const given = Object.hasOwn(variables.values, name) ? variables.values[name] : undefined;
    if (given !== undefined) return sizeOfJson(given, path, mostByNumber);
    const fallback = variables.defaults.get(name);
    return fallback ? toldSize({ value: fallback, path }, variables, mostByNumber) : null;
  }
  const [step, ...rest] = path;
  if (step !== undefined && value.kind === Kind.OBJECT) {
    const field = value.fields.find(({ name }) => name.value === step);
    return field ? toldSize({ value: field.value, path: rest }, variables, mostByNumber) : null;
  }
  if (step !== undefined) return null;
  if (value.kind === Kind.INT) return bounded(Number(value.value), mostByNumber);
  if (value.kind === Kind.LIST) return value.values.length;
  // One value counts as a list of one.
  return value.kind === Kind.NULL ? null : 1;
}

function sizeOfJson(value: unknown, path: readonly string[], mostByNumber: number): number | null {
  const [step, ...rest] = path;
  if (step !== undefined) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return null;
    return sizeOfJson((value as Readonly<Record<string, unknown>>)[step], rest, mostByNumber);
  }
  if (typeof value === 'number') return bounded(value, mostByNumber);
  if (Array.isArray(value)) return value.length;
  return value === null ? null : 1;
}

function bounded(size: number, most: number): number {
  return Math.min(Math.max(size, 0), most);
}
