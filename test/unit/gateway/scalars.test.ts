import { parseValue } from 'graphql';
import { describe, expect, test } from 'vitest';
import { dateScalar, dateTimeScalar, jsonObjectScalar } from '../../../src/gateway/scalars.ts';

describe('DateTime', () => {
  test.each([
    ['2026-03-31T16:00:00Z', '2026-03-31T16:00:00.000Z'],
    ['2026-03-31T18:00:00+02:00', '2026-03-31T16:00:00.000Z'],
    ['2026-03-31t16:00:00.123456789z', '2026-03-31T16:00:00.123Z'],
    ['2024-02-29T23:59:59-11:30', '2024-03-01T11:29:59.000Z'],
  ])('takes %s and makes it UTC', (sent, expected) => {
    expect(dateTimeScalar.parseValue(sent)).toBe(expected);
  });

  test.each([
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-03-31T24:00:00Z',
    '2026-03-31T12:60:00Z',
    '2026-03-31T12:00:00',
    '2026-03-31T12:00:00+25:00',
    '2026-03-31',
    'yesterday',
    '',
    1_774_972_800_000,
    null,
  ])('refuses %s and says what it wants', (sent) => {
    expect(() => dateTimeScalar.parseValue(sent)).toThrow(/RFC 3339/);
  });

  test.each(['0000-12-31T23:59:59Z', '0001-01-01T00:00:00+23:59', '9999-12-31T23:59:59-23:59'])(
    'refuses %s, which PostgreSQL has no year for',
    (sent) => {
      expect(() => dateTimeScalar.parseValue(sent)).toThrow(/years 1 and 9999/);
      expect(() => dateTimeScalar.parseLiteral(parseValue(JSON.stringify(sent)))).toThrow(/years 1 and 9999/);
    },
  );

  test('writes the offsets of Salesforce and Jira as UTC', () => {
    expect(dateTimeScalar.serialize('2026-03-31T16:00:00.000+0000')).toBe('2026-03-31T16:00:00.000Z');
    expect(dateTimeScalar.serialize('2026-03-31T09:30:00.500-0700')).toBe('2026-03-31T16:30:00.500Z');
    expect(dateTimeScalar.serialize(new Date(0))).toBe('1970-01-01T00:00:00.000Z');
  });

  test('does not take a number literal', () => {
    expect(() => dateTimeScalar.parseLiteral(parseValue('5'))).toThrow(TypeError);
  });
});

describe('Date', () => {
  test.each(['2026-03-31', '2024-02-29', '2000-02-29', '0001-01-01'])('takes %s', (sent) => {
    expect(dateScalar.parseValue(sent)).toBe(sent);
  });

  test.each(['2026-02-29', '1900-02-29', '2026-00-10', '2026-01-32', '2026-1-1', '2026-03-31T00:00:00Z', 20_260_331])(
    'refuses %s, which is no day of the calendar',
    (sent) => {
      expect(() => dateScalar.parseValue(sent)).toThrow(/YYYY-MM-DD/);
    },
  );
});

describe('JSONObject', () => {
  test('takes an object as it is', () => {
    const value = { threshold: 3, tags: ['a', { b: null }] };
    expect(jsonObjectScalar.parseValue(value)).toBe(value);
    expect({ ...jsonObjectScalar.parseLiteral(parseValue('{threshold: 3}')) }).toEqual({ threshold: 3 });
  });

  test.each([[['a list']], ['text'], [5], [null]])('refuses %j', (sent) => {
    expect(() => jsonObjectScalar.parseValue(sent)).toThrow(/object/);
  });

  test('takes variables inside a literal', () => {
    expect({ ...jsonObjectScalar.parseLiteral(parseValue('{a: $x}'), { x: 1 }) }).toEqual({ a: 1 });
  });

  test.each(['__proto__', 'constructor', 'prototype'])('refuses the key %s at any depth', (key) => {
    expect(() => jsonObjectScalar.parseValue(JSON.parse(`{"a": [{"${key}": {}}]}`))).toThrow(key);
    expect(() => jsonObjectScalar.parseLiteral(parseValue(`{a: [{${key}: {}}]}`))).toThrow(key);
  });

  test('refuses a value that is nested without end, before anything walks down it', () => {
    const depth = 50_000;
    expect(() => jsonObjectScalar.parseValue(JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`))).toThrow(
      /deep/,
    );
    expect(() => jsonObjectScalar.parseLiteral(parseValue(`${'{a:'.repeat(100)}1${'}'.repeat(100)}`))).toThrow(/deep/);
  });
});
