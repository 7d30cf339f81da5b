import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLAbstractType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { listsTag, typeTag } from '../tags.ts';
import { type CacheHint, cacheHintOf } from './cache-hints.ts';

/** Whether, for whom and for how long answers to one operation may be kept; worked out from the SDL, once per document. */
export type DocumentPolicy =
  | {
      readonly kind: 'cacheable';
      readonly maxAgeSeconds: number;
      /** The answer belongs to the person who asked, not to everyone with the same rights. */
      readonly isPrivate: boolean;
      /** Some field is refused to some callers. */
      readonly dependsOnRole: boolean;
      /** Of the types that the operation can answer with, and of the lists that it asks for. */
      readonly tags: readonly string[];
      /** Types of which single records are looked up, which may find nothing today and something tomorrow. */
      readonly lookupTypes: readonly string[];
    }
  | { readonly kind: 'uncacheable'; readonly reason: string };

export interface PolicyOptions {
  readonly schema: GraphQLSchema;
  /** Whether a field of an object type is refused to some of those who are let in. */
  isRestricted(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): boolean;
}

/** Thrown inside a walk to end it. */
class Uncacheable extends Error {}

/**
 * The policy of one operation. Fail-closed: what the rules don't speak of is not kept. `@skip` and `@include` are taken as if everything
 * were included, so that the policy is one per document, whatever the variables.
 */
export function policyOf(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  options: PolicyOptions,
): DocumentPolicy {
  if (operation.operation !== 'query') return { kind: 'uncacheable', reason: 'only queries are kept' };
  const root = options.schema.getQueryType();
  if (!root) return { kind: 'uncacheable', reason: 'the schema has no queries' };
  const walk = new PolicyWalk(document, options, root);
  try {
    walk.directives(operation.directives);
    walk.selections(operation.selectionSet, root);
    return walk.policy();
  } catch (error) {
    // A RangeError is a document nested so deeply that walking it overflows the stack; nothing else may be hidden.
    if (error instanceof Uncacheable || error instanceof RangeError)
      return { kind: 'uncacheable', reason: error.message };
    throw error;
  }
}

class PolicyWalk {
  readonly #schema: GraphQLSchema;
  readonly #isRestricted: PolicyOptions['isRestricted'];
  readonly #root: GraphQLObjectType;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  /** What is inherited was already counted above, so each part of the document counts once for each type, however often it is spread. */
  readonly #seen = new Map<SelectionSetNode, Set<string>>();
  readonly #tags = new Set<string>();
  readonly #lookupTypes = new Set<string>();
  #maxAgeSeconds = Number.POSITIVE_INFINITY;
  #isPrivate = false;
  #dependsOnRole = false;

