import { describe, expect, it } from 'vitest';
import { parseCursor, parsePage, toConnection, toCursor } from '../../../src/platform/connection.ts';
import { GatewayError } from '../../../src/platform/errors.ts';

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof GatewayError) return error.code;
    throw error;
  }
  return 'nothing thrown';
}

describe('parsePage', () => {
  it('walks forward twenty at a time unless told', () => {
    expect(parsePage({})).toEqual({ direction: 'forward', size: 20, from: null });
    expect(parsePage({ first: 200, after: 'abc' })).toEqual({ direction: 'forward', size: 200, from: 'abc' });
    expect(parsePage({ last: 1, before: 'abc' })).toEqual({ direction: 'backward', size: 1, from: 'abc' });
  });

  it.each([
    [{ first: -1 }],
    [{ first: 0 }],
    [{ first: 100_000 }],
    [{ last: 201 }],
    [{ first: 1, last: 1 }],
    [{ last: 1, after: 'a' }],
    [{ first: 1, before: 'a' }],
  ])('refuses %j as bad input', (args) => {
    expect(codeOf(() => parsePage(args))).toBe('BAD_USER_INPUT');
  });
});

describe('cursors', () => {
  it('give back the position they were made of', () => {
    const position = ['2026-01-01T00:00:00Z', null, 7, true, 'ü"\\'];
    expect(parseCursor(toCursor('list/a', position), 'list/a', 5)).toEqual(position);
  });

  it.each([
    '',
    'x',
    'not a cursor!',
    'e30',
    Buffer.from('[]').toString('base64url'),
    Buffer.from('[["a"],1]').toString('base64url'),
  ])('refuses the malformed cursor %j', (cursor) => {
    expect(codeOf(() => parseCursor(cursor, 'list/a', 1))).toBe('BAD_CURSOR');
  });

  it('refuses a cursor of another list or another length', () => {
    expect(codeOf(() => parseCursor(toCursor('list/b', [1]), 'list/a', 1))).toBe('BAD_CURSOR');
    expect(codeOf(() => parseCursor(toCursor('list/a', [1, 2]), 'list/a', 1))).toBe('BAD_CURSOR');
  });
});

describe('toConnection', () => {
  const cursorOf = (node: number): string => `c${node}`;

  it('knows from one row too many that there is a next page', () => {
    const connection = toConnection({ direction: 'forward', size: 2, from: null }, [1, 2, 3], cursorOf);
    expect(connection.nodes).toEqual([1, 2]);
    expect(connection.pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: 'c1',
      endCursor: 'c2',
    });
  });

  it('turns backward rows round', () => {
    const connection = toConnection({ direction: 'backward', size: 2, from: 'c9' }, [8, 7, 6], cursorOf);
    expect(connection.nodes).toEqual([7, 8]);
    expect(connection.pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: true,
      startCursor: 'c7',
      endCursor: 'c8',
    });
  });

  it('is empty without cursors when there are no rows', () => {
    const connection = toConnection({ direction: 'forward', size: 2, from: null }, [], cursorOf);
    expect(connection).toEqual({
      edges: [],
      nodes: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });
});
