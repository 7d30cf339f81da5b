import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Logger } from '../../platform/log.ts';
import type { Sealer } from '../../platform/sealing/sealer.ts';
import type { HashedIdentifier } from './hashed-people.ts';

/** What the ledger keeps of one request. */
export interface LedgerEntry {
  readonly requestId: string;
  readonly tenant: string;
  /** RFC 3339. */
  readonly erasedAt: string;
  readonly identifiers: readonly HashedIdentifier[];
}

const lineShape = z.object({
  requestId: z.uuid(),
  tenant: z.string().min(1),
  erasedAt: z.iso.datetime(),
  identifiers: z.array(
    z.object({
      kind: z.enum(['subject', 'email', 'jira', 'salesforce', 'name']),
      hash: z.string().regex(/^[0-9a-f]{64}$/),
      words: z.number().int().nullable(),
    }),
  ),
  signature: z.string(),
});

export interface LedgerFileOptions {
  readonly path: string;
  readonly sealer: Sealer;
  readonly log: Logger;
}

/**
 * The ledger outside of the database, so that a backup that is restored does not bring back who was erased since. Lines of JSON, appended only, each signed
 * by itself (HMAC-SHA-256): several instances may append to one file. A line that was removed comes back from the database.
 */
export class LedgerFile {
  readonly #options: LedgerFileOptions;
  readonly entries: LedgerEntry[] = [];
  readonly #written = new Set<string>();

  /** Reads what is there. A line whose signature is not right is left out and logged. */
  constructor(options: LedgerFileOptions) {
    this.#options = options;
    for (const line of readIfThere(options.path).split('\n')) if (line !== '') this.#take(line);
  }

  /** Adds what the file does not have yet of the entries; on the disk when it returns. */
  append(entries: readonly LedgerEntry[]): void {
    const missing = entries.flatMap((entry) => {
      const identifiers = entry.identifiers.filter((one) => !this.#written.has(nameOf(entry, one)));
      return identifiers.length > 0 ? [{ ...entry, identifiers }] : [];
    });
    if (missing.length === 0) return;
    const { path } = this.#options;
    mkdirSync(dirname(path), { recursive: true });
    // A process that was killed may have left half a line, and an empty one means nothing.
    const lines = missing.map((entry) => `\n${JSON.stringify({ ...entry, signature: this.#sign(entry) })}\n`);
    const file = openSync(path, 'a', 0o600);
    try {
      writeSync(file, lines.join(''));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    for (const entry of missing) this.#remember(entry);
  }

  #take(line: string): void {
    const json = parseJson(line);
    if (json === null) return;
    const parsed = lineShape.safeParse(json);
    if (parsed.success && this.#sign(parsed.data) === parsed.data.signature) {
      this.#remember(parsed.data);
      return;
    }
    this.#options.log.error(
      { path: this.#options.path },
      'A line of the erasure ledger was changed, or signed with another AUDIT_PSEUDONYM_KEY, and is not obeyed. Restore the file from a copy.',
    );
  }

  #remember({ requestId, tenant, erasedAt, identifiers }: LedgerEntry): void {
    this.entries.push({ requestId, tenant, erasedAt, identifiers });
    for (const identifier of identifiers) this.#written.add(nameOf({ requestId }, identifier));
  }

  #sign({ requestId, tenant, erasedAt, identifiers }: LedgerEntry): string {
    const hashes = identifiers.map(({ kind, hash, words }) => [kind, hash, words]);
    return this.#options.sealer.blindIndex(
      'erasure ledger line',
      JSON.stringify([requestId, tenant, erasedAt, hashes]),
    );
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function nameOf({ requestId }: Pick<LedgerEntry, 'requestId'>, { kind, hash }: HashedIdentifier): string {
  return `${requestId} ${kind} ${hash}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
