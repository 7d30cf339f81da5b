import type { Sealer } from '../../platform/sealing/sealer.ts';
import { type IdentifierKind, normalisedOf, wordsOf } from './person-identifiers.ts';

/** An identifier that only who has the key can tell, and only by trying the right one. */
export interface HashedIdentifier {
  readonly kind: IdentifierKind;
  /** 64 hex digits. */
  readonly hash: string;
  /** Of a name: how many words it has, so that a text is searched for so many. */
  readonly words: number | null;
}

/** A first name alone tells nothing, and would be found in every second text. */
const MIN_NAME_WORDS = 2;
const MAX_NAME_WORDS = 6;
const MAX_REMEMBERED = 50_000;

/** Null for a name that is too short or too long to be searched for. Subjects mean something within their tenant only. */
export function hashIdentifier(
  sealer: Sealer,
  tenant: string,
  kind: IdentifierKind,
  value: string,
): HashedIdentifier | null {
  const normalised = normalisedOf(kind, value);
  const words = kind === 'name' ? wordsOf(normalised).length : null;
  if (words !== null && (words < MIN_NAME_WORDS || words > MAX_NAME_WORDS)) return null;
  const purpose = kind === 'subject' ? `erased subject of ${tenant}` : `erased ${kind}`;
  return { kind, hash: sealer.blindIndex(purpose, normalised), words };
}

/** People by nothing but hashes: tells of an identifier whether it is one of theirs. */
export class HashedPeople {
  readonly #sealer: Sealer;
  readonly #tenant: string;
  readonly #hashes = new Map<IdentifierKind, Set<string>>();
  readonly #nameLengths = new Set<number>();
  readonly #remembered = new Map<string, boolean>();

  /** `tenant`: whose subjects are meant. */
  constructor(sealer: Sealer, tenant: string, identifiers: Iterable<HashedIdentifier> = []) {
    this.#sealer = sealer;
    this.#tenant = tenant;
    this.add(identifiers);
  }

  add(identifiers: Iterable<HashedIdentifier>): void {
    for (const { kind, hash, words } of identifiers) {
      const known = this.#hashes.get(kind);
      if (known) known.add(hash);
      else this.#hashes.set(kind, new Set([hash]));
      if (words !== null) this.#nameLengths.add(words);
    }
    this.#remembered.clear();
  }

  get isEmpty(): boolean {
    return this.#hashes.size === 0;
  }

  /** In words, the longest first. */
  get nameLengths(): readonly number[] {
    return [...this.#nameLengths].sort((left, right) => right - left);
  }

  knows(kind: IdentifierKind): boolean {
    return this.#hashes.has(kind);
  }

  /** Never of what is not known. */
  has(kind: IdentifierKind, value: string | null): boolean {
    const hashes = this.#hashes.get(kind);
    if (!hashes || value === null) return false;
    const key = `${kind} ${value}`;
    const remembered = this.#remembered.get(key);
    if (remembered !== undefined) return remembered;
    const hash = hashIdentifier(this.#sealer, this.#tenant, kind, value)?.hash;
    const isKnown = hash !== undefined && hashes.has(hash);
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(key, isKnown);
    return isKnown;
  }
}
