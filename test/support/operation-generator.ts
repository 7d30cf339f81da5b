import {
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/** Values that arguments are filled with, as literals, by `Type.field.argument`, else by the argument's name. */
export type ArgumentValues = Readonly<Record<string, readonly string[]>>;

export interface GeneratorOptions {
  readonly schema: GraphQLSchema;
  readonly values: ArgumentValues;
  readonly maxDepth: number;
  readonly rootType: 'Query' | 'Mutation';
  /** Fields that are never asked for, as `Type.field`. */
  readonly without?: ReadonlySet<string>;
}

/** A document that is valid for the schema, made of a list of numbers: the same list gives the same document, a shorter one a smaller. */
export function operationFrom(numbers: readonly number[], options: GeneratorOptions): string {
  return new Generator(numbers, options).operation();
}

class Generator {
  readonly #numbers: readonly number[];
  readonly #options: GeneratorOptions;
  #at = 0;
  #aliases = 0;

  constructor(numbers: readonly number[], options: GeneratorOptions) {
    this.#numbers = numbers;
    this.#options = options;
  }

  operation(): string {
    const { schema, rootType } = this.#options;
    const root = schema.getType(rootType);
    if (!isObjectType(root)) throw new Error(`The schema has no ${rootType}.`);
    return `${rootType === 'Query' ? 'query' : 'mutation'} Generated ${this.#selectionSet(root, 0)}`;
  }

  /** The next number below `below`; 0 when the list has ended, which ends the document too. */
  #next(below: number): number {
    const number = this.#numbers[this.#at] ?? 0;
    this.#at += 1;
    return number % below;
  }

  #selectionSet(type: GraphQLObjectType, depth: number): string {
    const fields = Object.values(type.getFields()).filter((field) => {
      if (this.#options.without?.has(`${type.name}.${field.name}`)) return false;
      return isLeafType(getNamedType(field.type)) || depth < this.#options.maxDepth;
    });
    const count = 1 + this.#next(depth === 0 ? 3 : 5);
    const parts: string[] = [];
    for (let n = 0; n < count; n += 1) {
      const field = fields[this.#next(fields.length)];
      if (!field) continue;
      this.#aliases += 1;
      const beneath = this.#beneath(field.type, depth + 1);
      const directive = ['', '', '', '', ' @include(if: true)', ' @skip(if: true)'][this.#next(6)] ?? '';
      const text = `a${this.#aliases}: ${field.name}${this.#arguments(type, field.name, field.args)}${directive}${beneath}`;
      parts.push(this.#next(4) === 1 ? `... on ${type.name} { ${text} }` : text);
    }
    return parts.length === 0 ? '{ __typename }' : `{ ${parts.join(' ')} }`;
  }

  #beneath(type: GraphQLOutputType, depth: number): string {
    const named = getNamedType(type);
    if (isObjectType(named)) return ` ${this.#selectionSet(named, depth)}`;
    if (!isAbstractType(named)) return '';
    const types = this.#options.schema.getPossibleTypes(named);
    const parts = ['__typename'];
    for (let n = this.#next(4); n > 0; n -= 1) {
      const one = types[this.#next(types.length)];
      if (one) parts.push(`... on ${one.name} ${this.#selectionSet(one, depth)}`);
    }
    return ` { ${parts.join(' ')} }`;
  }

  #arguments(type: GraphQLObjectType, field: string, args: readonly GraphQLArgument[]): string {
    const given = args.flatMap((arg) => {
      const isRequired = isNonNullType(arg.type) && arg.defaultValue === undefined;
      if (!isRequired && this.#next(2) === 0) return [];
      const values = this.#options.values[`${type.name}.${field}.${arg.name}`] ?? this.#options.values[arg.name];
      if (values) return [`${arg.name}: ${values[this.#next(values.length)]}`];
      return [`${arg.name}: ${this.#literal(arg.type, 0)}`];
    });
    return given.length === 0 ? '' : `(${given.join(', ')})`;
  }

  #literal(type: GraphQLInputType, depth: number): string {
    if (isNonNullType(type)) return this.#literal(type.ofType, depth);
    if (isListType(type)) {
      const items = Array.from({ length: this.#next(3) }, () => this.#literal(type.ofType, depth));
      return `[${items.join(', ')}]`;
    }
    if (isEnumType(type)) return type.getValues()[this.#next(type.getValues().length)]?.name ?? 'null';
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter(
        (field) => isNonNullType(field.type) || (depth < 3 && this.#next(3) === 1),
      );
      return `{ ${fields.map((field) => `${field.name}: ${this.#literal(field.type, depth + 1)}`).join(', ')} }`;
    }
    const known: Readonly<Record<string, readonly string[]>> = {
      Int: ['1', '0', '-5', '20', '200', '2147483647'],
      Float: ['1.5', '0'],
      Boolean: ['true', 'false'],
      Date: ['"2026-11-20"', '"not a date"'],
      DateTime: ['"2026-11-20T00:00:00Z"', '"never"'],
      _Any: ['{ __typename: "PsRequest", number: "PSR-00001" }', '{ __typename: "Nothing" }', '7'],
      _FieldSet: ['"id"'],
    };
    const values = known[type.name] ?? [
      '"PSR-00042"',
      '""',
      '"UHNSZXF1ZXN0OmEwUjVnMDAwMDAwMDAwMUVBQQ"',
      '"x"',
      '"PSD-1"',
    ];
    return values[this.#next(values.length)] ?? 'null';
  }
}
