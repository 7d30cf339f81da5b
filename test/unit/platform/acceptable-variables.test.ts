import { buildSchema, Kind, parse } from 'graphql';
import { expect, test } from 'vitest';
import { acceptableVariables } from '../../../src/platform/acceptable-variables.ts';

const schema = buildSchema(`
  input Filter { status: Status statuses: [Status!] }
  enum Status { OPEN DONE }
  type Query { found(filter: Filter): ID }
`);
const [operation] = parse('query ($filter: Filter) { found(filter: $filter) }').definitions;

function accepted(filter: unknown): unknown {
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('There is no operation.');
  return acceptableVariables(schema, operation, { filter });
}

test('variables come as their arguments get them', () => {
  expect(accepted({ statuses: 'OPEN' })).toEqual({ filter: { statuses: ['OPEN'] } });
});

test('what is not acceptable is looked at until its first fault, however many it has', () => {
  let printed = 0;
  // How graphql prints a value within a message; with every fault it prints the whole filter.
  const toJSON = (): string => {
    printed += 1;
    return 'printed';
  };
  const unknownKeys = Object.fromEntries(Array.from({ length: 300 }, (_, key) => [`statu${key}`, { toJSON }]));
  expect(accepted(unknownKeys)).toBeNull();
  expect(printed).toBeLessThanOrEqual(2 * 300);

  printed = 0;
  expect(accepted({ statuses: Array.from({ length: 300 }, () => ({ toJSON })) })).toBeNull();
  expect(printed).toBeLessThanOrEqual(4);
});
