import {
  type GraphQLResolveInfo,
  getNamedType,
  getNullableType,
  isAbstractType,
  isListType,
  isObjectType,
  responsePathAsArray,
} from 'graphql';
import type { Edge } from '../platform/edges.ts';
import type { FreshnessTrace, StaleUse, WithheldPlace } from '../platform/freshness.ts';
import { parseGlobalId } from '../platform/global-id.ts';
import type { AnswerPlace } from './answer-places.ts';
import { entityByType } from './entities.ts';
import { typeNameOf } from './node-resolvers.ts';
import { responseKeysOf } from './response-keys.ts';
import { isNamed, StaleUses } from './stale-uses.ts';

type ResponsePath = readonly (string | number)[];

/** One place of an answer that is older than it should be, as `extensions.freshness` shows it. */
export interface StalePlace extends Pick<StaleUse, 'source' | 'state' | 'ageSeconds' | 'fetchedAt' | 'reason'> {
  /** Of a record, or of a list that is stale as a whole. Empty: something in the answer was derived from it, and it can't be told where. */
  readonly path: ResponsePath;
}

export interface FreshnessReport {
  readonly places: readonly StalePlace[];
  /** Further ones. */
  readonly omitted: number;
}

const MAX_PLACES = 100;

/** Where in the answer the stale values are. To be asked once the operation has been executed. */
export async function reportFreshness(
  trace: FreshnessTrace,
  places: readonly AnswerPlace[],
  edgeOf: (type: string, field: string) => Edge | undefined,
): Promise<FreshnessReport> {
  const report = new ReportInProgress(new StaleUses(trace.staleUses), edgeOf);
  const answers = await Promise.all(places.map(({ answer }) => settled(answer)));
  report.placeWithheld(trace.withheldPlaces);
  for (const [index, place] of places.entries()) report.place(place, answers[index]);
  report.placeLeftOvers(places, answers);
  const stale = report.places;
  const kept = stale.slice(0, MAX_PLACES);
  return { places: kept, omitted: stale.length - kept.length + trace.omitted };
}

/** A field that failed is an error of the answer already. */
async function settled(answer: unknown): Promise<unknown> {
  try {
    const value = await answer;
    // The elements of a list may be promises too.
    return Array.isArray(value) ? await Promise.all(value.map(settled)) : value;
  } catch {
    return undefined;
  }
}

class ReportInProgress {
  readonly #uses: StaleUses;
  readonly #edgeOf: (type: string, field: string) => Edge | undefined;
  /** The same record stands at many places. */
  readonly #usesByModel = new Map<Model, readonly StaleUse[]>();
  readonly #byPath = new Map<string, { readonly path: ResponsePath; readonly use: StaleUse }>();

  constructor(uses: StaleUses, edgeOf: (type: string, field: string) => Edge | undefined) {
    this.#uses = uses;
    this.#edgeOf = edgeOf;
  }

