import type { Config } from '../settings.ts';
import { keyFromFile } from './key-file.ts';
import { Sealer } from './sealer.ts';

/**
 * Seals with the keys of the settings. One that they do not name is read from the data directory, where the first start makes it, so
 * that whoever tries the gateway need not care; production refuses to start without them.
 */
export function openSealer({ keys, dataDirectory }: Pick<Config, 'keys' | 'dataDirectory'>): Sealer {
  return new Sealer({
    current: keys.encryption ?? keyFromFile(dataDirectory, 'encryption.key'),
    old: keys.encryptionOld,
    destroyed: keys.encryptionDestroyed,
    index: pseudonymKey({ keys, dataDirectory }),
  });
}

/** AUDIT_PSEUDONYM_KEY, or the one that was made under the data directory. 32 bytes. */
export function pseudonymKey({ keys, dataDirectory }: Pick<Config, 'keys' | 'dataDirectory'>): Buffer {
  return keys.pseudonym ?? keyFromFile(dataDirectory, 'pseudonym.key');
}
