import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import { GatewayError } from '../../platform/errors.ts';
import type { RoleName } from '../../platform/settings.ts';
import { declaredRole } from './declared-role.ts';
import { signInFor } from './sign-in-for.ts';
import { leastRole, type ViewerModel } from './viewer.ts';

/** What the guards read of the request's context. */
interface AccessContext {
  readonly viewer: ViewerModel;
}

type Resolver = GraphQLFieldResolver<unknown, AccessContext>;

/** Federation's own way in, which carries no data of its own: what `_entities` returns is guarded by the rules of its types. */
const federationFields: ReadonlySet<string> = new Set(['_service', '_entities']);
const federationTypes: ReadonlySet<string> = new Set(['_Service']);

/**
 * Puts every field under its rule (`@requiresRole`), in place. Everyone who was let in has the least role, so only the fields that
 * ask for more get a guard; the others cost nothing. The guard sits on the object type that answers, which is why aliases, fragments,
 * interfaces, unions, `node` and `_entities` all meet it. A refused field is null with FORBIDDEN, UNAUTHENTICATED without credentials, and its resolver does not run.
 *
 * Throws, with all problems at once, for a schema with a field that has no rule. Call it once, on the finished schema.
 */
export function applyAccessRules(schema: GraphQLSchema): void {
  const rules = readRules(schema);
  for (const [type, { typeRole, fieldRoles }] of rules) {
    if (typeRole && typeRole !== leastRole) guardReference(type, typeRole);
    for (const [field, role] of fieldRoles) {
      if (role !== leastRole) guardField(type, field, role);
    }
  }
}

interface TypeRules {
  readonly typeRole: RoleName | null;
  readonly fieldRoles: ReadonlyMap<GraphQLField<unknown, AccessContext>, RoleName>;
}

function readRules(schema: GraphQLSchema): Map<GraphQLObjectType, TypeRules> {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const rules = new Map<GraphQLObjectType, TypeRules>();
  const problems: string[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        if (declaredRole(field))
          problems.push(
            `${type.name}.${field.name} has a rule, but an interface answers nothing. Put it on the object types.`,
          );
      }
    }
    if (!isObjectType(type) || type.name.startsWith('__') || federationTypes.has(type.name)) continue;
    const isRoot = roots.includes(type);
    const typeRole = declaredRole(type);
    if (isRoot && typeRole)
      problems.push(
        `${type.name} has a rule for all its fields, which the next field would get unasked. Give each field its own.`,
      );
    const fieldRoles = new Map<GraphQLField<unknown, AccessContext>, RoleName>();
    for (const field of Object.values(type.getFields())) {
      if (isRoot && federationFields.has(field.name)) continue;
      const role = declaredRole(field) ?? typeRole;
      if (role) fieldRoles.set(field, role);
      else problems.push(`${type.name}.${field.name} has no rule.`);
    }
    rules.set(type, { typeRole, fieldRoles });
  }
  if (problems.length > 0) {
    throw new Error(
      `The schema can not be served, because access is denied by default:\n${problems.map((problem) => `  - ${problem}`).join('\n')}\nAdd @requiresRole(role: …) to each field, or to its type, in schema/.`,
    );
  }
  return rules;
}

function guardField(type: GraphQLObjectType, field: GraphQLField<unknown, AccessContext>, role: RoleName): void {
  const what = `\`${type.name}.${field.name}\``;
  field.resolve = guarded(field.resolve ?? (defaultFieldResolver as Resolver), role, what);
  if (field.subscribe) field.subscribe = guarded(field.subscribe, role, what);
}

function guarded(resolve: Resolver, role: RoleName, what: string): Resolver {
  return (parent, args, context, info) => {
    requireRole(context.viewer, role, what);
    return resolve(parent, args, context, info);
  };
}

type ReferenceResolver = (reference: unknown, context: AccessContext, info: unknown) => unknown;

/** A type that is refused as a whole is not even loaded when another service asks for it by key. */
function guardReference(type: GraphQLObjectType, role: RoleName): void {
  const apollo = type.extensions.apollo as { subgraph?: { resolveReference?: ReferenceResolver } } | undefined;
  const resolve = apollo?.subgraph?.resolveReference;
  if (!apollo?.subgraph || !resolve) return;
  // Async, so that a refusal is an error of this one entity and not of all that were asked for.
  apollo.subgraph.resolveReference = async (reference, context, info) => {
    requireRole(context.viewer, role, `\`${type.name}\``);
    return resolve(reference, context, info);
  };
}

function requireRole(viewer: ViewerModel, role: RoleName, what: string): void {
  const refusal = refusalOf(viewer, role, what);
  if (refusal) throw refusal;
}

/** What a caller is told who may not have it; null: they may. `what`: begins the sentence. */
export function refusalOf(
  viewer: Pick<ViewerModel, 'roles' | 'isAnonymous'>,
  role: RoleName,
  what: string,
): GatewayError | null {
  if (viewer.roles.includes(role)) return null;
  if (viewer.isAnonymous === true) return signInFor(what, role);
  // Without the change that it is there for, a mutation is nothing.
  const advice = `${what.startsWith('`Mutation.') ? 'Ask' : 'Leave it out, or ask'} whoever runs the identity provider for the role.`;
  return new GatewayError('FORBIDDEN', `${what} needs the role ${role}; yours: ${viewer.roles.join(', ')}. ${advice}`);
}
