/** The process that `startCrowd` starts: gets a CrowdTask in each message and answers a CrowdReport. */
import { setTimeout as pause } from 'node:timers/promises';
import type { CrowdAnswer, CrowdReport, CrowdTask } from './crowd.ts';
import { KeptConnection } from './kept-connection.ts';

/** Of the refusals of a client, one in so many is followed by a look at `/healthz`. */
const LOOK_EVERY = 4;
const BEGIN_WITHIN_MS = 1_000;
const LOOK_AGAIN_SECONDS = 1;
/** Connections that are opened together: fewer than any server lets wait. */
const OPENED_TOGETHER = 200;
const look = 'GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n';
const connections: KeptConnection[] = [];

/** Read from the source each time, whatever is kept. */
function requestOf(operation: string): string {
  const head = 'POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncache-control: no-cache';
  return `${head}\r\ncontent-length: ${Buffer.byteLength(operation)}\r\n\r\n${operation}`;
}

async function carryOut({ port, clients, milliseconds, operations, atOnce }: CrowdTask): Promise<CrowdReport> {
  while (connections.length < clients) {
    const more = Math.min(OPENED_TOGETHER, clients - connections.length);
    connections.push(...(await Promise.all(Array.from({ length: more }, () => KeptConnection.open(port)))));
  }
  const requests = operations?.map(requestOf) ?? [];
  const answers: CrowdAnswer[] = [];
  const beganAt = performance.now();
  const until = beganAt + milliseconds;
  const pauseSeconds = (seconds: number): Promise<void> => {
    const leftMs = Math.max(0, until - performance.now());
    return pause(Math.min(seconds * 1_000 * (0.5 + Math.random()), leftMs));
  };
  const lookAt = async (connection: KeptConnection): Promise<void> => {
    answers.push({ to: 'look', ...(await connection.ask(look)) });
    await pauseSeconds(LOOK_AGAIN_SECONDS);
  };
  let sent = 0;
  const client = async (connection: KeptConnection, index: number): Promise<void> => {
    if (!atOnce) await pause(Math.random() * BEGIN_WITHIN_MS);
    let refusals = index;
    while (performance.now() < until) {
      const request = requests[(sent += 1) % requests.length];
      if (request === undefined) {
        await lookAt(connection);
        continue;
      }
      const answer = await connection.ask(request);
      answers.push({ to: 'operation', ...answer });
      if (answer.status === 200) continue;
      await pauseSeconds(Number(answer.retryAfter));
      refusals += 1;
      if (refusals % LOOK_EVERY === 0 && performance.now() < until) await lookAt(connection);
    }
  };
  await Promise.all(connections.slice(0, clients).map(client));
  return { answers, milliseconds: performance.now() - beganAt };
}

process.on('message', (task: CrowdTask) => {
  void carryOut(task).then((report) => process.send?.(report));
});
