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

/** So far apart the words of a name may be in a text that is searched for. */
const NEAR_WORDS = 7;

/**
 * All that an identifier is known again by. A name is, beside as it is written, by its words alone, since people search for names in any order, with hyphens or
 * without.
 */
export function hashesOf(
  sealer: Sealer,
  tenant: string,
  kind: IdentifierKind,
  value: string,
): readonly HashedIdentifier[] {
  const hashed = hashIdentifier(sealer, tenant, kind, value);
  if (hashed === null) return [];
  const words = kind === 'name' ? [...new Set(partsOfWords(value))] : [];
  return words.length < MIN_NAME_WORDS || words.length > MAX_NAME_WORDS
    ? [hashed]
    : [hashed, { kind, hash: hashOfWords(sealer, words), words: words.length }];
}

/** Of a name or a text, in lower case and without hyphens. */
function partsOfWords(text: string): string[] {
  return wordsOf(text.normalize('NFC')).flatMap((word) => word.split(/['’-]+/).filter((part) => part !== ''));
}

/** In whatever order they are given. */
function hashOfWords(sealer: Sealer, words: readonly string[]): string {
  return sealer.blindIndex('words of an erased name', words.toSorted().join(' '));
}

/** People by nothing but hashes: tells of an identifier whether it is one of theirs. */
export class HashedPeople {
  readonly #sealer: Sealer;
  readonly #tenant: string;
  readonly #hashes = new Map<IdentifierKind, Set<string>>();
  readonly #nameLengths = new Set<number>();
  #longestFirst: readonly number[] = [];
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
    this.#longestFirst = [...this.#nameLengths].sort((left, right) => right - left);
  }

  get isEmpty(): boolean {
    return this.#hashes.size === 0;
  }

  /** In words, the longest first. */
  get nameLengths(): readonly number[] {
    return this.#longestFirst;
  }

  knows(kind: IdentifierKind): boolean {
    return this.#hashes.has(kind);
  }

  /** Never of what is not known. `tenant`: whose subject it is, where these are people of several. */
  has(kind: IdentifierKind, value: string | null, tenant: string = this.#tenant): boolean {
    const hashes = this.#hashes.get(kind);
    if (!hashes || value === null) return false;
    const of = kind === 'subject' ? tenant : '';
    return this.#remember(`${kind} ${of}\0${value}`, () => {
      const hash = hashIdentifier(this.#sealer, tenant, kind, value)?.hash;
      return hash !== undefined && hashes.has(hash);
    });
  }

  /** Whether a client that calls itself so is called after one of them: by the subject, or by a name in whatever order and spelling. */
  hasClient(client: string, tenant: string): boolean {
    if (this.has('subject', client, tenant)) return true;
    return this.knows('name') && this.#remember(`client ${client}`, () => this.isSearchedFor(client));
  }

  /** As `has` of a name, by its words in lower case with one space between them. */
  hasName(words: string): boolean {
    return this.#hashes.get('name')?.has(this.#sealer.blindIndex('erased name', words)) === true;
  }

  /** Whether somebody who searches for this text searches for one of them: all words of the name are in it, near each other, in whatever order and spelling. */
  isSearchedFor(text: string): boolean {
    const hashes = this.#hashes.get('name');
    if (!hashes) return false;
    const words = partsOfWords(text);
    return words.some((word, place) => {
      const near = [...new Set(words.slice(Math.max(0, place - NEAR_WORDS), place))].filter((other) => other !== word);
      return this.#longestFirst.some((length) =>
        choicesOf(near, length - 1).some((others) => hashes.has(hashOfWords(this.#sealer, [...others, word]))),
      );
    });
  }

  #remember(key: string, look: () => boolean): boolean {
    const remembered = this.#remembered.get(key);
    if (remembered !== undefined) return remembered;
    const isKnown = look();
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(key, isKnown);
    return isKnown;
  }
}

/** All choices of so many words, in the order of the words. */
function* choicesOf(words: readonly string[], count: number, from = 0): Generator<readonly string[]> {
  if (count === 0) yield [];
  else
    for (let place = from; place <= words.length - count; place += 1)
      for (const rest of choicesOf(words, count - 1, place + 1)) yield [words[place] ?? '', ...rest];
}
