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
import { refusalOf } from '../../features/access/rules.ts';
import type { ViewerModel } from '../../features/access/viewer.ts';
import type { FieldPlan, PlannedRead } from '../../platform/costs.ts';
import { GatewayError } from '../../platform/errors.ts';
import { type CollectedField, collectFields, type OperationScope } from './collected-fields.ts';
import { connectedType, connectionOf, selectionsOfNodes } from './connected-nodes.ts';
import type { CostIndex } from './cost-index.ts';
import { drivingArgument } from './driving-argument.ts';
import type { FieldRoles } from './field-roles.ts';
import { type ComesAlong, referencesThatComeAlong } from './look-ahead.ts';
import { MomentSchedule } from './moment-schedule.ts';
import { capped, type DrivingArgument, type Moment, type PendingRead, type RefusedField } from './pending-read.ts';
import type { Reckoning } from './reckoning.ts';
import { typesReadMoreThanOnce } from './repeated-types.ts';
import { nothingAlong, type Objects, type StartedField } from './walked-objects.ts';

export interface OperationToPlan {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** As GraphQL coerced them. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly viewer: Pick<ViewerModel, 'roles' | 'isAnonymous'>;
}

export interface CostWalkOptions {
  readonly costs: CostIndex;
  readonly roles: FieldRoles;
  readonly reckoning: Reckoning;
  readonly viewer: OperationToPlan['viewer'];
}

/** Walks an operation as execution would, moment by moment, and collects what it would ask for. Runs nothing. */
export class CostWalk {
  readonly refused: RefusedField[] = [];
  readonly assumptions = new Set<string>();
  readonly #scope: OperationScope;
  readonly #options: CostWalkOptions;
  readonly #repeatedTypes: ReadonlySet<string>;
  readonly #schedule: MomentSchedule;

  constructor(scope: OperationScope, document: DocumentNode, options: CostWalkOptions) {
    this.#scope = scope;
    this.#options = options;
    this.#repeatedTypes = typesReadMoreThanOnce(scope.schema, document);
    this.#schedule = new MomentSchedule(options.reckoning);
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
        const moment: Moment = { copies: 1, isFirst: true };
        this.#schedule.goOn(moment, () => this.#visitField(objects, field, moment));
      }
    } else this.#schedule.arrive({ copies: 1, isFirst: true }, objects);
    this.#schedule.run((some, moment) => this.#visit(some, moment));
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
    const refusal = needed && refusalOf(this.#options.viewer, needed, `\`${objects.type.name}.${field.name}\``);
    if (refusal) {
      this.refused.push({ path, code: refusal.code, message: refusal.message });
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
    const { assumes, ...rows } = this.#options.costs.loader(loader).rows(args);
    if (assumes) this.assumptions.add(assumes);
    return { stages: [[{ loader, keys: 1, args }]], rows: [{ type: null, ...rows }], isCertain: false };
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
    const { plan, definition, objects } = started;
    const { reckoning } = this.#options;
    const connection = connectionOf(getNamedType(definition.type));
    const argument = drivingArgument(started) ?? objects.argument;
    const goOn = (stage: number, at: Moment, parts: number): void => {
      const share = reckoning.shareAfter(plan, stage);
      if (share > 0) {
        // Some records were there after each of the stages before.
        const arrived: Moment = plan.arrivesEarly && share === 1 ? { copies: parts, isFirst: false } : at;
        this.#finish(started, { connection, argument, share, arrived, begun: moment });
      }
      const planned = plan.stages[stage];
      if (!planned) return;
      const reads = this.#readsOf(started, planned, connection, argument, moment.isFirst && stage === 0);
      this.#schedule.ask(reads, (arrival) => {
        this.#schedule.goOn(arrival, () => goOn(stage + 1, arrival, capped(parts + arrival.copies)));
      });
    };
    goOn(0, moment, 0);
  }

  #readsOf(
    { objects, field, path, plan }: StartedField,
    planned: readonly PlannedRead[],
    connection: GraphQLObjectType | null,
    argument: DrivingArgument | null,
    isFirst: boolean,
  ): readonly PendingRead[] {
    const { costs, reckoning } = this.#options;
    const names = new Set(
      connection ? collectFields(this.#scope, connection, field.selectionSets).map(({ name }) => name) : [],
    );
    const asks = {
      withRows: connection === null || ['edges', 'nodes', 'pageInfo'].some((name) => names.has(name)),
      withCount: names.has('totalCount'),
    };
    return planned.map((read): PendingRead => {
      const cost = costs.loader(read.loader);
      const args = read.args ?? {};
      const { assumes } = cost.rows(args);
      if (assumes) this.assumptions.add(assumes);
      return {
        cost,
        asked: { keys: capped(objects.count * reckoning.keysOf(read)), args, ...asks },
        path,
        coordinate: `${objects.type.name}.${field.name}`,
        argument,
        // Whether a demand holds for what is beneath is not known here, so both are told apart.
        demand: `${ownDemand(field)}|${objects.demand}`,
        isCertain: isFirst && (read.isCertain ?? plan.isCertain),
      };
    });
  }

  #finish(
    { plan, field, definition, objects, path }: StartedField,
    {
      connection,
      argument,
      share,
      arrived,
      begun,
    }: {
      readonly connection: GraphQLObjectType | null;
      readonly argument: DrivingArgument | null;
      readonly share: number;
      readonly arrived: Moment;
      readonly begun: Moment;
    },
  ): void {
    if (field.selectionSets.length === 0) return;
    const lastReads = plan.stages.flat().filter((read) => !read.keysOnly);
    for (const { type: named, ...rows } of plan.rows) {
      if (rows.most === 0) continue;
      const typeName = named ?? getNamedType(definition.type).name;
      const shared = { path, argument, demand: ownDemand(field) || objects.demand, alongPrefix: '' };
      const each = this.#options.reckoning.rowsOf(rows);
      if (connection) {
        const node = connectedType(connection);
        const sets = selectionsOfNodes(this.#scope, connection, field.selectionSets);
        const along = node ? this.#alongOf(node, sets, lastReads, begun) : nothingAlong;
        const count = objects.count * share;
        const beneath = { ...shared, selectionSets: field.selectionSets, count, rowsPerConnection: each, along };
        this.#schedule.arrive(arrived, { ...beneath, type: connection });
        continue;
      }
      const type = this.#scope.schema.getType(typeName);
      if (!isObjectType(type)) continue;
      const along = this.#alongOf(type, field.selectionSets, lastReads, begun);
      const count = capped(objects.count * share * each);
      this.#schedule.arrive(arrived, { ...shared, type, selectionSets: field.selectionSets, count, along });
    }
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
    const { costs: index, reckoning } = this.#options;
    return referencesThatComeAlong(this.#scope, index, reckoning.cache, lookAhead, { type, selectionSets });
  }
}

/** How fresh a field is demanded by its own directive; '' without one. */
function ownDemand({ node }: CollectedField): string {
  const directive = node.directives?.find(({ name }) => name.value === 'freshness');
  return directive ? print(directive) : '';
}
