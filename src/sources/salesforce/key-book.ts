import { createHash } from 'node:crypto';

/** Stores take keys of some length only, and PostgreSQL indexes 2,700 bytes at most. */
const MAX_KEY_LENGTH = 500;
const MAX_REMEMBERED = 10_000;

/** Keys of lists that say in full what they ask for. A long one is cut to its hash, and what it says is remembered while it may be fetched. */
export class KeyBook {
  readonly #texts = new Map<string, string>();

  keyOf(text: string): string {
    if (text.length <= MAX_KEY_LENGTH) return text;
    const key = `#${createHash('sha256').update(text).digest('base64url')}`;
    this.#texts.delete(key);
    this.#texts.set(key, text);
    if (this.#texts.size > MAX_REMEMBERED) {
      for (const oldest of this.#texts.keys()) {
        this.#texts.delete(oldest);
        break;
      }
    }
    return key;
  }

  /** Whether `textOf` knows what the key stands for. */
  knows(key: string): boolean {
    return !key.startsWith('#') || this.#texts.has(key);
  }

  /** What a key given by `keyOf` stands for. */
  textOf(key: string): string {
    const text = key.startsWith('#') ? this.#texts.get(key) : key;
    if (text === undefined) throw new Error('A list was asked for by a key that nobody remembers.');
    return text;
  }
}
