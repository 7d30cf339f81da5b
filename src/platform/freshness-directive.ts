import {
  BREAK,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  isAbstractType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { acceptableVariables } from './acceptable-variables.ts';
import { badUserInput } from './errors.ts';
import type { FreshnessDemand } from './freshness.ts';

const DIRECTIVE_NAME = 'freshness';

type Fragments = Readonly<Record<string, FragmentDefinitionNode>>;
type Variables = Readonly<Record<string, unknown>>;

/**
 * How fresh the values of a field have to be, as `@freshness` on it and on the fields around it says, together with what holds for the whole
 * request. Undefined where no field says anything. Of several ages that apply the smallest counts, of several `onStale` the innermost.
 */
export function demandOf(
  info: GraphQLResolveInfo,
  ofRequest: FreshnessDemand | undefined,
): FreshnessDemand | undefined {
  if (!usesFreshness(info.operation, info.fragments)) return undefined;
  // graphql-js hands the same array to every sibling, so one walk serves a whole list; it belongs to one execution.
  const known = demandsByFieldNodes.get(info.fieldNodes);
  if (known) return known.demand;
  const demand = walkTo(info, ofRequest);
  demandsByFieldNodes.set(info.fieldNodes, { demand });
  return demand;
}

const NOTHING = {} as const;

/** The same as a part of what a loader is asked for, to be spread into it. */
export function demanded(
  info: GraphQLResolveInfo,
  ofRequest: FreshnessDemand | undefined,
): { readonly demand?: FreshnessDemand } {
  const demand = demandOf(info, ofRequest);
  return demand ? { demand } : NOTHING;
}

/**
 * What `@freshness` on the operation itself demands, on top of what the request's headers do. Throws BAD_USER_INPUT for a demand that can't
 * be met, wherever in the document it stands.
 */
export function demandOfOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  rawVariables: Variables,
  ofHeaders: FreshnessDemand | undefined,
): FreshnessDemand | undefined {
  const directives = directivesOf(document);
  if (directives.length === 0) return ofHeaders;
  const coerced = acceptableVariables(schema, operation, rawVariables);
  // Variables that are not acceptable are reported by the execution, all of them.
  if (!coerced) return ofHeaders;
  for (const directive of directives) check(demandOfNode(schema, { directives: [directive] }, coerced));
  return stricter(ofHeaders, demandOfNode(schema, operation, coerced));
}

const demandsByFieldNodes = new WeakMap<object, { readonly demand: FreshnessDemand | undefined }>();
const usesByOperation = new WeakMap<OperationDefinitionNode, boolean>();
const directivesByDocument = new WeakMap<DocumentNode, readonly DirectiveNode[]>();

/** Once per document: almost none has the directive, and those pay nothing for it. */
function usesFreshness(operation: OperationDefinitionNode, fragments: Fragments): boolean {
  const known = usesByOperation.get(operation);
  if (known !== undefined) return known;
  let found = false;
  for (const node of [operation, ...Object.values(fragments)]) {
    visit(node, {
      Directive: ({ name }) => {
        if (name.value !== DIRECTIVE_NAME) return undefined;
        found = true;
        return BREAK;
      },
    });
  }
  usesByOperation.set(operation, found);
  return found;
}

function directivesOf(document: DocumentNode): readonly DirectiveNode[] {
  const known = directivesByDocument.get(document);
  if (known) return known;
  const found: DirectiveNode[] = [];
  visit(document, {
    Directive: (node) => {
      if (node.name.value === DIRECTIVE_NAME) found.push(node);
    },
  });
  directivesByDocument.set(document, found);
  return found;
}

