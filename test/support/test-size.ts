import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** `full` in `npm run soak` (vitest.soak.config.ts). */
    size: 'small' | 'full';
  }
}

/** How much of something a test does: little in `npm test`, as much as is promised in `npm run soak`. */
export function sized<Amount>(amounts: { readonly small: Amount; readonly full: Amount }): Amount {
  return amounts[inject('size') === 'full' ? 'full' : 'small'];
}
