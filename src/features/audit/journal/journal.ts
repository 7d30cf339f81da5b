import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { GatewayError } from '../../../platform/errors.ts';
import { describeError } from '../../../platform/log.ts';
import type { EntryRecord } from '../entry.ts';
import type { SealedIdentity } from '../pseudonyms.ts';
import { JournalFile } from './journal-file.ts';
import { toJournalLine } from './journal-line.ts';
import { isAbandoned } from './journal-owner.ts';

export interface JournalOptions {
  readonly directory: string;
  /** What all journals of the directory may take; beyond it nothing is taken. */
  readonly maxBytes: number;
}

/** A file of the journal that the shipper has to empty. */
export interface ShippableFile {
  readonly id: string;
  readonly path: string;
  /** Still being appended to. */
  readonly isCurrent: boolean;
  /** How far it may be read at this moment: what was acknowledged. Of an ended process nobody knows, so that all of it may be. */
  readableBytes(): number;
  /** Called when so many bytes of it are in PostgreSQL, and no more were there. False: there are more by now. */
  remove(shippedBytes: number): Promise<boolean>;
}

const ROTATE_BYTES = 8_000_000;
/** A file that is never removed would be read again from its beginning after a restart, however old. */
const ROTATE_MS = 3_600_000;
const TOUCH_MS = 60_000;

/** Where entries are kept until PostgreSQL has them: files of this process in a directory that several may share. */
export class Journal {
  readonly #directory: string;
  readonly #maxBytes: number;
  #current: JournalFile;
  #touchedAtMs = performance.now();
  readonly #retired = new Set<JournalFile>();
  readonly #adopted = new Map<string, { readonly path: string; readonly size: number }>();

  /** Throws an error that says what to do when the directory can't be written. */
  constructor({ directory, maxBytes }: JournalOptions) {
    this.#directory = resolve(directory);
    this.#maxBytes = maxBytes;
    try {
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      this.#current = new JournalFile(this.#directory);
    } catch (error) {
      throw new Error(
        `The journal of the audit log can't be kept in ${this.#directory} (${describeError(error).message}), and nothing is answered without ` +
          'it. Let the user that the gateway runs as write there, or set DATA_DIRECTORY to another directory.',
        { cause: error },
      );
    }
  }

  /** Bytes that wait for PostgreSQL, or have arrived and are not yet removed. */
  get bytes(): number {
    let bytes = this.#current.expectedSize;
    for (const file of this.#retired) bytes += file.size;
    for (const { size } of this.#adopted.values()) bytes += size;
    return bytes;
  }

  /** `json`: of an entry, without its opening brace. Resolves when it is in the file. Rejects with AUDIT_UNAVAILABLE. */
  async append(tenant: string, json: string): Promise<void> {
    const file = this.#current;
    const n = file.nextEntry();
    await this.#write(file, toJournalLine({ tenant, kind: 'E', json: `{"n":${n},${json}` }));
  }

  async appendEntry(tenant: string, entry: EntryRecord): Promise<void> {
    await this.append(tenant, JSON.stringify(entry).slice(1));
  }

  /** `at`: in ms since 1970. */
  async appendIdentities(tenant: string, identities: readonly SealedIdentity[], at: number): Promise<void> {
    const lines = identities.map((identity) =>
      toJournalLine({ tenant, kind: 'I', json: JSON.stringify({ ...identity, at }) }),
    );
    await this.#write(this.#current, lines.join(''));
  }

  /** Takes over what ended processes have left, and answers every file that has to be shipped, the oldest first. */
  files(nowMs: number): readonly ShippableFile[] {
    this.#adopt(nowMs);
    const adopted = [...this.#adopted].map(([id, { path }]) => ({
      id,
      path,
      isCurrent: false,
      readableBytes: () => Number.POSITIVE_INFINITY,
      remove: async () => {
        await unlink(path).catch((error: NodeJS.ErrnoException) => {
          // Another instance that shipped it as well was quicker.
          if (error.code !== 'ENOENT') throw error;
        });
        this.#adopted.delete(id);
        return true;
      },
    }));
    const retired = [...this.#retired].map((file) => ({
      id: file.id,
      path: file.path,
      isCurrent: false,
      readableBytes: () => file.size,
      remove: async (shippedBytes: number) => {
        await file.settled();
        if (file.size > shippedBytes) return false;
        await file.remove();
        this.#retired.delete(file);
        return true;
      },
    }));
    const current = this.#current;
    const { id, path } = current;
    const own = { id, path, isCurrent: true, readableBytes: () => current.size, remove: async () => false };
    return [...adopted, ...retired, own];
  }

  /** Begins a new file when the current one is large or old. */
  rotate(isForced = false): void {
    const file = this.#current;
    if (performance.now() - this.#touchedAtMs >= TOUCH_MS) {
      this.#touchedAtMs = performance.now();
      file.touch();
    }
    const isDue = file.size >= ROTATE_BYTES || performance.now() - file.openedAtMs >= ROTATE_MS;
    if (!file.hasEntries || !(isDue || isForced)) return;
    this.#current = new JournalFile(this.#directory);
    this.#retired.add(file);
  }

  async settled(): Promise<void> {
    await this.#current.settled();
  }

  /** Files with entries stay for the next start. */
  async close(): Promise<void> {
    await this.#current.settled();
    for (const file of this.#retired) file.close();
    if (this.#current.hasEntries) this.#current.close();
    else await this.#current.remove();
  }

  #write(file: JournalFile, lines: string): Promise<void> {
    if (this.bytes + lines.length > this.#maxBytes)
      return Promise.reject(
        unwritable(
          new Error(`The journal has reached ${this.#maxBytes} bytes, because PostgreSQL does not take its entries.`),
        ),
      );
    return file.append(lines).catch((error: unknown) => Promise.reject(unwritable(error)));
  }

  #adopt(nowMs: number): void {
    for (const name of readdirSync(this.#directory)) {
      const [, id] = /^([0-9a-f-]{36})\.journal$/.exec(name) ?? [];
      if (id === undefined || this.#adopted.has(id) || this.#isOwn(id)) continue;
      const path = join(this.#directory, name);
      try {
        if (isAbandoned(path, nowMs)) this.#adopted.set(id, { path, size: statSync(path).size });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
  }

  #isOwn(id: string): boolean {
    return this.#current.id === id || [...this.#retired].some((file) => file.id === id);
  }
}

function unwritable(cause: unknown): GatewayError {
  return new GatewayError(
    'AUDIT_UNAVAILABLE',
    'The audit log can not be written, so this can not be answered. Try again in a moment.',
    { retryAfterSeconds: 5, cause },
  );
}
