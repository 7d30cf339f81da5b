import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({
    settings: { NODE_ENV: 'production', ALLOW_STANDINS: 'true' },
    stopTimes: { lameDuckMs: 0 },
  });
});
afterAll(async () => {
  await gateway.close();
});

describe('in production, unless introspection is allowed by name', () => {
  test('there is no explorer', async () => {
    for (const path of ['/', '/graphiql', '/graphiql/graphiql.js', '/sandbox.js']) {
      const response = await fetch(gateway.url + path, { headers: { accept: 'text/html' } });
      expect(response.status, path).toBe(404);
    }
  });

  test('the schema is told in no way', async () => {
    const headers = await gateway.as('ADMIN');
    const introspected = await gateway.query('{ __schema { types { name } } }', {}, headers);
    expect(introspected.data).toBeUndefined();
    const service = await gateway.query('{ _service { sdl } }', {}, headers);
    expect(service.errors[0]?.extensions.code).toBe('FORBIDDEN');
    const misspelt = await gateway.query('{ psRequsts { nodes { number } } }', {}, headers);
    expect(misspelt.errors[0]?.message).not.toContain('psRequests');
  });

  test('a request without a token is refused', async () => {
    const { status, errors } = await gateway.query('{ viewer { id } }');
    expect(status).toBe(401);
    expect(errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });

  test('other services still get their records', async () => {
    const { data, errors } = await gateway.query(
      '{ _entities(representations: [{ __typename: "PsRequest", number: "PSR-00042" }]) { ... on PsRequest { number } } }',
      {},
      await gateway.as('VIEWER'),
    );
    expect(errors).toEqual([]);
    expect(data._entities).toEqual([{ number: 'PSR-00042' }]);
  });
});
