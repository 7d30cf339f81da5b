import { badUserInput } from '../../platform/errors.ts';
import { parseGlobalId, withArticle } from '../../platform/global-id.ts';

const CHECK_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/**
 * The three characters that make a case-sensitive 15-character id safe where case is lost: one per block of five,
 * whose bit n says whether the block's character n is a capital.
 */
function checkSumOf(id15: string): string {
  let sum = '';
  for (let block = 0; block < 15; block += 5) {
    let bits = 0;
    for (let place = 0; place < 5; place += 1) {
      const character = id15.charAt(block + place);
      if (character >= 'A' && character <= 'Z') bits |= 1 << place;
    }
    sum += CHECK_CHARACTERS.charAt(bits);
  }
  return sum;
}

/** The 18-character form of a Salesforce id of either length; null for what is no id, a wrong checksum included. */
export function toId18(id: string): string | null {
  if (/^[A-Za-z0-9]{15}$/.test(id)) return id + checkSumOf(id);
  if (!/^[A-Za-z0-9]{18}$/.test(id)) return null;
  const id15 = id.slice(0, 15);
  return id === id15 + checkSumOf(id15) ? id : null;
}

/** What an id argument may name: a GraphQL type, and the prefix of its Salesforce ids (null: not known for this org). */
export interface IdKind {
  readonly type: string;
  readonly keyPrefix: string | null;
}

/**
 * The 18-character Salesforce id that a client's id names: a global id of the type, or a 15- or 18-character Salesforce id.
 * Throws BAD_USER_INPUT, which names the argument, for anything else: another type, a wrong checksum, text of another form.
 */
export function parseRecordId(kind: IdKind, id: string, argument: string): string {
  const global = parseGlobalId(id);
  if (global && global.type !== kind.type) {
    throw wrongId(argument, `the id of ${withArticle(global.type)}`, kind);
  }
  const id18 = toId18(global ? global.nativeId : id);
  if (id18 === null) {
    const mistyped = /^[A-Za-z0-9]{18}$/.test(id) ? 'an 18-character id whose last three characters do not fit' : null;
    throw wrongId(argument, mistyped ?? 'not an id of any known form', kind);
  }
  if (!hasKeyPrefix(kind, id18)) throw wrongId(argument, 'the Salesforce id of another kind of record', kind);
  return id18;
}

export function hasKeyPrefix(kind: IdKind, id18: string): boolean {
  return kind.keyPrefix === null || id18.startsWith(kind.keyPrefix);
}

/** Request numbers as people write them (`psr-42`) in the form that Salesforce keeps (`PSR-00042`); null for what is no number. */
export function toPsRequestNumber(text: string): string | null {
  const digits = /^\s*psr-0*(\d{1,10})\s*$/i.exec(text)?.[1];
  return digits === undefined ? null : `PSR-${digits.padStart(5, '0')}`;
}

function wrongId(argument: string, found: string, kind: IdKind) {
  const orNumber = kind.type === 'PsRequest' ? ', or its number, such as PSR-00042' : '';
  return badUserInput(
    `\`${argument}\` is ${found}. Pass the \`id\` or \`salesforceId\` of ${withArticle(kind.type)} (the Salesforce id with 15 or 18 characters)${orNumber}.`,
    { argument },
  );
}
