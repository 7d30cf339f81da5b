import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type pg from 'pg';
import { describeError, type Logger } from '../../platform/log.ts';
import { type SignedHead, signHead } from './signed-head.ts';
import type { SigningKey } from './signing-key.ts';

export interface HeadsOptions {
  /** Of the gateway's login. */
  readonly pool: Pick<pg.Pool, 'query'>;
  readonly key: SigningKey;
  /** Appended to, one JSON object per line. */
  readonly file: string;
  /** Null: none is posted to. */
  readonly url: string | null;
  readonly log: Logger;
  /** Told of every attempt to get heads out. */
  onOutcome(place: 'file' | 'webhook', outcome: 'ok' | 'failed'): void;
}

const POST_TIMEOUT_MS = 5_000;

/** Gets the heads of all chains out of the database, signed, so that nobody can write its history anew without being found out. */
export class Heads {
  readonly #options: HeadsOptions;
  /** By place: the last that arrived there, by tenant. */
  readonly #sent = { file: new Map<string, number>(), webhook: new Map<string, number>() };
  readonly #failing = new Set<'file' | 'webhook'>();

  constructor(options: HeadsOptions) {
    this.#options = options;
  }

  /** Whether the last attempt failed anywhere. */
  get isFailing(): boolean {
    return this.#failing.size > 0;
  }

  /** Sends the heads that moved since they last arrived. What fails is sent the next time, as it stands then. Rejects without a database. */
  async send(): Promise<void> {
    const { pool, key, url } = this.#options;
    const { rows } = await pool.query<Omit<SignedHead, 'key' | 'signature'>>(
      'select tenant, sequence, hash, at from audit_heads_of_all()',
    );
    const heads = rows.map((row) => signHead(key, row));
    await Promise.all([
      this.#sendTo('file', heads, (moved) => this.#append(moved)),
      ...(url === null ? [] : [this.#sendTo('webhook', heads, (moved) => post(url, moved))]),
    ]);
  }

  async #sendTo(
    place: 'file' | 'webhook',
    heads: readonly SignedHead[],
    deliver: (moved: readonly SignedHead[]) => Promise<void>,
  ): Promise<void> {
    const sent = this.#sent[place];
    const moved = heads.filter(({ tenant, sequence }) => sent.get(tenant) !== sequence);
    if (moved.length === 0) return;
    const { log, onOutcome } = this.#options;
    try {
      await deliver(moved);
      for (const { tenant, sequence } of moved) sent.set(tenant, sequence);
      this.#failing.delete(place);
      onOutcome(place, 'ok');
    } catch (error) {
      // Said once for each outage.
      if (!this.#failing.has(place))
        log.error(
          { place, error: describeError(error) },
          'The heads of the audit log can not leave; it is tried again.',
        );
      this.#failing.add(place);
      onOutcome(place, 'failed');
    }
  }

  async #append(heads: readonly SignedHead[]): Promise<void> {
    await mkdir(dirname(this.#options.file), { recursive: true });
    await appendFile(this.#options.file, heads.map((head) => `${JSON.stringify(head)}\n`).join(''), {
      mode: 0o600,
      flush: true,
    });
  }
}

/** Only 2xx means that they arrived. */
async function post(url: string, heads: readonly SignedHead[]): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ heads }),
    redirect: 'error',
    signal: AbortSignal.timeout(POST_TIMEOUT_MS),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the address answered ${response.status}`);
}
