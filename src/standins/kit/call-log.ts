import type { RecordedCall, StandIn } from './fault.ts';

/** A stand-in may run for days beside `npm start`, so the log forgets its oldest calls beyond these bounds. */
const MAX_CALLS = 20_000;
const MAX_BODY_CHARACTERS = 64 * 1024 * 1024;

export interface CallLog {
  readonly calls: StandIn['calls'];
  /** Notes a request when it arrives; `status` and `billed` are filled in when it is answered. */
  record(call: { method: string; path: string; body: string }): RecordedCall;
}

/** `isSignIn` tells which paths never count (OAuth); they are in `all` nevertheless. */
export function createCallLog(isSignIn: (path: string) => boolean): CallLog {
  const all: RecordedCall[] = [];
  let bodyCharacters = 0;
  const counted = () => all.filter((call) => !isSignIn(call.path));
  return {
    calls: {
      all,
      count: (pathContains = '') => counted().filter((call) => call.path.includes(pathContains)).length,
      billed: () => counted().reduce((sum, call) => sum + call.billed, 0),
      clear() {
        all.length = 0;
        bodyCharacters = 0;
      },
    },
    record({ method, path, body }) {
      const call: RecordedCall = { method, path, body, startedAtMs: Date.now(), status: 0, billed: 0 };
      all.push(call);
      bodyCharacters += body.length;
      while (all.length > 1 && (all.length > MAX_CALLS || bodyCharacters > MAX_BODY_CHARACTERS)) {
        bodyCharacters -= all.shift()?.body.length ?? 0;
      }
      return call;
    },
  };
}
