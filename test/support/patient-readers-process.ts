/**
 * Clients that ask until they got fresh answers, in a process of their own, so that they take no time from the servers of whoever starts them: `fork` it and send it a
 * `ReadersTask`; it answers with a `ReadersReport` and ends.
 */
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** An operation that clients send by POST. */
export interface ReadersRequest {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface ReadersTask {
  /** Of the gateway. */
  readonly url: string;
  readonly clients: number;
  /** Each client asks all of them in turn, beginning at another one. */
  readonly requests: readonly ReadersRequest[];
  /** Between an answer and the next request of a client, on average: from half as long to half as long again. */
  readonly pauseMs: number;
  /** They leave after that, if not everything was fresh before. */
  readonly longestMs: number;
}

export interface ReadersReport {
  /** By the name of each request, milliseconds from the start to the first answer with nothing stale in it; null: there was none. */
  readonly freshAfterMs: Readonly<Record<string, number | null>>;
  /** Answers that are no 200 or have errors, the first few of them. */
  readonly failures: readonly string[];
  /** Milliseconds of every answer. */
  readonly answerMs: readonly number[];
}

interface Seen {
  readonly isStale: boolean;
  readonly hasErrors: boolean;
}

const MOST_FAILURES = 5;

async function readUntilFresh({ url, clients, requests, pauseMs, longestMs }: ReadersTask): Promise<ReadersReport> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const startedAt = performance.now();
  const freshAfterMs: Record<string, number | null> = Object.fromEntries(requests.map(({ name }) => [name, null]));
  const open = new Set(requests.map(({ name }) => name));
  const failures: string[] = [];
  const answerMs: number[] = [];
  // Most answers are equal, and reading each of them would take more than sending it.
  const seenTexts = new Map<string, Seen>();
  const look = (text: string): Seen => {
    const seen = seenTexts.get(text);
    if (seen) return seen;
    const { errors, extensions } = JSON.parse(text) as { errors?: unknown; extensions?: { freshness?: unknown } };
    const looked = { isStale: extensions?.freshness !== undefined, hasErrors: errors !== undefined };
    seenTexts.set(text, looked);
    return looked;
  };
  const client = async (first: number): Promise<void> => {
    for (let at = first; open.size > 0 && performance.now() - startedAt < longestMs; at += 1) {
      const asked = requests[at % requests.length];
      if (!asked) return;
      const askedAt = performance.now();
      const { status, text } = await send(agent, url, asked);
      const now = performance.now();
      answerMs.push(now - askedAt);
      const { isStale, hasErrors } = look(text);
      if ((status !== 200 || hasErrors) && failures.length < MOST_FAILURES)
        failures.push(`${asked.name} after ${Math.round(now - startedAt)} ms: ${status} ${text.slice(0, 1_000)}`);
      if (!isStale && !hasErrors && open.delete(asked.name)) freshAfterMs[asked.name] = now - startedAt;
      await pause(pauseMs * (0.5 + Math.random()));
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, index) => client(index)));
  agent.destroy();
  return { freshAfterMs, failures, answerMs };
}

function send(
  agent: Agent,
  url: string,
  { body, headers }: ReadersRequest,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const length = Buffer.byteLength(body);
    const outgoing = request(
      `${url}/graphql`,
      { agent, method: 'POST', headers: { 'content-type': 'application/json', 'content-length': length, ...headers } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        response.on('error', reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

process.once('message', (task: ReadersTask) => {
  void readUntilFresh(task).then((report) => process.send?.(report, () => process.disconnect?.()));
});
