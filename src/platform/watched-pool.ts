import pg from 'pg';

type Listener = Parameters<pg.Pool['connect']>[0];

/** A pool that knows since when it has had no connection for those who ask for one. */
export class WatchedPool extends pg.Pool {
  #exhaustedSinceMs: number | null = null;

  constructor(config: pg.PoolConfig) {
    super(config);
    // Who has got one leaves nobody behind: whoever gave up waiting has changed nothing.
    this.on('acquire', () => {
      if (this.waitingCount === 0) this.#exhaustedSinceMs = null;
    });
  }

  /**
   * For how long somebody has waited, or has given up waiting and nobody has got a connection at once since. 0: there are connections to be had. It goes on between
   * two requests, so that a pool that is stuck shows as such even if few ask.
   */
  get exhaustedMs(): number {
    this.#look();
    return this.#exhaustedSinceMs === null ? 0 : performance.now() - this.#exhaustedSinceMs;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(listener: Listener): void;
  override connect(listener?: Listener): Promise<pg.PoolClient> | undefined {
    let connecting: Promise<pg.PoolClient> | undefined;
    if (listener === undefined) connecting = super.connect();
    else super.connect(listener);
    this.#look();
    return connecting;
  }

  #look(): void {
    if (this.idleCount > 0 || this.totalCount < this.options.max) this.#exhaustedSinceMs = null;
    else if (this.waitingCount > 0) this.#exhaustedSinceMs ??= performance.now();
  }
}