  get places(): StalePlace[] {
    return [...this.#byPath.values()].map(({ path, use }) => {
      const { source, state, ageSeconds, fetchedAt, reason } = use;
      return { path, source, state, ageSeconds, fetchedAt, reason };
    });
  }

  placeWithheld(places: readonly WithheldPlace[]): void {
    for (const { path, use } of places) this.#add(path, [use]);
  }

  place(place: AnswerPlace, answer: unknown): void {
    const nodes = listIn(answer);
    if (nodes) this.#placeList(place, nodes, !Array.isArray(answer));
    else if (isModel(answer)) this.#addAt(place, this.#usesOf(answer, place.info));
    else if (answer === null) this.#addAt(place, this.#usesOfNull(place));
  }

  #usesOfNull(place: AnswerPlace): readonly StaleUse[] {
    const types = recordTypes(place.info);
    if (isOfMany(place.info)) return this.#uses.ofLists(types, this.#parentKeysOf(place));
    return this.#uses.ofRecord(types, this.#keysOf(place));
  }

  /**
   * What fields that are no edges used on the way: the links over which issues were found, a record that is known not to be there, or the
   * pages of a root list, whose keys only their source can read. Every such field that may have used it is told.
   */
  placeLeftOvers(places: readonly AnswerPlace[], answers: readonly unknown[]): void {
    for (const [index, place] of places.entries()) if (answers[index] === null) this.#placeWithheldList(place);
    const leftOver = this.#uses.unclaimed;
    if (leftOver.length === 0) return;
    for (const [index, place] of places.entries()) {
      if (this.#edgeAt(place)) continue;
      const keys = this.#keysOf(place);
      // A single record was found by its names already.
      const types = isModel(answers[index]) && !listIn(answers[index]) ? [] : recordTypes(place.info);
      for (const use of leftOver) {
        if (isNamed(use, keys) || types.some((type) => isOf(use, type)))
          this.#add(responsePathAsArray(place.info.path), [use]);
      }
    }
    this.#add([], this.#uses.unclaimed);
  }

  /**
   * A list is never null but for what is withheld of it or of what it is made of, so that is told at its own path, even where another field has
   * used the same.
   */
  #placeWithheldList(place: AnswerPlace): void {
    const path = responsePathAsArray(place.info.path);
    if (!isOfMany(place.info) || this.#byPath.has(path.join('.'))) return;
    const types = recordTypes(place.info);
    const keys = this.#keysOf(place);
    const mayBe = this.#uses.all.filter((use) => types.some((type) => isOf(use, type)) || isNamedList(use, keys));
    const unclaimed = new Set(this.#uses.unclaimed);
    const own = mayBe.filter((use) => unclaimed.has(use));
    this.#add(path, own.length > 0 ? own : mayBe);
  }

  /** One entry for the list where all of it is stale, else one for each record. */
  #placeList(place: AnswerPlace, nodes: readonly unknown[], isConnection: boolean): void {
    const usesOfNodes = nodes.map((node) => (isModel(node) ? this.#usesOf(node, place.info) : []));
    const records = nodes.filter(isModel).length;
    const staleRecords = usesOfNodes.filter((uses) => uses.length > 0).length;
    const ofList = this.#uses.ofLists(recordTypes(place.info), this.#parentKeysOf(place));
    if (ofList.length > 0 || (records > 0 && staleRecords === records)) {
      this.#addAt(place, [...ofList, ...usesOfNodes.flat()]);
      return;
    }
    if (staleRecords === 0) return;
    const path = responsePathAsArray(place.info.path);
    const ways = isConnection ? waysToNodes(place.info) : [(index: number): ResponsePath => [index]];
    for (const [index, uses] of usesOfNodes.entries()) {
      for (const way of ways) this.#add([...path, ...way(index)], uses);
    }
  }

  #addAt({ info }: AnswerPlace, uses: readonly StaleUse[]): void {
    if (uses.length > 0) this.#add(responsePathAsArray(info.path), uses);
  }

  /** Of several uses at one path the oldest is told. */
  #add(path: ResponsePath, uses: readonly StaleUse[]): void {
    if (uses.length === 0) return;
    const key = path.join('.');
    for (const use of uses) {
      this.#uses.claim(use);
      for (const member of use.members ?? []) this.#uses.claim(member);
      const known = this.#byPath.get(key);
      if (!known || known.use.fetchedAt > use.fetchedAt) this.#byPath.set(key, { path, use });
    }
  }

  #usesOf(model: Model, info: GraphQLResolveInfo): readonly StaleUse[] {
    const known = this.#usesByModel.get(model);
    if (known) return known;
    const uses = this.#uses.ofRecord([typeOf(model, info)], namesOf(model));
    this.#usesByModel.set(model, uses);
    return uses;
  }

  #edgeAt({ info }: AnswerPlace): Edge | undefined {
    return this.#edgeOf(info.parentType.name, info.fieldName);
  }

  #parentKeysOf(place: AnswerPlace): string[] {
    const edge = this.#edgeAt(place);
    const key = edge && isModel(place.parent) ? place.parent[edge.key] : undefined;
    return key === null || key === undefined ? [] : [String(key)];
  }

  /** What the field may have asked for: an edge its key, any other field what its arguments and its parent name. */
  #keysOf(place: AnswerPlace): string[] {
    if (this.#edgeAt(place)) return this.#parentKeysOf(place);
    const args = Object.values(place.args).filter((value) => typeof value === 'string');
    const ofParent = isModel(place.parent) ? namesOf(place.parent) : [];
    return [...args, ...args.flatMap(nativeIdOf), ...ofParent];
  }
}

type Model = Readonly<Record<string, unknown>>;

function isModel(value: unknown): value is Model {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Error);
}

/** The records of a list or of a connection; null for anything else. */
function listIn(answer: unknown): readonly unknown[] | null {
  if (Array.isArray(answer)) return answer;
  return isModel(answer) && Array.isArray(answer.nodes) && Array.isArray(answer.edges) ? answer.nodes : null;
}

function typeOf(model: Model, info: GraphQLResolveInfo): string {
  return typeNameOf(model) ?? recordTypes(info)[0] ?? '';
}

/** Everything that its source may have been asked by for a record. */
function namesOf(model: Model): string[] {
  const entity = entityByType.get(typeNameOf(model) ?? '');
  const names = Object.keys(entity?.loaders ?? {}).map((name) => model[name]);
  return [...names.filter((name) => typeof name === 'string'), ...nativeIdOf(model.id)];
}

function nativeIdOf(id: unknown): string[] {
  const parsed = typeof id === 'string' ? parseGlobalId(id) : null;
  return parsed ? [parsed.nativeId] : [];
}

function isOfMany({ returnType }: GraphQLResolveInfo): boolean {
  return isListType(getNullableType(returnType)) || getNamedType(returnType).name.endsWith('Connection');
}

/** A record of this type, or a list of such. */
function isOf(use: StaleUse, type: string): boolean {
  return use.type === type || use.type.startsWith(`${type}[] `);
}

function isNamedList(use: StaleUse, keys: readonly string[]): boolean {
  return use.type.includes('[] ') && isNamed(use, keys);
}

/** The object types that a field gives: of a connection, those of its nodes. */
function recordTypes({ returnType, schema }: GraphQLResolveInfo): readonly string[] {
  const type = getNamedType(returnType);
  const nodes = isObjectType(type) && type.name.endsWith('Connection') ? type.getFields().nodes : undefined;
  const record = nodes ? getNamedType(nodes.type) : type;
  return isAbstractType(record) ? schema.getPossibleTypes(record).map(({ name }) => name) : [record.name];
}

/** Under which keys an operation asks a connection for its nodes. */
function waysToNodes(info: GraphQLResolveInfo): ((index: number) => ResponsePath)[] {
  const nodes = responseKeysOf(info, ['nodes']).map(
    ([key = '']) =>
      (index: number): ResponsePath => [key, index],
  );
  const edges = responseKeysOf(info, ['edges', 'node']).map(
    ([list = '', node = '']) =>
      (index: number): ResponsePath => [list, index, node],
  );
  return [...nodes, ...edges];
}
