import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLLeafType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  isSpecifiedScalarType,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql';
import { badUserInput, type GatewayError } from '../../platform/errors.ts';
import type { VariableLimits } from './document-limits.ts';
import { tooManyValues } from './variable-values.ts';

type Values = Readonly<Record<string, unknown>>;

const MAX_NAME_LENGTH = 60;

/**
 * Looks whether the values of variables are of their types before the server does: it writes the whole of what was sent into the error of each
 * wrong value, so that thousands of unknown keys would keep it busy for minutes. What has few faults and is short is left to it, because its
 * errors tell all of them with what is expected.
 */
export class InputCheck {
  readonly #schema: GraphQLSchema;
  readonly #limits: VariableLimits;

  constructor(schema: GraphQLSchema, limits: VariableLimits) {
    this.#schema = schema;
    this.#limits = limits;
  }

  /** Throws BAD_USER_INPUT. Only for values that `checkVariables` let pass: it goes as deep as they nest. */
  check(definitions: readonly VariableDefinitionNode[], sent: Values): void {
    const look = new InputLook(this.#limits);
    for (const { variable, type: typeNode, defaultValue } of definitions) {
      const type = typeFromAST(this.#schema, typeNode);
      const name = variable.name.value;
      const value = Object.hasOwn(sent, name) ? sent[name] : undefined;
      if (!isInputType(type) || (value === undefined && defaultValue)) continue;
      look.at(`$${name}`, type, value);
    }
    if (look.firstFault !== null && isLonger(sent, this.#limits.maxExplainedCharacters)) throw refusal(look.firstFault);
  }
}

/** One walk through the variables of a request. Ends with the fault after the last that is explained. */
class InputLook {
  readonly #limits: VariableLimits;
  readonly #path: (string | number)[] = [];
  #values = 0;
  #faults = 0;
  firstFault: string | null = null;

  constructor(limits: VariableLimits) {
    this.#limits = limits;
  }

  at(step: string | number, type: GraphQLInputType, value: unknown): void {
    // A variable that is declared a hundred times is looked through a hundred times, here and by the server.
    this.#values += 1;
    const { maxValues } = this.#limits;
    if (this.#values > maxValues) throw tooManyValues(this.#values, maxValues);
    this.#path.push(step);
    this.#value(type, value);
    this.#path.pop();
  }

  #value(type: GraphQLInputType, value: unknown): void {
    if (isNonNullType(type)) {
      if (value === null || value === undefined) this.#fault(`has no value, but ${type} needs one`);
      else this.#value(type.ofType, value);
      return;
    }
    if (value === null || value === undefined) return;
    if (isListType(type)) {
      if (Array.isArray(value)) for (const [index, item] of value.entries()) this.at(index, type.ofType, item);
      else this.#value(type.ofType, value);
    } else if (isInputObjectType(type)) this.#object(type, value);
    else if (!isTaken(type, value)) this.#fault(`is no ${type.name}`);
  }

  #object(type: GraphQLInputObjectType, value: unknown): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#fault(`is no ${type.name}, which is an object`);
      return;
    }
    const fields = type.getFields();
    const keys = Object.keys(value);
    for (const key of keys) {
      const field = fields[key];
      if (field) this.at(key, field.type, (value as Values)[key]);
      else this.#fault(`has the key \`${shortened(key)}\`, which ${type.name} does not have`);
    }
    for (const field of Object.values(fields))
      if (isRequiredInputField(field) && !Object.hasOwn(value, field.name))
        this.#fault(`lacks the key \`${field.name}\`, which ${type.name} needs`);
    if (type.isOneOf && keys.length !== 1) this.#fault(`has not exactly one key, as ${type.name} needs`);
  }

  #fault(what: string): void {
    this.#faults += 1;
    this.firstFault ??= `\`${this.#path.join('.').slice(0, 3 * MAX_NAME_LENGTH)}\` ${what}`;
    if (this.#faults > this.#limits.maxExplainedFaults) throw refusal(this.firstFault);
  }
}

/** Whether a scalar or an enum takes a value. Its own error would hold all of an object. */
function isTaken(type: GraphQLLeafType, value: unknown): boolean {
  if (isEnumType(type)) return typeof value === 'string' && type.getValue(value) !== undefined;
  if (typeof value === 'object' && isSpecifiedScalarType(type)) return false;
  try {
    return type.parseValue(value) !== undefined;
  } catch {
    return false;
  }
}

/** Whether values have more characters than that, about, their keys included. Looks no further than it must. */
function isLonger(values: object, characters: number): boolean {
  const waiting: object[] = [values];
  let left = characters;
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for (const key in next) {
      const item: unknown = (next as Values)[key];
      left -= key.length + (typeof item === 'string' ? item.length : 1);
      if (left < 0) return true;
      if (typeof item === 'object' && item !== null) waiting.push(item);
    }
  }
  return false;
}

function refusal(firstFault: string): GatewayError {
  return badUserInput(
    `The variables do not fit their types: ${firstFault}. Look at the schema, and send values as it describes them; there may be more such faults.`,
  );
}

function shortened(name: string): string {
  return name.length <= MAX_NAME_LENGTH ? name : `${name.slice(0, MAX_NAME_LENGTH)}…`;
}
