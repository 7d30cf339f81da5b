import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface OwnerMessage {
  readonly processId?: number;
  readonly port?: number;
  readonly url?: string;
  readonly superuserUrl?: string;
  readonly error?: string;
  readonly lastAnswer?: number;
}

/** A running embedded-owner.ts; `stop` ends it by its pid, whatever state it is in. */
export class OwnerProcess {
  readonly child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  log = '';

  constructor(args: readonly string[], options: SpawnOptions & { checkout?: string } = {}) {
    const { checkout = process.cwd(), ...spawnOptions } = options;
    this.child = spawn(process.execPath, [join(checkout, 'test/support/embedded-owner.ts'), ...args], {
      cwd: '/',
      ...spawnOptions,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (!this.child.stdout) throw new Error('The process has no output.');
    this.#lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    this.child.stderr?.on('data', (text: Buffer) => {
      this.log += text.toString('utf8');
    });
  }

  async nextMessage(): Promise<OwnerMessage> {
    const line = await this.#lines.next();
    if (line.done) throw new Error(`The process ended without a word. Its log: ${this.log}`);
    return JSON.parse(line.value) as OwnerMessage;
  }

  async ended(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
    return this.child.exitCode;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended();
  }
}
