import { GatewayError } from '../platform/errors.ts';
import { addressKey } from './limits/budgets/client-address.ts';

/** What one address may take of all, so that nobody keeps the others out. */
const SHARE_OF_ONE_ADDRESS = 1 / 4;
/** Of each body; most are no longer, and so many bytes any connection may hold by its headers too. */
const FREE_BYTES = 16_384;
/** About what the object around a piece takes: a body of a million pieces takes a hundred times its length. */
const BYTES_PER_PIECE = 128;
const RETRY_AFTER_SECONDS = 1;

/** What bodies take in memory while they arrive: whoever is slow, or stops, holds what he has sent. Bounded over all requests together. */
export class BodyRoom {
  readonly #maxBytes: number;
  readonly #byAddress = new Map<string, number>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Beyond what each body has for free. */
  get takenBytes(): number {
    return this.#bytes;
  }

  /** Room for one body. `address`: of whoever sends it. */
  enter(address: string | null): BodyPlace {
    const key = address === null ? '' : addressKey(address);
    let held = 0;
    let counted = 0;
    return {
      add: (bytes) => {
        held += bytes + BYTES_PER_PIECE;
        const more = Math.max(0, held - FREE_BYTES) - counted;
        const ofAddress = this.#byAddress.get(key) ?? 0;
        if (more > 0 && this.#bytes + more > this.#maxBytes) throw full();
        if (more > 0 && ofAddress + more > this.#maxBytes * SHARE_OF_ONE_ADDRESS) throw full();
        counted += more;
        this.#count(key, more);
      },
      leave: () => {
        this.#count(key, -counted);
        counted = 0;
      },
    };
  }

  #count(key: string, bytes: number): void {
    if (bytes === 0) return;
    this.#bytes += bytes;
    const left = (this.#byAddress.get(key) ?? 0) + bytes;
    if (left > 0) this.#byAddress.set(key, left);
    else this.#byAddress.delete(key);
  }
}

/** One body's part of a room. */
export interface BodyPlace {
  /** Counts a piece that has arrived. Throws OVERLOADED when there is no room for it. */
  add(bytes: number): void;
  /** Once nothing of it is held any more. */
  leave(): void;
}

function full(): GatewayError {
  return new GatewayError(
    'OVERLOADED',
    'So many long bodies are arriving that this instance takes no more of them. Send the request again in a moment, without pauses.',
    { retryAfterSeconds: RETRY_AFTER_SECONDS },
  );
}