/** Walks from the operation down to the field, because nothing at the field tells what stands above it. */
function walkTo(info: GraphQLResolveInfo, ofRequest: FreshnessDemand | undefined): FreshnessDemand | undefined {
  const steps: { readonly key: string; readonly typeName: string }[] = [];
  for (let path: GraphQLResolveInfo['path'] | undefined = info.path; path; path = path.prev) {
    if (typeof path.key === 'string' && path.typename) steps.unshift({ key: path.key, typeName: path.typename });
  }
  let demand = ofRequest;
  let isDemanded = false;
  let selectionSets: readonly SelectionSetNode[] = [info.operation.selectionSet];
  for (const { key, typeName } of steps) {
    const nodes = selectionSets.flatMap((set) => fieldsOf(info, set, key, typeName));
    for (const node of nodes) {
      const own = demandOfNode(info.schema, node, info.variableValues);
      if (own) isDemanded = true;
      demand = stricter(demand, own);
    }
    selectionSets = nodes.flatMap(({ selectionSet }) => (selectionSet ? [selectionSet] : []));
  }
  return isDemanded ? demand : undefined;
}

/** The fields of an object of this type that answer under the key, fragments resolved. */
function fieldsOf(info: GraphQLResolveInfo, set: SelectionSetNode, key: string, typeName: string): FieldNode[] {
  return set.selections.flatMap((node) => {
    if (!isIncluded(info, node)) return [];
    if (node.kind === Kind.FIELD) return (node.alias ?? node.name).value === key ? [node] : [];
    const fragment = node.kind === Kind.FRAGMENT_SPREAD ? info.fragments[node.name.value] : node;
    if (!fragment || !matches(info.schema, fragment.typeCondition?.name.value, typeName)) return [];
    return fieldsOf(info, fragment.selectionSet, key, typeName);
  });
}

function matches(schema: GraphQLSchema, condition: string | undefined, typeName: string): boolean {
  if (condition === undefined || condition === typeName) return true;
  const [abstract, concrete] = [schema.getType(condition), schema.getType(typeName)];
  return isAbstractType(abstract) && isObjectType(concrete) && schema.isSubType(abstract, concrete);
}

function isIncluded(info: GraphQLResolveInfo, node: SelectionSetNode['selections'][number]): boolean {
  if (!node.directives?.length) return true;
  if (getDirectiveValues(GraphQLSkipDirective, node, info.variableValues)?.if === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, node, info.variableValues)?.if !== false;
}

function demandOfNode(
  schema: GraphQLSchema,
  node: { readonly directives?: readonly DirectiveNode[] | undefined },
  variables: Variables,
): FreshnessDemand | undefined {
  const definition = schema.getDirective(DIRECTIVE_NAME);
  if (!definition || !node.directives?.some(({ name }) => name.value === DIRECTIVE_NAME)) return undefined;
  const given = getDirectiveValues(definition, { directives: node.directives }, variables);
  const { maxAgeSeconds, onStale } = (given ?? {}) as { maxAgeSeconds?: number | null; onStale?: OnStale | null };
  return { ...(maxAgeSeconds == null ? {} : { maxAgeSeconds }), ...(onStale == null ? {} : { onStale }) };
}

type OnStale = NonNullable<FreshnessDemand['onStale']>;

function check(demand: FreshnessDemand | undefined): void {
  const maxAgeSeconds = demand?.maxAgeSeconds ?? 0;
  if (maxAgeSeconds < 0)
    throw badUserInput(
      `\`maxAgeSeconds\` of @freshness is ${maxAgeSeconds}, but nothing is younger than now. Pass 0 for values that are read for this request, or more.`,
      { argument: 'maxAgeSeconds' },
    );
}

function stricter(outer: FreshnessDemand | undefined, own: FreshnessDemand | undefined): FreshnessDemand | undefined {
  if (!outer || !own) return own ?? outer;
  const ages = [outer.maxAgeSeconds, own.maxAgeSeconds].filter((age) => age !== undefined);
  const onStale = own.onStale ?? outer.onStale;
  return {
    ...(ages.length > 0 ? { maxAgeSeconds: Math.min(...ages) } : {}),
    ...(onStale === undefined ? {} : { onStale }),
  };
}