  constructor(document: DocumentNode, options: PolicyOptions, root: GraphQLObjectType) {
    this.#schema = options.schema;
    this.#isRestricted = options.isRestricted;
    this.#root = root;
    for (const definition of document.definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
  }

  policy(): DocumentPolicy {
    if (!Number.isFinite(this.#maxAgeSeconds))
      return { kind: 'uncacheable', reason: 'it asks for nothing that is kept' };
    return {
      kind: 'cacheable',
      maxAgeSeconds: this.#maxAgeSeconds,
      isPrivate: this.#isPrivate,
      dependsOnRole: this.#dependsOnRole,
      tags: [...this.#tags],
      lookupTypes: [...this.#lookupTypes],
    };
  }

  selections(selectionSet: SelectionSetNode, parent: GraphQLCompositeType): void {
    const types = this.#seen.get(selectionSet) ?? new Set();
    if (types.has(parent.name)) return;
    this.#seen.set(selectionSet, types.add(parent.name));
    for (const node of selectionSet.selections) {
      this.directives(node.directives);
      if (node.kind === Kind.FIELD) {
        this.#field(node, parent);
        continue;
      }
      const fragment = node.kind === Kind.FRAGMENT_SPREAD ? this.#fragments.get(node.name.value) : node;
      if (!fragment) throw new Uncacheable('it spreads a fragment that it does not define');
      if (fragment !== node) this.directives(fragment.directives);
      const condition = fragment.typeCondition ? this.#schema.getType(fragment.typeCondition.name.value) : parent;
      if (!isCompositeType(condition)) throw new Uncacheable('it has a fragment on a type that does not exist');
      this.selections(fragment.selectionSet, condition);
    }
  }

  /** A client that wants fresher data than the SDL promises gets an answer of its own, no older than it says. */
  directives(directives: readonly DirectiveNode[] | undefined): void {
    for (const directive of directives ?? []) {
      if (directive.name.value !== 'freshness') continue;
      for (const { name, value } of directive.arguments ?? []) {
        if (name.value !== 'maxAgeSeconds') continue;
        if (value.kind !== Kind.INT) throw new Uncacheable('its @freshness is told by a variable');
        this.#restrictTo(Number(value.value), '@freshness');
      }
    }
  }

  #field(node: FieldNode, parent: GraphQLCompositeType): void {
    const name = node.name.value;
    if (name === '__typename') return;
    if (name.startsWith('__')) throw new Uncacheable('introspection is not kept');
    const owners = isObjectType(parent) ? [parent] : this.#keptTypes(parent);
    if (isUnionType(parent) || owners.length === 0) throw new Uncacheable(`${parent.name} has no fields of its own`);
    if (isInterfaceType(parent)) this.#apply(cacheHintOf(this.#fieldOf(parent, name)), `${parent.name}.${name}`);
    for (const owner of owners) this.#ownedField(node, owner, this.#fieldOf(owner, name));
  }

  #ownedField(node: FieldNode, owner: GraphQLObjectType, field: GraphQLField<unknown, unknown>): void {
    const path = `${owner.name}.${field.name}`;
    const hint = cacheHintOf(field);
    if (this.#isRestricted(owner, field)) this.#dependsOnRole = true;
    this.#apply(hint, path);
    const type = getNamedType(field.type);
    if (!isCompositeType(type)) {
      if (owner === this.#root && hint?.maxAgeSeconds == null) throw new Uncacheable(`${path} has no @cacheControl`);
      return;
    }
    const isList = isListType(getNullableType(field.type));
    if (isAbstractType(type)) this.#apply(cacheHintOf(type), type.name);
    for (const member of isAbstractType(type) ? this.#keptTypes(type) : [type]) {
      const typeHint = cacheHintOf(member);
      this.#apply(typeHint, member.name);
      const fieldSpeaks = hint?.maxAgeSeconds != null && !isAbstractType(type);
      const inherits = owner !== this.#root && (hint?.inheritsMaxAge === true || typeHint?.inheritsMaxAge === true);
      if (typeHint?.maxAgeSeconds == null && !fieldSpeaks && !inherits)
        throw new Uncacheable(`neither ${path} nor ${member.name} has a @cacheControl that tells an age`);
      this.#tagType(member, isList);
    }
    if (node.selectionSet) this.selections(node.selectionSet, type);
  }

  /** Without the types that are never kept at all: an answer that looked for one of them says so while it is made. */
  #keptTypes(type: GraphQLAbstractType): readonly GraphQLObjectType[] {
    return this.#schema.getPossibleTypes(type).filter((member) => cacheHintOf(member)?.maxAgeSeconds !== 0);
  }

  #tagType(type: GraphQLObjectType, isList: boolean): void {
    this.#tags.add(typeTag(type.name));
    // How many there are, or that there is no next page, tells of the list without any of its records.
    const nodes = type.name.endsWith('Connection') ? type.getFields().nodes : undefined;
    const listed = nodes ? getNamedType(nodes.type) : isList ? type : undefined;
    if (!listed) this.#lookupTypes.add(type.name);
    else for (const tag of [typeTag(listed.name), listsTag(listed.name)]) this.#tags.add(tag);
  }

  #fieldOf(type: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> {
    const field = isUnionType(type) ? undefined : type.getFields()[name];
    if (!field) throw new Uncacheable(`${type.name} has no field ${name}`);
    return field;
  }

  #apply(hint: CacheHint | null, element: string): void {
    if (hint?.isPrivate) this.#isPrivate = true;
    if (hint?.maxAgeSeconds != null) this.#restrictTo(hint.maxAgeSeconds, element);
  }

  #restrictTo(seconds: number, element: string): void {
    if (seconds <= 0) throw new Uncacheable(`${element} is never kept`);
    this.#maxAgeSeconds = Math.min(this.#maxAgeSeconds, seconds);
  }
}
