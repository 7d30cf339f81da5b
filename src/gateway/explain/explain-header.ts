import type { IncomingHttpHeaders } from 'node:http';
import type { ViewerModel } from '../../features/access/viewer.ts';
import { badUserInput, GatewayError } from '../../platform/errors.ts';

export const EXPLAIN_HEADER = 'x-explain';

/** `plan`: tell what the operation would cost, without running it. `receipt`: run it and tell what it did cost. */
const explainModes = ['plan', 'receipt'] as const;
export type ExplainMode = (typeof explainModes)[number];

/** What the header asks for; null without it. Throws BAD_USER_INPUT for a value that is none. */
export function explainModeOf(value: string | undefined): ExplainMode | null {
  if (value === undefined) return null;
  const mode = modeNamed(value);
  if (mode) return mode;
  throw badUserInput(
    `The header \`${EXPLAIN_HEADER}\` takes \`plan\` (what the operation would cost, without running it) or \`receipt\` (what it did cost). Send one of them, or leave the header out.`,
    { argument: EXPLAIN_HEADER, accepted: explainModes },
  );
}

function modeNamed(value: string): ExplainMode | undefined {
  return explainModes.find((one) => one === value.trim().toLowerCase());
}

/** As `asksForPlan`, but false for a header that will be refused. */
export function mayAskForPlan(headers: IncomingHttpHeaders): boolean {
  const value = headers[EXPLAIN_HEADER];
  return typeof value === 'string' && modeNamed(value) === 'plan';
}

/** Whether the request is for a plan alone, so that nothing of it is executed. Throws as `explainModeOf`. */
export function asksForPlan(headers: IncomingHttpHeaders): boolean {
  return modeIn(headers) === 'plan';
}

/**
 * Refuses what the header may not ask for, before anything is read. A plan is for everyone who was let in; a receipt tells how the gateway's
 * allowances are spent, and is for analysts. Throws BAD_USER_INPUT and FORBIDDEN.
 */
export function admitExplain(headers: IncomingHttpHeaders, viewer: ViewerModel): void {
  if (modeIn(headers) !== 'receipt' || viewer.roles.includes('ANALYST')) return;
  throw new GatewayError(
    'FORBIDDEN',
    `A receipt needs the role ANALYST; yours: ${viewer.roles.join(', ')}. Ask with \`${EXPLAIN_HEADER}: plan\` for what the operation would cost, or ask whoever runs the identity provider for the role.`,
  );
}

function modeIn(headers: IncomingHttpHeaders): ExplainMode | null {
  const value = headers[EXPLAIN_HEADER];
  return explainModeOf(typeof value === 'object' ? value.join(', ') : value);
}
