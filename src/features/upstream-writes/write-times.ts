/** Milliseconds. All follow from how long a call that changes something may take. */
export interface WriteTimes {
  /** One call that changes something, from its start to its answer. */
  readonly sendMs: number;
  /** One call that looks. */
  readonly readMs: number;
  /** Between storing the intent and the call's start at most; a process that stood still for longer sends nothing any more. */
  readonly graceMs: number;
  /** After a call without an answer: so long the source may still be at it, so that finding no trace of it proves nothing. */
  readonly settleMs: number;
  /** The same after an answer that does not tell. */
  readonly answeredSettleMs: number;
  /** Between the first two looks; the pauses double. */
  readonly firstPauseMs: number;
  /** Nobody else touches a write for so long after its intent was stored. */
  readonly sendLeaseMs: number;
  /** The same for whoever has taken a key, or a write that was left behind, and looks first. */
  readonly readLeaseMs: number;
}

const LEAST_GRACE_MS = 2_000;
const LEAST_READ_MS = 5_000;

export function writeTimes(sendMs: number): WriteTimes {
  const graceMs = Math.max(LEAST_GRACE_MS, sendMs / 4);
  const readMs = Math.max(LEAST_READ_MS, sendMs);
  return {
    ...{ sendMs, readMs, graceMs },
    settleMs: sendMs,
    answeredSettleMs: sendMs / 4,
    firstPauseMs: sendMs / 32,
    sendLeaseMs: sendMs + 2 * graceMs,
    readLeaseMs: readMs + graceMs,
  };
}
