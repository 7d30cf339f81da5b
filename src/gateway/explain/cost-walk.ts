import {
  type DocumentNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  getArgumentValues,
  getNamedType,
  isListType,
  isNonNullType,
  isObjectType,
  type OperationDefinitionNode,
  print,
  type SelectionSetNode,
} from 'graphql';
import type { RoleName } from '../../platform/config.ts';
import type { FieldPlan, PlannedRead } from '../../platform/costs.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { CacheExpectation } from './cache-expectation.ts';
import { type CollectedField, collectFields, type OperationScope } from './collected-fields.ts';
import type { CostIndex } from './cost-index.ts';
import type { FieldRoles } from './field-roles.ts';
import { type ComesAlong, referencesThatComeAlong } from './look-ahead.ts';
import { MomentCosts } from './moment-costs.ts';
import { capped, type DrivingArgument, type Moment, type PendingRead, type RefusedField } from './pending-read.ts';
import { typesReadMoreThanOnce } from './repeated-types.ts';

export interface CostWalkOptions {
  readonly costs: CostIndex;
  readonly roles: FieldRoles;
  readonly cache: CacheExpectation;
  readonly viewerRoles: readonly RoleName[];
}

/** Objects of one type whose fields are looked at: how many there are at most, and where in the answer they stand. */
interface Objects {
  readonly type: GraphQLObjectType;
  readonly selectionSets: readonly SelectionSetNode[];
  readonly count: number;
  /** Of a connection: records in each. */
  readonly rowsPerConnection?: number;
  readonly path: string;
  readonly argument: DrivingArgument | null;
  /** The nearest `@freshness` above. */
  readonly demand: string;
  readonly along: ComesAlong;
  readonly alongPrefix: string;
}

/** A field whose reads were asked for, and what follows when they have arrived. */
interface Waiting {
  readonly reads: readonly PendingRead[];
  next(arrival: Moment): void;
}

interface OpenMoment {
  readonly moment: Moment;
  readonly objects: Objects[];
  /** Fields that go on to a further stage at this moment. */
  readonly stages: (() => void)[];
}

const nothingAlong: ComesAlong = new Set();

/** Walks an operation as execution would, moment by moment, and collects what it would ask for. Runs nothing. */
export class CostWalk {
  readonly moments: MomentCosts;
  readonly refused: RefusedField[] = [];
  readonly assumptions = new Set<string>();
  readonly #scope: OperationScope;
  readonly #options: CostWalkOptions;
  readonly #repeatedTypes: ReadonlySet<string>;
  readonly #open: OpenMoment[] = [];
  readonly #byMoment = new Map<Moment, OpenMoment>();
  #reads: PendingRead[] = [];
  #waiting: Waiting[] = [];

  constructor(scope: OperationScope, document: DocumentNode, options: CostWalkOptions) {
    this.#scope = scope;
    this.#options = options;
    this.#repeatedTypes = typesReadMoreThanOnce(scope.schema, document);
    this.moments = new MomentCosts(options.cache);
  }

