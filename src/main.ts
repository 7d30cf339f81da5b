import { openGateway } from './gateway/open-gateway.ts';
import { welcome } from './gateway/welcome.ts';
import { ConfigError, loadConfig, misspelt } from './platform/config.ts';
import { createLogger, describeError } from './platform/log.ts';
import type { Misspelt } from './platform/misspelt-settings.ts';
import type { Config } from './platform/settings.ts';

/** sysexits.h: EX_CONFIG. */
const EXIT_CONFIG = 78;
const EXIT_FAILURE = 1;
/** How long an orderly stop may take altogether, before the process ends anyway. */
const STOP_BUDGET_MS = 20_000;
/** A Ctrl-C reaches the process from the terminal and once more through npm; within so short a time it is the same one. */
const SAME_SIGNAL_MS = 500;

/** The only file that ends the process. */
async function main(): Promise<void> {
  const config = readConfig();
  const log = createLogger(config.logLevel);
  for (const { given, meant } of misspelt()) log.warn({ variable: given, setting: meant }, told({ given, meant }));
  const starting = new AbortController();
  let stoppingSinceMs: number | undefined;

  const stop = (reason: string, exitCode: number): void => {
    if (stoppingSinceMs !== undefined) {
      if (performance.now() - stoppingSinceMs < SAME_SIGNAL_MS) return;
      log.warn({ reason }, 'stopping at once');
      // The embedded PostgreSQL hears of it through its own handler of the process's exit.
      process.exit(EXIT_FAILURE);
    }
    stoppingSinceMs = performance.now();
    log.info({ reason }, 'stopping');
    starting.abort(new Error(`stopped by ${reason}`));
    setTimeout(() => {
      log.error('the stop took too long');
      process.exit(EXIT_FAILURE);
    }, STOP_BUDGET_MS);
    void closeAndExit(exitCode);
  };
  const closeAndExit = async (exitCode: number): Promise<never> => {
    try {
      const gateway = await opening.catch(() => null);
      await gateway?.close();
    } catch (error) {
      log.error({ error: describeError(error) }, 'the stop failed');
      process.exit(EXIT_FAILURE);
    }
    process.exit(exitCode);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(signal, 0));
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      log.fatal(
        { event, error: describeError(error), stack: error instanceof Error ? error.stack : undefined },
        'defect',
      );
      stop(event, EXIT_FAILURE);
    });
  }

  const startedAtMs = performance.now();
  const opening = openGateway(config, { log, signal: starting.signal });
  try {
    const gateway = await opening;
    const startMs = performance.now() - startedAtMs;
    // In production standard output is for machines, line by line; and what a demonstration there needs tokens for is told beside it.
    (config.production ? process.stderr : process.stdout).write(await welcome(gateway, config, startMs));
    log.info({ url: `${gateway.url}/graphql`, startMs: Math.round(startMs) }, 'Listening.');
  } catch (error) {
    if (stoppingSinceMs !== undefined) return;
    const isConfig = error instanceof ConfigError;
    process.stderr.write(`${isConfig ? error.message : startFailure(error, config)}\n`);
    process.exit(isConfig ? EXIT_CONFIG : EXIT_FAILURE);
  }
}

function told({ given, meant }: Misspelt): string {
  return `${given} is no setting, and is not read. Is ${meant} meant?`;
}

function readConfig(): Config {
  try {
    return loadConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // What is wrong may be that a setting was not read at all.
    const hints = misspelt().map((one) => `${told(one)}\n`);
    process.stderr.write(`${error.message}\n${hints.join('')}`);
    process.exit(EXIT_CONFIG);
  }
}

/** Why the gateway could not start and what to do about it. */
function startFailure(error: unknown, config: Config): string {
  const { code, syscall } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  const place = `${config.http.host}:${config.http.port}`;
  if (code === 'EADDRINUSE')
    return `Something else listens on ${place} already. Stop it, or set PORT to another number (PORT=0 picks a free one).`;
  if (code === 'EACCES' && syscall === 'listen')
    return `This user may not listen on ${place}. Set PORT to a number above 1023.`;
  if (code === 'EADDRNOTAVAIL' || syscall === 'getaddrinfo')
    return `This machine has no address ${config.http.host}. Set HOST to one of its own.`;
  return `The gateway could not start. ${error instanceof Error ? error.message : String(error)}`;
}

await main();
