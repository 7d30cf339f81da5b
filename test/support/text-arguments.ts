import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isUnionType,
} from 'graphql';

/** One place of the schema that takes free text, or JSON that may hold some. */
export interface TextArgument {
  /** `Query.psRequests(filter.text)`; of entities with the type and key, `Query._entities(PsRequest.number)`. */
  readonly name: string;
  /** `String`, `ID`, … */
  readonly type: string;
  /** An operation with no other variable than `$value`. */
  readonly document: string;
  /** What `$value` has to be for the text to get there. */
  wrap(value: unknown): unknown;
}

/** Literals that other arguments and fields of inputs are given, by `Type.field`; without one a text is `"upgrade"`. */
export type HarmlessLiterals = Readonly<Record<string, string>>;

/** Custom scalars such as DateTime are texts too, until they are parsed. */
const textTypes: ReadonlySet<string> = new Set(['String', 'ID', 'JSONObject', 'Date', 'DateTime', '_Any']);

/** Every text that a query or a mutation takes, wherever it stands: fields of inputs, items of lists, arguments of fields far from the root. */
export function textArgumentsOf(schema: GraphQLSchema, literals: HarmlessLiterals): readonly TextArgument[] {
  const found: TextArgument[] = [];
  for (const [keyword, root] of [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
  ] as const) {
    if (!root) continue;
    for (const { type, wrapped } of reachable(root, literals, keyword === 'query'))
      for (const field of Object.values(type.getFields()))
        for (const place of placesOf(type, field, literals)) {
          const text = wrapped(`${field.name}(${place.given.join(', ')})${selectionOf(field)}`);
          const name = `${type.name}.${field.name}(${place.path})`;
          const argument = { type: place.type, document: `${keyword} ($value: ${place.declared}) { ${text} }` };
          if (place.type === '_Any') found.push(...entityArguments(schema, argument));
          else found.push({ ...argument, name, wrap: place.type === 'JSONObject' ? asJson : (value) => value });
        }
  }
  return found;
}

interface Reachable {
  readonly type: GraphQLObjectType;
  /** Puts a field of the type into an operation. */
  wrapped(field: string): string;
}

/** The root, and for queries every object type by the shortest way to it. */
function reachable(root: GraphQLObjectType, literals: HarmlessLiterals, goesDeeper: boolean): readonly Reachable[] {
  const all: Reachable[] = [{ type: root, wrapped: (field) => field }];
  const seen = new Set([root.name]);
  // What is appended is walked too.
  for (const { type, wrapped } of goesDeeper ? all : []) {
    for (const field of Object.values(type.getFields())) {
      const next = getNamedType(field.type);
      if (!isObjectType(next) || seen.has(next.name)) continue;
      seen.add(next.name);
      const given = field.args.flatMap((arg) => {
        if (arg.name === 'first') return ['first: 2'];
        return isRequiredArgument(arg)
          ? [`${arg.name}: ${literalOf(arg.type, `${type.name}.${field.name}`, literals)}`]
          : [];
      });
      const args = given.length === 0 ? '' : `(${given.join(', ')})`;
      all.push({ type: next, wrapped: (inner) => wrapped(`${field.name}${args} { ${inner} }`) });
    }
  }
  return all;
}

interface Place {
  readonly path: string;
  readonly type: string;
  /** The type of the variable. */
  readonly declared: string;
  /** All arguments of the field, `$value` in one of them. */
  readonly given: readonly string[];
}

function placesOf(
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
  literals: HarmlessLiterals,
): readonly Place[] {
  return field.args.flatMap((asked) => {
    const others = field.args
      .filter((arg) => arg !== asked && isRequiredArgument(arg))
      .map((arg) => `${arg.name}: ${literalOf(arg.type, `${type.name}.${field.name}`, literals)}`);
    // A cursor to go back from needs to be told how far.
    if (asked.name === 'before') others.push('last: 2');
    else if (field.args.some(({ name }) => name === 'first')) others.push('first: 2');
    return leavesOf(asked.type, asked.name, literals, 0).map(({ text, ...leaf }) => ({
      ...leaf,
      given: [`${asked.name}: ${text}`, ...others],
    }));
  });
}