  run(operation: OperationDefinitionNode): void {
    const root = this.#scope.schema.getRootType(operation.operation);
    if (!root) return;
    const objects: Objects = {
      type: root,
      selectionSets: [operation.selectionSet],
      count: 1,
      path: '',
      argument: null,
      demand: '',
      along: nothingAlong,
      alongPrefix: '',
    };
    if (operation.operation === 'mutation') {
      // One after another: what the first asks never travels with what the second asks.
      for (const field of collectFields(this.#scope, root, [operation.selectionSet])) {
        const opened = this.#at({ copies: 1, isFirst: true });
        opened.stages.push(() => this.#visitField(objects, field, opened.moment));
      }
    } else this.#at({ copies: 1, isFirst: true }).objects.push(objects);
    for (let next = this.#open.shift(); next; next = this.#open.shift()) this.#live(next);
  }

  #live({ moment, objects, stages }: OpenMoment): void {
    this.#reads = [];
    this.#waiting = [];
    for (const stage of stages) stage();
    for (const some of objects) this.#visit(some, moment);
    this.#byMoment.delete(moment);
    const arrivals = this.moments.add(moment, this.#reads);
    for (const { reads, next } of this.#waiting) {
      const different = new Set(reads.map((read) => arrivals.get(read) ?? moment));
      const [only] = different;
      if (different.size === 1 && only) next(only);
      else next({ copies: capped([...different].reduce((sum, { copies }) => sum + copies, 0)), isFirst: false });
    }
  }

  #at(moment: Moment): OpenMoment {
    let open = this.#byMoment.get(moment);
    if (!open) {
      open = { moment, objects: [], stages: [] };
      this.#byMoment.set(moment, open);
      this.#open.push(open);
    }
    return open;
  }

  #visit(objects: Objects, moment: Moment): void {
    for (const field of collectFields(this.#scope, objects.type, objects.selectionSets))
      this.#visitField(objects, field, moment);
  }

  #visitField(objects: Objects, field: CollectedField, moment: Moment): void {
    const definition = objects.type.getFields()[field.name];
    // Introspection is answered from the schema.
    if (!definition || field.name.startsWith('__')) return;
    const path = objects.path === '' ? field.responseName : `${objects.path}.${field.responseName}`;
    const needed = this.#options.roles.roleOf(objects.type, definition);
    if (needed && !this.#options.viewerRoles.includes(needed)) {
      const message = `\`${objects.type.name}.${field.name}\` needs the role ${needed}; yours: ${this.#options.viewerRoles.join(', ')}.`;
      this.refused.push({ path, code: 'FORBIDDEN', message });
      return;
    }
    const alongName = objects.alongPrefix + field.name;
    const edge = this.#options.costs.edge(objects.type.name, field.name);
    if (edge && objects.along.has(alongName)) {
      const beneath = { ...objects, selectionSets: field.selectionSets, path, alongPrefix: `${alongName}.` };
      this.#visitType(edge.to, beneath, moment);
      return;
    }
    try {
      const args = getArgumentValues(definition, field.node, this.#scope.variables);
      const plan = edge
        ? this.#planOfEdge(edge.loader, args)
        : this.#options.costs.field(objects.type.name, field.name)?.plan(args);
      if (plan) this.#begin({ objects, field, definition, path, args, plan }, moment);
      else this.#visitPlain(objects, field, definition, path, moment);
    } catch (error) {
      const known = error instanceof GatewayError || error instanceof GraphQLError;
      if (!known) throw error;
      this.refused.push({
        path,
        code: error instanceof GatewayError ? error.code : 'BAD_USER_INPUT',
        message: error.message,
      });
    }
  }

  #planOfEdge(loader: string, args: Readonly<Record<string, unknown>>): FieldPlan {
    const { most, assumes } = this.#options.costs.loader(loader).rows(args);
    if (assumes) this.assumptions.add(assumes);
    return { stages: [[{ loader, keys: 1, args }]], rows: [{ type: null, most }], isCertain: false };
  }

  /** A property of its object: whatever is beneath is there already. */
  #visitPlain(
    objects: Objects,
    field: CollectedField,
    definition: GraphQLField<unknown, unknown>,
    path: string,
    moment: Moment,
  ): void {
    const nullable = isNonNullType(definition.type) ? definition.type.ofType : definition.type;
    const { rowsPerConnection, ...rest } = objects;
    const isRows = isListType(nullable) && rowsPerConnection !== undefined;
    const beneath: Objects = {
      ...rest,
      selectionSets: field.selectionSets,
      path,
      count: isRows ? capped(objects.count * rowsPerConnection) : objects.count,
    };
    this.#visitType(getNamedType(definition.type).name, beneath, moment);
  }

  #visitType(typeName: string, objects: Omit<Objects, 'type'>, moment: Moment): void {
    const type = this.#scope.schema.getType(typeName);
    if (isObjectType(type) && objects.selectionSets.length > 0) this.#visit({ ...objects, type }, moment);
  }

