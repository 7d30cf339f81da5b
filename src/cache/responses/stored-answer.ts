import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { CallsBySource } from '../../platform/receipt.ts';

const gzipBytes = promisify(gzip);
const GZIP_LEVEL = 6;
/** Shorter bodies fit into one packet anyway. */
const MIN_GZIP_BYTES = 1_024;
/** What the objects around the bytes take. */
const BASE_BYTES = 1_500;

export interface AnswerFacts {
  /** When the oldest of the data in it was read from its source. */
  readonly readAtMs: number;
  readonly freshUntilMs: number;
  readonly isPrivate: boolean;
  readonly dependsOnRole: boolean;
  /** Under which it is invalidated. */
  readonly tags: readonly string[];
  /** The last invalidation known, in the order of all instances, when the data was begun to be read (see invalidation-ledger.ts). */
  readonly asOf: number;
  /** What its execution would have cost by itself with nothing kept. */
  readonly plainCalls: CallsBySource;
}

/** A complete answer without errors, as bytes that are sent as they are. */
export class StoredAnswer {
  readonly body: Buffer;
  readonly facts: AnswerFacts;
  /** First part of the SHA-256 of the body. */
  readonly digest: string;
  #gzip: Promise<Buffer | null> | undefined;

  constructor(body: Buffer, facts: AnswerFacts) {
    this.body = body;
    this.facts = facts;
    this.digest = digestOf(body);
  }

  /** Strong tags of the plain and of the compressed bytes: different bytes have different ones. */
  get entityTags(): readonly [plain: string, gzip: string] {
    return [`"${this.digest}"`, `"${this.digest}.gz"`];
  }

  /** The compressed body, made when first asked for, once. Null when compressing it gains nothing. */
  gzip(): Promise<Buffer | null> {
    return (this.#gzip ??= this.#compress());
  }

  /** Bytes of memory, estimated from above; the compressed body is counted from the beginning. */
  get weight(): number {
    const tags = this.facts.tags.reduce((bytes, tag) => bytes + 2 * tag.length + 32, 0);
    return BASE_BYTES + tags + this.body.length * (this.body.length < MIN_GZIP_BYTES ? 1 : 2);
  }

  async #compress(): Promise<Buffer | null> {
    if (this.body.length < MIN_GZIP_BYTES) return null;
    const bytes = await gzipBytes(this.body, { level: GZIP_LEVEL });
    return bytes.length < this.body.length ? bytes : null;
  }
}

function digestOf(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('base64url').slice(0, 27);
}
