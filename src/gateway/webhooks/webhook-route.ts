import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { RecordChange } from '../../cache/record-change.ts';
import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import { isSignature, isSignedBy } from '../../platform/webhook-signature.ts';
import type { BodyRoom } from '../body-room.ts';
import { send } from '../http-answer.ts';
import type { Route } from '../http-server.ts';
import { readBodyBytes } from '../request-body.ts';
import { type Deliveries, KEEP_DELIVERIES_MS } from './deliveries.ts';

/** What became of a notice; label of a metric. */
export type NoticeOutcome = 'taken' | 'ignored' | 'duplicate' | 'outdated' | 'deferred' | 'unsigned' | 'unreadable';

/** What a notice says, whoever sent it. */
export interface ChangeNotice {
  /** For the log. */
  readonly event: string;
  /** Name of the delivery; undefined when the sender gave none. */
  readonly delivery: string | undefined;
  /** Milliseconds since the epoch; null when it does not say. */
  readonly happenedAtMs: number | null;
  /** Tags of what may be different now, beside the changes. None of both: it concerns nothing of the graph. */
  readonly tags: readonly string[];
  readonly changes: readonly RecordChange[];
}

const RETRY_AFTER_SECONDS = 5;

export interface WebhookRouteOptions<Notice extends ChangeNotice> {
  /** `jira`, `salesforce`. */
  readonly sender: string;
  /** Null: nothing is taken, and the path is not there. */
  readonly secret: string | null;
  readonly signatureHeader: string;
  readonly maxBodyBytes: number;
  /** Shared by all senders. */
  readonly room: Pick<BodyRoom, 'enter'>;
  readonly deliveries: Pick<Deliveries, 'isKnown' | 'remember'>;
  readonly log: Logger;
  readonly clock: Clock;
  /** Null for a body that is no notice. */
  read(body: unknown, headers: IncomingHttpHeaders): Notice | null;
  /** Settles when no instance serves anything older; false when that could be forgotten with this instance. */
  apply(notice: Notice): Promise<boolean>;
  onNotice(outcome: NoticeOutcome): void;
}

/**
 * Takes signed notices of changes: 204 for every one that is signed and readable, whether it concerned anything or not, so that no sender
 * tries again in vain. One that only instances which run now have heard of is to be sent again. Each one counts once: by its name, and by its body, since the name is not signed.
 */
export function webhookRoute<Notice extends ChangeNotice>(options: WebhookRouteOptions<Notice>): Route {
  const { sender, secret, signatureHeader, log } = options;
  return {
    methods: ['POST'],
    handle: async ({ request, response, requestId, origin }) => {
      if (secret === null) {
        throw new GatewayError(
          'NOT_FOUND',
          `Notices of ${sender} are not taken here, because no secret is set for them. See docs/webhooks.md.`,
        );
      }
      const unsigned = (): GatewayError => {
        options.onNotice('unsigned');
        log.warn({ requestId, sender }, 'A webhook was refused, because its signature is missing or wrong.');
        return new GatewayError(
          'UNAUTHENTICATED',
          `The notice is not signed with the secret that is set here. Send \`${signatureHeader}: sha256=<HMAC-SHA-256 of the body, in hex>\`.`,
        );
      };
      const signature = request.headers[signatureHeader];
      // Before anything of it is held.
      if (typeof signature !== 'string' || !isSignature(signature)) throw unsigned();
      const bytes = await readBodyBytes(request, options.maxBodyBytes, options.room.enter(origin.address));
      if (!isSignedBy(secret, bytes, signature)) throw unsigned();
      const notice = options.read(parseNotice(bytes), request.headers);
      if (notice === null) {
        options.onNotice('unreadable');
        throw new GatewayError(
          'BAD_REQUEST',
          `The body is not a notice of ${sender}. docs/webhooks.md tells what one looks like.`,
        );
      }
      const outcome = await take(options, notice, createHash('sha256').update(bytes).digest('hex'));
      options.onNotice(outcome);
      log[outcome === 'taken' ? 'info' : 'debug'](
        { requestId, sender, event: notice.event, outcome, changes: notice.changes.length },
        'A webhook was received.',
      );
      if (outcome === 'deferred') throw deferred();
      send(response, 204, { 'cache-control': 'no-store' }, '');
    },
  };
}

async function take<Notice extends ChangeNotice>(
  options: WebhookRouteOptions<Notice>,
  notice: Notice,
  bodyHash: string,
): Promise<NoticeOutcome> {
  const { sender, deliveries } = options;
  if (notice.tags.length + notice.changes.length === 0) return 'ignored';
  if (notice.happenedAtMs !== null && options.clock.now() - notice.happenedAtMs > KEEP_DELIVERIES_MS) return 'outdated';
  const names = [`sha256:${bodyHash}`, ...(notice.delivery === undefined ? [] : [`id:${notice.delivery}`])];
  if (await deliveries.isKnown(sender, names)) return 'duplicate';
  if (!(await options.apply(notice))) return 'deferred';
  await deliveries.remember(sender, names);
  return 'taken';
}

function deferred(): GatewayError {
  return new GatewayError(
    'DATABASE_UNAVAILABLE',
    'PostgreSQL, which keeps notices for instances that start later, can not be reached. Send the notice again.',
    { source: 'POSTGRES', retryAfterSeconds: RETRY_AFTER_SECONDS },
  );
}

function parseNotice(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}
