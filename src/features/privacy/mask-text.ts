import type { HashedPeople } from './hashed-people.ts';
import { WORD } from './person-identifiers.ts';

/** What stands where a person stood. */
export const ERASED_NAME = 'Erased person';
const ERASED_IN_TEXT = '[erased]';

/** Before and after an @. Looked for in as many characters as an address can have there (RFC 5321, 4.5.3.1), so that no text takes long. */
const LOCAL_PART = /[\p{L}\p{N}._%+'-]+$/u;
const DOMAIN = /^[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/u;
const MAX_LOCAL_LENGTH = 64;
const MAX_DOMAIN_LENGTH = 255;
/** Between the words of a name. */
const GAP = /^(?:\.? {1,2}|[\u00a0\t_]|\n)$/;

/** The text without the addresses and full names of these people; the same string where there are none. */
export function maskText(people: HashedPeople, text: string): string {
  const masked = people.knows('email') && text.includes('@') ? withoutAddresses(people, text) : text;
  return people.knows('name') ? withoutNames(people, masked) : masked;
}

function withoutAddresses(people: HashedPeople, text: string): string {
  let masked = '';
  let copiedTo = 0;
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const [local] = LOCAL_PART.exec(text.slice(Math.max(copiedTo, at - MAX_LOCAL_LENGTH), at)) ?? [];
    const [domain] = DOMAIN.exec(text.slice(at + 1, at + 1 + MAX_DOMAIN_LENGTH)) ?? [];
    if (!local || !domain || !people.has('email', `${local}@${domain}`)) continue;
    masked += text.slice(copiedTo, at - local.length) + ERASED_IN_TEXT;
    copiedTo = at + 1 + domain.length;
  }
  return copiedTo === 0 ? text : masked + text.slice(copiedTo);
}

interface Word {
  readonly start: number;
  readonly end: number;
  readonly lowerCase: string;
  /** Names begin with a capital, where their script has any. What can begin none is not hashed, which is what makes this quick. */
  readonly mayBeginName: boolean;
}

function withoutNames(people: HashedPeople, text: string): string {
  const words: Word[] = Array.from(text.matchAll(WORD), (match) => {
    const [word] = match;
    const first = String.fromCodePoint(word.codePointAt(0) ?? 0);
    const isSmall = first === first.toLowerCase() && first !== first.toUpperCase();
    return {
      start: match.index,
      end: match.index + word.length,
      lowerCase: word.normalize('NFC').toLowerCase(),
      mayBeginName: !isSmall,
    };
  });
  let masked = '';
  let copiedTo = 0;
  for (let place = 0; place < words.length; place += 1) {
    const length = words[place]?.mayBeginName ? lengthOfName(people, text, words, place) : 0;
    if (length === 0) continue;
    masked += text.slice(copiedTo, words[place]?.start) + ERASED_IN_TEXT;
    copiedTo = words[place + length - 1]?.end ?? copiedTo;
    place += length - 1;
  }
  return copiedTo === 0 ? text : masked + text.slice(copiedTo);
}

/** How many words from here on are the name of one of these people; 0 when none is. */
function lengthOfName(people: HashedPeople, text: string, words: readonly Word[], place: number): number {
  const [longest = 0] = people.nameLengths;
  let together = 1;
  while (together < longest) {
    const [word, next] = [words[place + together - 1], words[place + together]];
    if (!word || !next || !GAP.test(text.slice(word.end, next.start))) break;
    together += 1;
  }
  for (const length of people.nameLengths) {
    if (length > together || !words[place + length - 1]?.mayBeginName) continue;
    const name = words.slice(place, place + length).map(({ lowerCase }) => lowerCase);
    if (people.hasName(name.join(' '))) return length;
  }
  return 0;
}
