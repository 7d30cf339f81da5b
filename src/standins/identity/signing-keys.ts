import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

export type SigningAlgorithm = 'RS256' | 'ES256';

interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

/** The provider's key pairs, one current for each algorithm; made anew with every start. */
export class SigningKeys {
  #current: ReadonlyMap<SigningAlgorithm, SigningKey> = new Map();
  #published: readonly JWK[] = [];

  /** Makes new keys. The ones before stay published, as providers do it, unless `withdrawOld`. */
  async rotate(withdrawOld: boolean): Promise<void> {
    const [rsa, ec] = await Promise.all([generate('RS256'), generate('ES256')]);
    const before = withdrawOld ? [] : [...this.#current.values()].map((key) => key.publicJwk);
    this.#current = new Map([
      ['RS256', rsa],
      ['ES256', ec],
    ]);
    this.#published = [rsa.publicJwk, ec.publicJwk, ...before];
  }

  /** The public keys as `/jwks` serves them. */
  keySet(): { keys: readonly JWK[] } {
    return { keys: this.#published };
  }

  async sign(claims: Readonly<Record<string, unknown>>, algorithm: SigningAlgorithm): Promise<string> {
    const key = this.#current.get(algorithm);
    if (!key) throw new Error(`There is no ${algorithm} key yet. Call rotate first.`);
    return new SignJWT({ ...claims })
      .setProtectedHeader({ alg: algorithm, kid: key.kid, typ: 'JWT' })
      .sign(key.privateKey);
  }
}

async function generate(algorithm: SigningAlgorithm): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm);
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, privateKey, publicJwk: { ...jwk, kid, alg: algorithm, use: 'sig' } };
}
