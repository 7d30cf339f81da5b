import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { z } from 'zod';
import { StoredAnswer } from './stored-answer.ts';

const gunzipBytes = promisify(gunzip);
const MAGIC = Buffer.from('DGR1');
/** An answer that is longer once unpacked is taken for garbage. */
const MAX_BODY_BYTES = 64 * 1_048_576;

const headerShape = z.object({
  key: z.string(),
  digest: z.string(),
  packed: z.boolean(),
  readAtMs: z.number(),
  freshUntilMs: z.number(),
  isPrivate: z.boolean(),
  dependsOnRole: z.boolean(),
  tags: z.array(z.string()).readonly(),
  asOf: z.number(),
  // Earlier versions of the gateway do not write it.
  plainCalls: z.record(z.string(), z.number()).default({}),
});

/** An answer as bytes for a shared tier: four letters, the length of the header, the header as JSON, the body as it is sent. */
export async function encodeAnswer(key: string, answer: StoredAnswer): Promise<Buffer> {
  const packed = await answer.gzip();
  const header = Buffer.from(
    JSON.stringify({ ...answer.facts, key, digest: answer.digest, packed: packed !== null } satisfies z.infer<
      typeof headerShape
    >),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32BE(header.length);
  return Buffer.concat([MAGIC, length, header, packed ?? answer.body]);
}

/** Under which an encoded answer is invalidated; null when it can't be read. */
export function tagsOfEncoded(bytes: Buffer): readonly string[] | null {
  try {
    if (bytes.length < 8 || !bytes.subarray(0, 4).equals(MAGIC)) return null;
    return headerShape.parse(JSON.parse(bytes.toString('utf8', 8, 8 + bytes.readUInt32BE(4)))).tags;
  } catch {
    return null;
  }
}

/** Null for anything but exactly what was encoded under this very key: a shared tier may hold garbage, and a mixed-up key must not matter. */
export async function decodeAnswer(key: string, bytes: Buffer): Promise<StoredAnswer | null> {
  try {
    if (bytes.length < 8 || !bytes.subarray(0, 4).equals(MAGIC)) return null;
    const bodyAt = 8 + bytes.readUInt32BE(4);
    if (bodyAt > bytes.length) return null;
    const {
      key: storedKey,
      digest,
      packed,
      ...facts
    } = headerShape.parse(JSON.parse(bytes.toString('utf8', 8, bodyAt)));
    if (storedKey !== key) return null;
    const sent = bytes.subarray(bodyAt);
    const answer = new StoredAnswer(
      packed ? await gunzipBytes(sent, { maxOutputLength: MAX_BODY_BYTES }) : Buffer.from(sent),
      facts,
    );
    return answer.digest === digest ? answer : null;
  } catch {
    return null;
  }
}
