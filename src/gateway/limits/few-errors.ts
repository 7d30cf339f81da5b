/** Errors of a request that is refused as a whole are listed up to so many: who mends these sees the next ones. */
const MAX_LISTED = 5;
const MAX_MESSAGE_LENGTH = 180;
const MAX_LOCATIONS = 3;

interface AnsweredError {
  readonly message?: string;
  readonly locations?: readonly unknown[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** The errors of a refusal, so few and short that it stays below two kilobytes, whatever the request was. */
export function fewErrors(errors: readonly AnsweredError[], requestId: string): readonly AnsweredError[] {
  const listed = errors.slice(0, MAX_LISTED).map((error) => ({
    ...error,
    ...(error.message === undefined ? {} : { message: cut(error.message, errors.length) }),
    ...(error.locations ? { locations: error.locations.slice(0, MAX_LOCATIONS) } : {}),
    extensions: { ...error.extensions, requestId },
  }));
  const left = errors.length - listed.length;
  if (left === 0) return listed;
  const { code } = errors[0]?.extensions ?? {};
  return [...listed, { message: `Not listed: ${left} more. Mend these first.`, extensions: { code, requestId } }];
}

/** One error may say more than each of several. */
function cut(message: string, errors: number): string {
  const length = errors === 1 ? 2 * MAX_MESSAGE_LENGTH : MAX_MESSAGE_LENGTH;
  return message.length <= length ? message : `${message.slice(0, length)}…`;
}
