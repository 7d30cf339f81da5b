import { badUserInput } from '../../platform/errors.ts';

/** Keys that mean something to every object of JavaScript: one careless copy, and a client has changed what all objects inherit. */
const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Throws BAD_USER_INPUT for a key that no input may have. */
export function refuseForbiddenKey(key: string): void {
  if (!forbiddenKeys.has(key)) return;
  throw badUserInput(`An input has the key \`${key}\`, which no input may have. Leave it out or name it otherwise.`, {
    key,
  });
}
