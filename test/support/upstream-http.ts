import { Pool } from 'undici';
import { GatewayError } from '../../src/platform/errors.ts';
import { startStandInServer } from '../../src/standins/kit/server.ts';
import { readLimitScope } from '../../src/upstream/quota-headers.ts';
import { parseRetryAfter } from '../../src/upstream/retry-after.ts';

/** A server that echoes the path of every request, with its faults, and a client of it as a source would have one. */
export async function startHttpSource(sockets: number) {
  const server = await startStandInServer({ handle: ({ path }) => ({ status: 200, body: { path } }) });
  const pool = new Pool(server.url, { connections: sockets, pipelining: 1 });

  /** Gives the path, or fails as failure-meaning.ts asks of sources. */
  async function get(path: string, signal: AbortSignal): Promise<string> {
    const { statusCode, headers, body } = await pool.request({ method: 'GET', path, signal });
    if (statusCode === 200) return ((await body.json()) as { path: string }).path;
    await body.dump();
    const retryAfterSeconds = parseRetryAfter(headers['retry-after'], Date.now());
    const scope = readLimitScope(headers);
    const code =
      statusCode === 429 ? 'UPSTREAM_RATE_LIMITED' : statusCode >= 500 ? 'UPSTREAM_UNAVAILABLE' : 'UPSTREAM_REJECTED';
    throw new GatewayError(code, `The source answered ${statusCode}.`, {
      source: 'JIRA',
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      ...(scope ? { details: { scope } } : {}),
    });
  }

  return {
    server,
    get,
    /** Sockets that are busy at this moment. */
    busySockets: () => pool.stats.running,
    async close() {
      await pool.destroy();
      await server.close();
    },
  };
}
