import { open } from 'node:fs/promises';
import { type JournalLine, parseJournalLine } from './journal-line.ts';

const CHUNK_BYTES = 1_000_000;

export interface JournalPart {
  readonly lines: readonly JournalLine[];
  /** Lines that are none: what a full disk or a crash has left. */
  readonly unreadable: number;
  /** Where to read on. */
  readonly nextOffset: number;
}

/**
 * Reads whole lines from `offset` on, none of them beyond `end`. At the end a line without its end is left for later: its process ended within
 * it, and nobody was answered for it.
 */
export async function readJournal(
  path: string,
  offset: number,
  end: number,
  maxBytes: number = CHUNK_BYTES,
): Promise<JournalPart> {
  const wantedBytes = Math.min(maxBytes, end - offset);
  if (wantedBytes <= 0) return { lines: [], unreadable: 0, nextOffset: offset };
  const file = await open(path, 'r');
  try {
    const bytes = Buffer.allocUnsafe(wantedBytes);
    const { bytesRead } = await file.read(bytes, 0, wantedBytes, offset);
    const lastEnd = bytes.lastIndexOf(10, bytesRead - 1);
    if (bytesRead === 0 || lastEnd < 0) return { lines: [], unreadable: 0, nextOffset: offset };
    const texts = bytes.toString('utf8', 0, lastEnd).split('\n');
    // The first line of the file names its owner.
    if (offset === 0) texts.shift();
    const lines = texts.map(parseJournalLine);
    const readable = lines.filter((line) => line !== null);
    return { lines: readable, unreadable: lines.length - readable.length, nextOffset: offset + lastEnd + 1 };
  } finally {
    await file.close();
  }
}
