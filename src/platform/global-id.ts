import { badUserInput } from './errors.ts';

/** Global ids are `base64url("<Type>:<native id>")`: opaque to clients, readable in a debugger, equal for equal records. */
export interface GlobalId {
  readonly type: string;
  readonly nativeId: string;
}

export function toGlobalId(type: string, nativeId: string): string {
  return Buffer.from(`${type}:${nativeId}`, 'utf8').toString('base64url');
}

/** Null when the text is not a global id at all; callers that also take native ids then try those. */
export function parseGlobalId(id: string): GlobalId | null {
  if (!/^[A-Za-z0-9_-]{4,400}$/.test(id)) return null;
  const text = Buffer.from(id, 'base64url').toString('utf8');
  const match = /^([A-Z][A-Za-z]{2,40}):([\x21-\x7e]{1,250})$/.exec(text);
  if (!match?.[1] || !match[2] || toGlobalId(match[1], match[2]) !== id) return null;
  return { type: match[1], nativeId: match[2] };
}

/** The native id of a global id of one type. Throws BAD_USER_INPUT for anything else. */
export function nativeIdOf(id: string, type: string, argument: string): string {
  const parsed = parseGlobalId(id);
  if (parsed?.type === type) return parsed.nativeId;
  const found = parsed ? `the id of ${withArticle(parsed.type)}` : 'not an id that this graph made';
  throw badUserInput(
    `\`${argument}\` is ${found}. Pass the \`id\` of ${withArticle(type)} as another field of this graph returned it.`,
    { argument },
  );
}

/** For messages: `an Account`, `a Mentor`. */
export function withArticle(type: string): string {
  return `${/^[AEIOU]/.test(type) ? 'an' : 'a'} ${type}`;
}
