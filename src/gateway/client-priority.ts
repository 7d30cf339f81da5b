import type { IncomingHttpHeaders } from 'node:http';
import type { ViewerModel } from '../features/access/viewer.ts';
import { badUserInput } from '../platform/errors.ts';
import { type CallPriority, leastUrgent } from '../platform/priority.ts';

const PRIORITY_HEADER = 'x-client-priority';

const priorities: readonly CallPriority[] = ['interactive', 'analyst', 'background'];

/**
 * How urgent a request's reads of sources are: `analyst` when ANALYST is the highest role of whoever asks, else `interactive`. The header makes
 * it less urgent, never more. Throws BAD_USER_INPUT for a value that is none.
 */
export function clientPriority(headers: IncomingHttpHeaders, viewer: Pick<ViewerModel, 'roles'>): CallPriority {
  const ofRole: CallPriority = viewer.roles.at(-1) === 'ANALYST' ? 'analyst' : 'interactive';
  const value = headers[PRIORITY_HEADER];
  if (value === undefined) return ofRole;
  const text = String(value).trim().toLowerCase();
  const wished = priorities.find((one) => one === text);
  if (wished) return leastUrgent(wished, ofRole);
  throw badUserInput(
    `The header \`${PRIORITY_HEADER}\` takes \`analyst\` (older values will do when few calls are left), \`background\` (nobody waits) or \`interactive\`. Send one of them, or leave the header out.`,
    { argument: PRIORITY_HEADER, accepted: priorities },
  );
}
