import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { GatewayError } from '../errors.ts';

/**
 * Where a value stands. It is authenticated with the value, so that one that was copied to another row, column or tenant does not open.
 */
export interface SealedPlace {
  readonly table: string;
  readonly column: string;
  /** What identifies the row for ever and is known before it is stored, the tenant first. */
  readonly row: readonly (string | number)[];
}

export interface SealerKeys {
  /** Seals. 32 bytes. */
  readonly current: Buffer;
  /** Open what was sealed before the current key was. */
  readonly old: readonly Buffer[];
  /** Ids (see `keyId`) of keys that nobody has any more, on purpose. */
  readonly destroyed?: readonly string[];
  /** Makes blind indexes; stays the same when the keys above are changed. 32 bytes. */
  readonly index: Buffer;
}

/** `sealed:1:<key id>:<base64url of nonce, ciphertext and tag>`. */
const SEALED = /^sealed:1:([0-9a-f]{8}):([A-Za-z0-9_-]{38,})$/;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What a sealed text of so many characters takes in a column at most, for the column's length check. */
export function maxSealedLength(characters: number): number {
  return 18 + Math.ceil(((characters * 4 + NONCE_BYTES + TAG_BYTES) * 4) / 3);
}

/** Encrypts single values for storage with AES-256-GCM. Nonces are random: one key is good for 2^32 values (NIST SP 800-38D, 8.3). */
export class Sealer {
  readonly #currentId: string;
  readonly #keys: ReadonlyMap<string, Buffer>;
  readonly #indexKey: KeyObject;
  readonly #destroyed: ReadonlySet<string>;
  readonly #missingKeys = new Set<string>();

  /** Throws when a key is said to be destroyed that is there. */
  constructor({ current, old, index, destroyed = [] }: SealerKeys) {
    const keys = new Map([...old, current].map((key) => [keyId(key), derived(key, 'seal')]));
    this.#currentId = keyId(current);
    this.#keys = keys;
    // As an object it need not be prepared for each of the many hashes that a text takes.
    this.#indexKey = createSecretKey(derived(index, 'blind index'));
    this.#destroyed = new Set(destroyed);
    const present = destroyed.filter((id) => keys.has(id));
    if (present.length > 0)
      throw new Error(
        `ENCRYPTION_KEYS_DESTROYED names ${present.join(', ')}, which is among ENCRYPTION_KEY and ENCRYPTION_KEYS_OLD: what it sealed can be read. Take it out of one of them.`,
      );
  }

  seal(text: string, place: SealedPlace): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#keyOf(this.#currentId), nonce);
    cipher.setAAD(addressOf(place));
    const parts = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
    return `sealed:1:${this.#currentId}:${Buffer.concat(parts).toString('base64url')}`;
  }

  /**
   * The text again. A value that was stored before its column was sealed is answered as it is. Throws INTERNAL_SERVER_ERROR, without
   * the value, when its key is not at hand or it was sealed for another place.
   */
  open(value: string, place: SealedPlace): string {
    const [, id, payload] = SEALED.exec(value) ?? [];
    if (id === undefined || payload === undefined) return value;
    const bytes = Buffer.from(payload, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', this.#keyOf(id), bytes.subarray(0, NONCE_BYTES));
    decipher.setAAD(addressOf(place));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    try {
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch (cause) {
      throw unreadable(`A value of ${place.table}.${place.column} was changed, or moved from another row.`, cause);
    }
  }

  /**
   * As `open`, but null when the value's key is not at hand, so that one such value costs no others. Which key it was is in `missingKeys`, which
   * somebody has to look at.
   */
  openIfKeyIsThere(value: string, place: SealedPlace): string | null {
    const id = keyIdOf(value);
    if (id === null || this.#keys.has(id)) return this.open(value, place);
    if (!this.#destroyed.has(id)) this.#missingKeys.add(id);
    return null;
  }

  /** Whether nobody can ever open the value again, because its key was destroyed on purpose. */
  isShredded(value: string): boolean {
    const id = keyIdOf(value);
    return id !== null && this.#destroyed.has(id);
  }

  /** Ids of keys that were destroyed on purpose. */
  get destroyedKeys(): readonly string[] {
    return [...this.#destroyed];
  }

  /** See `keyId`. */
  get currentKeyId(): string {
    return this.#currentId;
  }

  /** Ids of keys (see `keyId`) that values were sealed by, and that were not at hand when they were to be opened. */
  get missingKeys(): readonly string[] {
    return [...this.#missingKeys];
  }

  /** Whether the value has the form of a sealed one; not whether it opens. */
  isSealed(value: string): boolean {
    return keyIdOf(value) !== null;
  }

  /** Whether the value is plain, or sealed by a key that was replaced and not destroyed. */
  needsSealing(value: string): boolean {
    return keyIdOf(value) !== this.#currentId && !this.isShredded(value);
  }

  /**
   * A keyed hash (HMAC-SHA-256, hex) by which equal texts of the same purpose are found without opening any. Whoever has the rows but not
   * the key can't try guesses against it.
   */
  blindIndex(purpose: string, text: string): string {
    return createHmac('sha256', this.#indexKey)
      .update(JSON.stringify([purpose, text]))
      .digest('hex');
  }

  #keyOf(id: string): Buffer {
    const key = this.#keys.get(id);
    if (key) return key;
    this.#missingKeys.add(id);
    throw unreadable(
      `A value was sealed by the key ${id}, which is neither ENCRYPTION_KEY nor one of ENCRYPTION_KEYS_OLD.`,
    );
  }
}

/** Of a key, for everybody to see: eight hex digits of its hash. */
export function keyId(key: Buffer): string {
  return createHash('sha256').update('deployment-graph key id\0').update(key).digest('hex').slice(0, 8);
}

/** Of the key that sealed a value; null: it is plain. */
function keyIdOf(value: string): string | null {
  return SEALED.exec(value)?.[1] ?? null;
}

function derived(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `deployment-graph ${purpose}`, 32));
}

function addressOf({ table, column, row }: SealedPlace): Buffer {
  return Buffer.from(JSON.stringify([table, column, ...row.map(String)]));
}

function unreadable(message: string, cause?: unknown): GatewayError {
  return new GatewayError('INTERNAL_SERVER_ERROR', message, { source: 'POSTGRES', cause });
}
