import { badUserInput } from '../../platform/errors.ts';

/** How a person is known: by the `sub` of their tokens, an e-mail address, an Atlassian account id, the id of a Salesforce user, a full name. */
export type IdentifierKind = 'subject' | 'email' | 'jira' | 'salesforce' | 'name';

export interface Identifier {
  readonly kind: IdentifierKind;
  readonly value: string;
}

const MAX_LENGTH = 320;

/**
 * What an administrator's text may mean. A text has one meaning for each kind whose form it has: `ada@example.com` is an address and may be a
 * subject. A name is never taken: it does not tell who. Throws BAD_USER_INPUT.
 */
export function readIdentifier(text: string, argument: string): readonly Identifier[] {
  const value = text.trim().normalize('NFC');
  if (value === '' || value.length > MAX_LENGTH || /\p{Cc}/u.test(value)) {
    throw badUserInput(
      `\`${argument}\` must be 1 to ${MAX_LENGTH} characters: the subject of somebody's tokens, an e-mail address, an Atlassian account id, or the id of a Salesforce user.`,
      { argument },
    );
  }
  const identifiers: Identifier[] = [{ kind: 'subject', value }];
  if (value.includes('@')) return [...identifiers, { kind: 'email', value: normalisedOf('email', value) }];
  if (/^005[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?$/.test(value))
    return [...identifiers, { kind: 'salesforce', value: normalisedOf('salesforce', value) }];
  return /^[\w:-]{1,128}$/.test(value) ? [...identifiers, { kind: 'jira', value }] : identifiers;
}

/** One form for all notations of an identifier, which its hash is made of. */
export function normalisedOf(kind: IdentifierKind, value: string): string {
  const text = value.trim().normalize('NFC');
  if (kind === 'email') return text.toLowerCase();
  // The first 15 characters identify a record, the three after them repeat their case.
  if (kind === 'salesforce') return text.slice(0, 15);
  return kind === 'name' ? wordsOf(text).join(' ') : text;
}

/** The words of a name or a text, in lower case. */
export function wordsOf(text: string): string[] {
  return Array.from(text.matchAll(WORD), ([word]) => word.toLowerCase());
}

export const WORD = /[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}'’-]*/gu;