  #begin(started: StartedField, moment: Moment): void {
    const { plan, field, definition, objects } = started;
    const type = getNamedType(definition.type);
    const connection = isObjectType(type) && 'pageInfo' in type.getFields() ? type : null;
    const names = new Set(
      connection ? collectFields(this.#scope, connection, field.selectionSets).map(({ name }) => name) : [],
    );
    const asks = {
      withRows: connection === null || ['edges', 'nodes', 'pageInfo'].some((name) => names.has(name)),
      withCount: names.has('totalCount'),
    };
    const argument = drivingArgument(started) ?? objects.argument;
    const goOn = (stage: number, at: Moment, parts: number): void => {
      const planned = plan.stages[stage];
      if (!planned) {
        // Some records were there after each of the stages.
        const arrived: Moment = plan.arrivesEarly ? { copies: parts, isFirst: false } : at;
        this.#finish(started, connection, argument, arrived, moment);
        return;
      }
      const reads = planned.map(
        (read): PendingRead => ({
          cost: this.#options.costs.loader(read.loader),
          asked: { keys: capped(objects.count * read.keys), args: read.args ?? {}, ...asks },
          path: started.path,
          coordinate: `${objects.type.name}.${field.name}`,
          argument,
          // Whether a demand holds for what is beneath is not known here, so both are told apart.
          demand: `${ownDemand(field)}|${objects.demand}`,
          isCertain: moment.isFirst && stage === 0 && (read.isCertain ?? plan.isCertain),
        }),
      );
      for (const { cost, asked } of reads) {
        const { assumes } = cost.rows(asked.args);
        if (assumes) this.assumptions.add(assumes);
      }
      this.#reads.push(...reads);
      this.#waiting.push({
        reads,
        next: (arrival) => {
          this.#at(arrival).stages.push(() => goOn(stage + 1, arrival, capped(parts + arrival.copies)));
        },
      });
    };
    goOn(0, moment, 0);
  }

  #finish(
    { plan, field, definition, objects, path }: StartedField,
    connection: GraphQLObjectType | null,
    argument: DrivingArgument | null,
    arrived: Moment,
    started: Moment,
  ): void {
    if (field.selectionSets.length === 0) return;
    const lastReads = plan.stages.flat().filter((read) => !read.keysOnly);
    for (const { type: named, most } of plan.rows) {
      if (most === 0) continue;
      const typeName = named ?? getNamedType(definition.type).name;
      const shared = { path, argument, demand: ownDemand(field) || objects.demand, alongPrefix: '' };
      const open = this.#at(arrived);
      if (connection) {
        const node = connectedType(connection);
        const sets = this.#nodeSelections(connection, field.selectionSets);
        const along = node ? this.#alongOf(node, sets, lastReads, started) : nothingAlong;
        const { count } = objects;
        const beneath = { ...shared, selectionSets: field.selectionSets, count, rowsPerConnection: most, along };
        open.objects.push({ ...beneath, type: connection });
        continue;
      }
      const type = this.#scope.schema.getType(typeName);
      if (!isObjectType(type)) continue;
      const along = this.#alongOf(type, field.selectionSets, lastReads, started);
      const count = capped(objects.count * most);
      open.objects.push({ ...shared, type, selectionSets: field.selectionSets, count, along });
    }
  }

  #nodeSelections(connection: GraphQLObjectType, sets: readonly SelectionSetNode[]): SelectionSetNode[] {
    return collectFields(this.#scope, connection, sets).flatMap(({ name, selectionSets }) => {
      if (name === 'nodes') return selectionSets;
      const edge = name === 'edges' ? getNamedType(connection.getFields().edges?.type) : undefined;
      if (!isObjectType(edge)) return [];
      return collectFields(this.#scope, edge, selectionSets).flatMap((field) =>
        field.name === 'node' ? field.selectionSets : [],
      );
    });
  }

  /** What is held of a record already is not asked again, so references of such records are not read along with them. */
  #alongOf(
    type: GraphQLObjectType,
    selectionSets: readonly SelectionSetNode[],
    reads: readonly PlannedRead[],
    started: Moment,
  ): ComesAlong {
    const costs = reads.map(({ loader }) => this.#options.costs.loader(loader));
    const lookAhead = costs.find((cost) => cost.lookAhead)?.lookAhead;
    const mayBeHeld = !started.isFirst && this.#repeatedTypes.has(type.name);
    if (!lookAhead || (mayBeHeld && costs.some(({ reusesHeld }) => reusesHeld))) return nothingAlong;
    const { costs: index, cache } = this.#options;
    return referencesThatComeAlong(this.#scope, index, cache, lookAhead, { type, selectionSets });
  }
}

interface StartedField {
  readonly objects: Objects;
  readonly field: CollectedField;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly path: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly plan: FieldPlan;
}

function connectedType(connection: GraphQLObjectType): GraphQLObjectType | null {
  const type = getNamedType(connection.getFields().nodes?.type);
  return isObjectType(type) ? type : null;
}

/** How fresh a field is demanded by its own directive; '' without one. */
function ownDemand({ node }: CollectedField): string {
  const directive = node.directives?.find(({ name }) => name.value === 'freshness');
  return directive ? print(directive) : '';
}

const DEFAULT_SIZES = { first: true, last: true } as const;

/** The argument of this field that says how many; the one of a field above holds when this has none, or when that says more. */
function drivingArgument({ objects, field, definition, path, args, plan }: StartedField): DrivingArgument | null {
  const place = { field: `${objects.type.name}.${field.name}`, path };
  const lists = Object.entries(args).filter(([, value]) => Array.isArray(value));
  const [list] = lists;
  let own: DrivingArgument | null = null;
  if (typeof args.last === 'number') own = { ...place, name: 'last', value: args.last, isDefault: false };
  else if (definition.args.some(({ name }) => name in DEFAULT_SIZES)) {
    const isDefault = typeof args.first !== 'number';
    const rows = Math.max(0, ...plan.rows.map(({ most }) => most));
    own = { ...place, name: 'first', value: isDefault ? rows : Number(args.first), isDefault };
  } else if (list) own = { ...place, name: list[0], value: (list[1] as unknown[]).length, isDefault: false };
  if (own === null) return null;
  return objects.argument && objects.argument.value > own.value ? objects.argument : own;
}
