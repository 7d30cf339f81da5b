import { type Logger, pino } from 'pino';
import { boundedEvent, withoutSigns } from './log-bounds.ts';

export type { Logger };

/** Values under these keys never reach a log line, at any of the depths that we log. */
const secretKeys = [
  'password',
  'secret',
  'token',
  'authorization',
  'cookie',
  'privateKey',
  'clientSecret',
  'apiToken',
  'assertion',
  'access_token',
];

/**
 * One JSON line per event, of bounded length and with secrets redacted. Pino's redaction matches exact paths, so each key is listed for the depths in use;
 * errors of client libraries are logged by `describeError`, which copies only name, message and code.
 */
export function createLogger(level: string, destination?: { write(line: string): void }): Logger {
  const paths = secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`, `*.headers.${key}`]);
  const options = {
    level,
    redact: { paths, censor: '[redacted]' },
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { log: boundedEvent },
    hooks: { streamWrite: withoutSigns },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** What of an unknown error may be logged: name, message, code, and the same of its causes. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const code: unknown = 'code' in error ? error.code : undefined;
  return {
    name: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}
