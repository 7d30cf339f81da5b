import { createHash, createPrivateKey, createPublicKey, hkdfSync, type KeyObject, sign, verify } from 'node:crypto';
import { chainText } from './chain.ts';

/** Before the 32 bytes of a private key in PKCS #8 (RFC 8410, 7). */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * Signs where chains stand, with Ed25519. The key follows from AUDIT_PSEUDONYM_KEY, which is not in the database: whoever may change
 * everything there can still not sign another history.
 */
export class SigningKey {
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  /** Names the public key: the first eight hex digits of its hash. */
  readonly id: string;
  /** Base64 of the public key's 32 bytes, for who checks signatures elsewhere. */
  readonly publicKeyBase64: string;

  constructor(pseudonymKey: Buffer) {
    const seed = Buffer.from(hkdfSync('sha256', pseudonymKey, '', 'deployment-graph audit signature', 32));
    this.#privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' });
    this.#publicKey = createPublicKey(this.#privateKey);
    const raw = this.#publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
    this.publicKeyBase64 = raw.toString('base64');
    this.id = createHash('sha256').update(raw).digest('hex').slice(0, 8);
  }

  /** Base64. */
  sign(parts: readonly string[]): string {
    return sign(null, Buffer.from(chainText(parts)), this.#privateKey).toString('base64');
  }

  isSigned(parts: readonly string[], signature: string): boolean {
    return verify(null, Buffer.from(chainText(parts)), this.#publicKey, Buffer.from(signature, 'base64'));
  }
}
