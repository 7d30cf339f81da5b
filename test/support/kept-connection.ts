import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What came over a KeptConnection. */
export interface KeptAnswer {
  readonly status: number;
  /** From when the request was written to the end of the answer's headers. */
  readonly milliseconds: number;
  /** Seconds. */
  readonly retryAfter: string | null;
  readonly text: string;
}

interface Waiting {
  resolve(answer: KeptAnswer): void;
  reject(error: Error): void;
}

/** A connection over which one request after the other is sent: so little work for each that one process can have thousands. */
export class KeptConnection {
  readonly #socket: Socket;
  #waiting: Waiting | null = null;
  #received = '';
  #writtenAt = 0;
  #headersAt: number | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    // A character for each byte, which is what a content-length counts.
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#take(text));
    socket.on('error', (error) => this.#waiting?.reject(error));
    socket.on('close', () => this.#waiting?.reject(new Error('The connection ended before the answer.')));
  }

  /** To 127.0.0.1; resolves once it is established. */
  static async open(port: number): Promise<KeptConnection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new KeptConnection(socket);
  }

  /** `request`: an HTTP/1.1 request as it is written. Rejects when the connection ends before the answer, or that has no length. */
  ask(request: string): Promise<KeptAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#received = '';
      this.#headersAt = null;
      this.#writtenAt = performance.now();
      this.#socket.write(request);
    });
  }

  #take(text: string): void {
    this.#received += text;
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return;
    this.#headersAt ??= performance.now();
    const head = this.#received.slice(0, end);
    const status = Number(head.slice(9, 12));
    const length = status === 204 ? 0 : Number(headerIn(head, 'content-length') ?? Number.NaN);
    const body = this.#received.slice(end + 4);
    if (body.length < length) return;
    const waiting = this.#waiting;
    this.#waiting = null;
    if (Number.isNaN(length)) waiting?.reject(new Error(`The answer does not tell its length:\n${head}`));
    else {
      const milliseconds = this.#headersAt - this.#writtenAt;
      waiting?.resolve({ status, milliseconds, retryAfter: headerIn(head, 'retry-after'), text: body });
    }
  }
}

function headerIn(head: string, name: string): string | null {
  return new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1] ?? null;
}
