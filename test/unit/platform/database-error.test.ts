import { describe, expect, it } from 'vitest';
import { toDatabaseError } from '../../../src/platform/database-error.ts';
import { GatewayError } from '../../../src/platform/errors.ts';

const fromServer = (code: string) =>
  Object.assign(new Error('relation "secret_table" of host 10.1.2.3'), { code, severity: 'ERROR' });
const fromSocket = (code: string) => Object.assign(new Error(`connect ${code} 10.1.2.3:5432`), { code });

describe('toDatabaseError', () => {
  it.each([
    ['57P01', 'DATABASE_UNAVAILABLE'],
    ['08006', 'DATABASE_UNAVAILABLE'],
    ['53300', 'DATABASE_UNAVAILABLE'],
    ['53100', 'DATABASE_UNAVAILABLE'],
    ['25006', 'DATABASE_UNAVAILABLE'],
    ['28P01', 'DATABASE_UNAVAILABLE'],
    ['3D000', 'DATABASE_UNAVAILABLE'],
    ['57014', 'UPSTREAM_TIMEOUT'],
    ['40P01', 'CONFLICT'],
    ['40001', 'CONFLICT'],
    ['42P01', 'INTERNAL_SERVER_ERROR'],
    ['23505', 'INTERNAL_SERVER_ERROR'],
  ])('makes SQLSTATE %s a %s that keeps its cause to itself', (state, code) => {
    const cause = fromServer(state);
    const error = toDatabaseError(cause);
    expect(error).toMatchObject({ code, source: 'POSTGRES', cause });
    expect(`${error.message} ${JSON.stringify(error.details)}`).not.toMatch(/secret_table|10\.1\.2\.3/);
  });

  it.each(['22021', '22P05'])('blames the text that was sent for SQLSTATE %s', (state) => {
    expect(toDatabaseError(fromServer(state))).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it.each([
    fromSocket('ECONNREFUSED'),
    fromSocket('ENOTFOUND'),
    new Error('Connection terminated unexpectedly'),
    new Error('Connection terminated due to connection timeout'),
    new Error('timeout exceeded when trying to connect'),
    new Error('Query read timeout'),
    new Error('Cannot use a pool after calling end on the pool'),
  ])('makes "$message" DATABASE_UNAVAILABLE', (cause) => {
    expect(toDatabaseError(cause)).toMatchObject({ code: 'DATABASE_UNAVAILABLE', cause });
  });

  it('does not mistake a network error code for a SQLSTATE, nor a defect for an outage', () => {
    expect(toDatabaseError(fromSocket('EPIPE'))).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(toDatabaseError(new TypeError('x is not a function'))).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    expect(toDatabaseError('text')).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
  });

  it('leaves errors alone that were translated already', () => {
    const error = new GatewayError('CONFLICT', 'as it is');
    expect(toDatabaseError(error)).toBe(error);
  });
});
