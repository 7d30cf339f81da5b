import type { AlertReading } from './alert-book.ts';

/** `keys`: ids of keys that values were sealed by, and that the settings do not name. It lasts until the next start, which reads the settings anew. */
export function missingKeysReading(keys: readonly string[]): AlertReading {
  return {
    name: 'missing-keys',
    value: keys.length,
    threshold: 1,
    isBad: () => keys.length > 0,
    message:
      `Values were sealed by a key that is not at hand (${keys.join(', ')}), and read as null. Put it into ENCRYPTION_KEYS_OLD again; ` +
      '`npm run keys:rotate` tells which keys are needed.',
  };
}
