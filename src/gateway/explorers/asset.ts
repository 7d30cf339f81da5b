import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { send } from '../http-answer.ts';
import type { Route } from '../http-server.ts';

/** A file that browsers may keep; it is made when it is first asked for. */
export interface AssetOptions {
  readonly contentType: string;
  load(): Promise<string>;
}

interface Held {
  readonly plain: Buffer;
  readonly zipped: Buffer;
  readonly etag: string;
}

const DAY_SECONDS = 86_400;

/** Serves text compressed once, with an ETag, so that a browser asks for it once a day and gets 304 then. */
export function assetRoute({ contentType, load }: AssetOptions): Route {
  let held: Promise<Held> | undefined;
  return {
    methods: ['GET'],
    handle: async ({ request, response }) => {
      held ??= hold(load);
      const { plain, zipped, etag } = await held;
      const headers = { etag, 'cache-control': `public, max-age=${DAY_SECONDS}`, vary: 'accept-encoding' };
      if (request.headers['if-none-match'] === etag) {
        response.writeHead(304, headers);
        response.end();
        return;
      }
      const takesGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
      const encoding = takesGzip ? { 'content-encoding': 'gzip' } : {};
      send(response, 200, { ...headers, ...encoding, 'content-type': contentType }, takesGzip ? zipped : plain);
    },
  };
}

async function hold(load: () => Promise<string>): Promise<Held> {
  const plain = Buffer.from(await load(), 'utf8');
  const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;
  return { plain, zipped: await promisify(gzip)(plain), etag };
}
