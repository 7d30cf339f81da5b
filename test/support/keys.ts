import { createHash } from 'node:crypto';
import { loadConfig } from '../../src/platform/config.ts';
import { openSealer } from '../../src/platform/sealing/open-sealer.ts';

const keyOf = (name: string): string => createHash('sha256').update(name).digest('base64');

/** Settings: the same keys for every gateway of the tests, so that several work on one database and none writes a key file. */
export const testKeys = {
  ENCRYPTION_KEY: keyOf('encryption key of the tests'),
  AUDIT_PSEUDONYM_KEY: keyOf('pseudonym key of the tests'),
};

/** What the gateways of the tests seal with. */
export const testSealer = openSealer(loadConfig(testKeys));