interface Leaf {
  readonly path: string;
  readonly type: string;
  readonly declared: string;
  readonly text: string;
}

function leavesOf(type: GraphQLInputType, path: string, literals: HarmlessLiterals, depth: number): readonly Leaf[] {
  const nullable = isNonNullType(type) ? type.ofType : type;
  if (isListType(nullable))
    return leavesOf(nullable.ofType, path, literals, depth).map((leaf) => ({ ...leaf, text: `[${leaf.text}]` }));
  if (isLeafType(nullable))
    return textTypes.has(nullable.name) ? [{ path, type: nullable.name, declared: String(type), text: '$value' }] : [];
  if (!isInputObjectType(nullable) || depth > 4) return [];
  const fields = Object.values(nullable.getFields());
  return fields.flatMap((asked) => {
    const others = fields
      .filter(
        (field) => field !== asked && (isRequiredInputField(field) || `${nullable.name}.${field.name}` in literals),
      )
      .map((field) => `${field.name}: ${literalOf(field.type, `${nullable.name}.${field.name}`, literals)}`);
    return leavesOf(asked.type, `${path}.${asked.name}`, literals, depth + 1).map((leaf) => ({
      ...leaf,
      text: `{ ${[`${asked.name}: ${leaf.text}`, ...others].join(', ')} }`,
    }));
  });
}

function literalOf(type: GraphQLInputType, coordinate: string, literals: HarmlessLiterals): string {
  const known = literals[coordinate];
  if (known !== undefined) return known;
  if (isNonNullType(type)) return literalOf(type.ofType, coordinate, literals);
  if (isListType(type)) return `[${literalOf(type.ofType, coordinate, literals)}]`;
  if (isInputObjectType(type)) {
    const required = Object.values(type.getFields()).filter(isRequiredInputField);
    return `{ ${required.map((field) => `${field.name}: ${literalOf(field.type, `${type.name}.${field.name}`, literals)}`).join(', ')} }`;
  }
  if ('getValues' in type) return type.getValues()[0]?.name ?? 'null';
  return { Int: '1', Float: '1', Boolean: 'true', JSONObject: '{}' }[type.name] ?? '"upgrade"';
}

/** Everything that needs no further arguments, lists of records included, but no references. */
function selectionOf({ type }: GraphQLField<unknown, unknown>, depth = 0): string {
  const named = getNamedType(type);
  if (isLeafType(named)) return '';
  if (isUnionType(named) || isInterfaceType(named))
    return ' { __typename ... on PsRequest { number } ... on JiraIssue { key } }';
  if (!isObjectType(named)) return '';
  const fields = Object.values(named.getFields()).flatMap((field) => {
    if (field.args.some(isRequiredArgument)) return [];
    const inner = getNamedType(field.type);
    if (isLeafType(inner)) return isListType(field.type) ? [] : [field.name];
    const isPart = /(Connection|Payload)$/.test(named.name) && field.name !== 'edges' && depth < 2;
    return isPart ? [`${field.name}${selectionOf(field, depth + 1)}`] : [];
  });
  return ` { ${['__typename', ...fields].join(' ')} }`;
}

/** One for each field of each key by which other services may ask for a record. */
function entityArguments(
  schema: GraphQLSchema,
  { document, type }: Pick<TextArgument, 'document' | 'type'>,
): TextArgument[] {
  const union = schema.getType('_Entity');
  if (!isUnionType(union)) return [];
  return union.getTypes().flatMap((entity) => {
    const keys = entity.astNode?.directives?.filter(({ name }) => name.value === 'key') ?? [];
    return keys.flatMap(({ arguments: given = [] }) => {
      const fields = given.find(({ name }) => name.value === 'fields')?.value;
      const key = fields?.kind === 'StringValue' ? fields.value : 'id';
      return [
        {
          name: `Query._entities(${entity.name}.${key})`,
          type,
          document,
          wrap: (value: unknown) => ({ __typename: entity.name, [key]: value }),
        },
      ];
    });
  });
}

/** As a key and as a value. */
function asJson(value: unknown): unknown {
  return typeof value === 'string'
    ? Object.fromEntries([
        [value, value],
        ['note', [value]],
      ])
    : value;
}
