import { readFileSync } from 'node:fs';

/** As package.json tells it. */
export function gatewayVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly version: string;
  };
  return version;
}
