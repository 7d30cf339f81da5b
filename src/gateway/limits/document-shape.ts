import {
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import type { DocumentLimits } from './document-limits.ts';
import { refuseForbiddenKey } from './forbidden-keys.ts';
import { LimitBroken } from './too-complex.ts';

/** What a selection set comes to when every fragment is written out where it is spread. */
interface Shape {
  readonly selections: number;
  /** Fields in fields. */
  readonly depth: number;
  /** Fields of the set itself, those of its fragments included. */
  readonly ownFields: number;
}

const nothing: Shape = { selections: 0, depth: 0, ownFields: 0 };

/**
 * Counts everything in a document in one pass: each part is looked at once, however often it is spread, so that the time is bounded by
 * the length of the text whatever it means. Throws LimitBroken, and BAD_USER_INPUT for a key that no input may have.
 */
export function checkShape(document: DocumentNode, limits: DocumentLimits): void {
  new ShapeCheck(document, limits).run();
}

class ShapeCheck {
  readonly #document: DocumentNode;
  readonly #limits: DocumentLimits;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #known = new Map<string, Shape | null>();
  #aliases = 0;
  #directives = 0;
  #selections = 0;

  constructor(document: DocumentNode, limits: DocumentLimits) {
    this.#document = document;
    this.#limits = limits;
    for (const definition of document.definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
  }

  run(): void {
    const { definitions } = this.#document;
    const operations = definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
    const { maxFragments, maxOperations } = this.#limits;
    const fragments = definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
    if (fragments.length > maxFragments)
      throw broken(
        'fragments',
        fragments.length,
        maxFragments,
        'fragments',
        'Merge fragments, or send several requests.',
      );
    if (operations.length > maxOperations)
      throw broken(
        'operations',
        operations.length,
        maxOperations,
        'siblings in its document',
        'Send each operation alone.',
      );
    for (const operation of operations) this.#operation(operation);
    for (const { name, directives } of fragments) {
      this.#directivesAt(directives);
      // Validation looks at those that nothing spreads too.
      if (!this.#known.has(name.value)) this.#count(this.#fragment(name.value));
    }
  }

  /** Of all definitions together, because each of them is walked written out later. */
  #count({ selections }: Shape): void {
    this.#selections += selections;
    const { maxSelections } = this.#limits;
    if (this.#selections > maxSelections) throw tooManySelections(this.#selections, maxSelections);
  }

  #operation(operation: OperationDefinitionNode): void {
    const { maxVariables, maxRootFields } = this.#limits;
    const variables = operation.variableDefinitions ?? [];
    if (variables.length > maxVariables)
      throw broken('variables', variables.length, maxVariables, 'variables', 'Pass lists or input objects instead.');
    this.#directivesAt(operation.directives);
    for (const { directives, defaultValue } of variables) {
      this.#directivesAt(directives);
      if (defaultValue) this.#value(defaultValue, 1);
    }
    const shape = this.#selectionSet(operation.selectionSet, 1);
    this.#count(shape);
    const { ownFields } = shape;
    if (ownFields > maxRootFields)
      throw broken(
        'rootFields',
        ownFields,
        maxRootFields,
        'fields at its root',
        'Send several requests, or ask by a list of ids.',
      );
  }

  #fragment(name: string): Shape {
    const known = this.#known.get(name);
    if (known) return known;
    // Null while it is being counted.
    if (known === null)
      throw broken('fragmentCycle', 1, 0, 'fragments that spread themselves', 'Take a spread out of the circle.');
    this.#known.set(name, null);
    const fragment = this.#fragments.get(name);
    const shape = fragment ? this.#selectionSet(fragment.selectionSet, 1) : nothing;
    this.#known.set(name, shape);
    return shape;
  }

  #selectionSet(set: SelectionSetNode, nesting: number): Shape {
    const { maxNesting, maxSelections, maxDepth } = this.#limits;
    if (nesting > maxNesting)
      throw broken(
        'nesting',
        nesting,
        maxNesting,
        'selections nested in each other',
        'Nest fewer fields and fragments.',
      );
    let selections = 0;
    let depth = 0;
    let ownFields = 0;
    for (const node of set.selections) {
      const beneath = this.#selection(node, nesting);
      const isField = node.kind === Kind.FIELD;
      selections += 1 + beneath.selections;
      depth = Math.max(depth, beneath.depth + (isField ? 1 : 0));
      ownFields += isField ? 1 : beneath.ownFields;
    }
    if (selections > maxSelections) throw tooManySelections(selections, maxSelections);
    if (depth > maxDepth)
      throw broken(
        'depth',
        depth,
        maxDepth,
        'levels of fields',
        'Ask for fewer levels at once; follow the ids in a second request.',
      );
    return { selections, depth, ownFields };
  }

  #selection(node: SelectionNode, nesting: number): Shape {
    this.#directivesAt(node.directives);
    if (node.kind === Kind.FRAGMENT_SPREAD) return this.#fragment(node.name.value);
    if (node.kind === Kind.FIELD) {
      if (node.alias) {
        this.#aliases += 1;
        const { maxAliases } = this.#limits;
        if (this.#aliases > maxAliases)
          throw broken(
            'aliases',
            this.#aliases,
            maxAliases,
            'aliases',
            'Send several requests, or ask by a list of ids.',
          );
      }
      for (const { value } of node.arguments ?? []) this.#value(value, 1);
    }
    if (!node.selectionSet) return nothing;
    const shape = this.#selectionSet(node.selectionSet, nesting + 1);
    const isIntrospection = node.kind === Kind.FIELD && node.name.value.startsWith('__');
    return isIntrospection ? { ...shape, depth: 0 } : shape;
  }

  #directivesAt(directives: readonly DirectiveNode[] | undefined): void {
    if (!directives || directives.length === 0) return;
    const { maxDirectives, maxDirectivesPerPlace } = this.#limits;
    this.#directives += directives.length;
    if (directives.length > maxDirectivesPerPlace)
      throw broken(
        'directivesPerPlace',
        directives.length,
        maxDirectivesPerPlace,
        'directives at one place',
        'Remove those that repeat others.',
      );
    if (this.#directives > maxDirectives)
      throw broken(
        'directives',
        this.#directives,
        maxDirectives,
        'directives',
        'Put one on a fragment instead of one on each field.',
      );
    for (const directive of directives) for (const { value } of directive.arguments ?? []) this.#value(value, 1);
  }

  #value(value: ValueNode, nesting: number): void {
    const { maxNesting } = this.#limits;
    if (nesting > maxNesting)
      throw broken('nesting', nesting, maxNesting, 'lists and objects nested in each other', 'Pass flatter values.');
    if (value.kind === Kind.LIST) for (const item of value.values) this.#value(item, nesting + 1);
    if (value.kind === Kind.OBJECT)
      for (const field of value.fields) this.#objectField(field.name.value, field.value, nesting);
  }

  #objectField(name: string, value: ValueNode, nesting: number): void {
    refuseForbiddenKey(name);
    this.#value(value, nesting + 1);
  }
}

function tooManySelections(value: number, max: number): LimitBroken {
  const advice = 'Ask for fewer fields, or send several requests.';
  return broken('selections', value, max, 'selections with its fragments written out', advice);
}

function broken(limit: string, value: number, max: number, what: string, advice: string): LimitBroken {
  return new LimitBroken({ limit, value, max, what, advice });
}
