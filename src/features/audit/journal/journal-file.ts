import { randomUUID } from 'node:crypto';
import {
  closeSync,
  ftruncateSync,
  futimesSync,
  openSync,
  unlinkSync,
  write as writeCallback,
  writeSync,
} from 'node:fs';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ownerLine } from './journal-owner.ts';

const write = promisify(writeCallback);

interface Batch {
  text: string;
  readonly done: PromiseWithResolvers<void>;
}

/**
 * One file that entries are appended to. Everything that is appended while a write is under way goes out with the next one. What is in the file
 * outlives the process, however it ends; the machine may take the last second with it.
 */
export class JournalFile {
  readonly id: string;
  readonly path: string;
  readonly openedAtMs = performance.now();
  readonly #descriptor: number;
  /** Bytes of what was acknowledged, whole lines. */
  #size: number;
  /** A write stopped half way, and what it left could not be cut off. */
  #isTorn = false;
  #underWay = 0;
  #entries = 0;
  #waiting: Batch | null = null;
  #isWriting = false;
  #lastBatch: Promise<void> = Promise.resolve();

  /** Makes a new file. Throws when it can't be made, and leaves none then: without its whole first line it would swallow the first entry. */
  constructor(directory: string) {
    this.id = randomUUID();
    this.path = join(directory, `${this.id}.journal`);
    this.#descriptor = openSync(this.path, 'ax', 0o600);
    try {
      this.#size = writeWhole(this.#descriptor, Buffer.from(ownerLine(), 'utf8'));
    } catch (error) {
      closeSync(this.#descriptor);
      unlinkSync(this.path);
      throw error;
    }
  }

  /** What lies beyond is under way, or was refused, and may be cut off: nobody may read it. */
  get size(): number {
    return this.#size;
  }

  /** What is under way included. */
  get expectedSize(): number {
    return this.#size + this.#underWay;
  }

  get hasEntries(): boolean {
    return this.#entries > 0;
  }

  /** Place of the next entry. */
  nextEntry(): number {
    return (this.#entries += 1);
  }

  /** Resolves once the text, whole lines, is in the file. Rejects with the error of the write; nothing of it is in the file then. */
  append(text: string): Promise<void> {
    this.#underWay += text.length;
    if (this.#waiting) {
      this.#waiting.text += text;
      return this.#waiting.done.promise;
    }
    const batch: Batch = { text, done: Promise.withResolvers() };
    this.#waiting = batch;
    this.#lastBatch = batch.done.promise;
    if (!this.#isWriting) setImmediate(() => void this.#writeWaiting());
    return batch.done.promise;
  }

  /** Resolves when all that was appended before is in the file, or was refused. */
  async settled(): Promise<void> {
    await this.#lastBatch.catch(() => undefined);
  }

  /** Says that its process lives, to those who can't see that. */
  touch(): void {
    futimesSync(this.#descriptor, new Date(), new Date());
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  async remove(): Promise<void> {
    this.close();
    await unlink(this.path);
  }

  async #writeWaiting(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    for (let batch = this.#waiting; batch; batch = this.#waiting) {
      this.#waiting = null;
      await this.#writeBatch(batch);
    }
    this.#isWriting = false;
  }

  async #writeBatch({ text, done }: Batch): Promise<void> {
    const bytes = Buffer.from(text, 'utf8');
    try {
      if (this.#isTorn) this.#cutOff();
      for (let offset = 0; offset < bytes.length; ) {
        const { bytesWritten } = await write(this.#descriptor, bytes, offset, bytes.length - offset);
        offset += bytesWritten;
      }
      this.#size += bytes.length;
      done.resolve();
    } catch (error) {
      try {
        this.#cutOff();
      } catch {
        // A disk that takes neither more nor less: nothing is taken until it does.
      }
      done.reject(error);
    } finally {
      this.#underWay -= text.length;
    }
  }

  /** Half a line would spoil the one after it, and a whole one tell of what was refused. Throws when it can't be done. */
  #cutOff(): void {
    this.#isTorn = true;
    ftruncateSync(this.#descriptor, this.#size);
    this.#isTorn = false;
  }
}

/** A write may take a part only, as on a disk that is nearly full. Answers how many bytes there were. */
function writeWhole(descriptor: number, bytes: Buffer): number {
  for (let offset = 0; offset < bytes.length; ) offset += writeSync(descriptor, bytes, offset);
  return bytes.length;
}
