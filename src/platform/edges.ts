import type { GraphQLFieldResolver } from 'graphql';
import type { FreshnessDemand } from './freshness.ts';
import { demanded } from './freshness-directive.ts';
import { nodeSelectionOf, type Selection, selectionOf } from './selection.ts';

/**
 * Relations between types are data, not code: one line here, and the resolver, the columns that a parent must be fetched with
 * and (later) the plan and its cost follow from it.
 */
export interface Edge<LoaderPath extends string = string> {
  /** GraphQL type and field that the edge serves. */
  readonly type: string;
  readonly field: string;
  /** Property of the parent model that holds the key; it need not be a GraphQL field. */
  readonly key: string;
  /** `<slice>.<loader>` in `context.loaders`. */
  readonly loader: LoaderPath;
  /** GraphQL type at the far end. */
  readonly to: string;
  /** `one`: a record or null. `many`: a list. `connection`: a page, the field's arguments go to the loader. */
  readonly shape: 'one' | 'many' | 'connection';
}

/** A field that is computed by a resolver of its own, and the parent properties which that resolver reads. */
export interface ComputedField {
  readonly type: string;
  readonly field: string;
  readonly needs: readonly string[];
}

/** What an edge asks its loader for. */
export interface EdgeRequest {
  /** What the operation asks of each record at the far end. */
  readonly selection: Selection;
  /** For a connection: what it asks of the page itself (`totalCount`, `pageInfo`), so that a count travels with the rows. */
  readonly connection?: Selection;
  /** The field's arguments as GraphQL coerced them. */
  readonly args: Readonly<Record<string, unknown>>;
  /** How fresh the field's values have to be, where it says so itself; otherwise the request's demand counts. */
  readonly demand?: FreshnessDemand;
}

/** Every loader that edges may name has this one method. A key it does not know loads as null, or as [] for `many`. */
export interface EdgeLoader {
  load(key: string, request: EdgeRequest): Promise<unknown>;
}

export interface EdgeContext {
  readonly loaders: { readonly [slice: string]: { readonly [loader: string]: unknown } };
  readonly scope?: { readonly demand?: FreshnessDemand | undefined };
}

/** Answers which properties of a parent a selected field needs: a plain field needs itself. */
export class FieldNeeds {
  readonly #needs = new Map<string, readonly string[]>();
  readonly #edges = new Map<string, Edge>();

  constructor(edges: readonly Edge[], computed: readonly ComputedField[]) {
    for (const edge of edges) {
      this.#edges.set(`${edge.type}.${edge.field}`, edge);
      this.#needs.set(`${edge.type}.${edge.field}`, [edge.key]);
    }
    for (const { type, field, needs } of computed) this.#needs.set(`${type}.${field}`, needs);
  }

  needsOf(type: string, field: string): readonly string[] {
    return this.#needs.get(`${type}.${field}`) ?? [field];
  }

  edgeOf(type: string, field: string): Edge | undefined {
    return this.#edges.get(`${type}.${field}`);
  }
}

type FieldResolverMap = Record<string, Record<string, GraphQLFieldResolver<unknown, EdgeContext>>>;

/** The resolvers that a list of edges stands for. Throws when two edges claim one field. */
export function resolversFromEdges(edges: readonly Edge[]): FieldResolverMap {
  const resolvers: FieldResolverMap = {};
  for (const edge of edges) {
    const ofType = (resolvers[edge.type] ??= {});
    if (ofType[edge.field]) throw new Error(`Two edges claim ${edge.type}.${edge.field}. Remove one of them.`);
    ofType[edge.field] = edgeResolver(edge);
  }
  return resolvers;
}

function edgeResolver(edge: Edge): GraphQLFieldResolver<unknown, EdgeContext> {
  const [slice = '', name = ''] = edge.loader.split('.');
  return (parent, args: Record<string, unknown>, context, info) => {
    const key = (parent as Record<string, unknown>)[edge.key];
    // A key that could not be read (FIELD_UNAVAILABLE) is an error of this field; graphql-js reports a returned Error as such.
    if (key instanceof Error) return key;
    if (key === null || key === undefined) return edge.shape === 'many' ? [] : null;
    const loader = context.loaders[slice]?.[name] as EdgeLoader | undefined;
    if (!loader)
      throw new Error(`Edge ${edge.type}.${edge.field} names the loader ${edge.loader}, which does not exist.`);
    const asked = { args, ...demanded(info, context.scope?.demand) };
    if (edge.shape !== 'connection')
      return loader.load(String(key), { selection: selectionOf(info, edge.to), ...asked });
    const connection = selectionOf(info, `${edge.to}Connection`);
    return loader.load(String(key), { selection: nodeSelectionOf(info, edge.to), connection, ...asked });
  };
}
