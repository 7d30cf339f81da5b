import { expect, test } from 'vitest';
import type { Gateway } from '../../../src/gateway/open-gateway.ts';
import { welcome } from '../../../src/gateway/welcome.ts';
import { loadConfig } from '../../../src/platform/config.ts';

const gateway: Pick<Gateway, 'url' | 'readiness' | 'standIns'> = {
  url: 'http://127.0.0.1:4000',
  readiness: async () => ({ status: 'ready', dependencies: [] }),
  standIns: { salesforce: null, jira: null, identity: null },
};
const told = (settings: Readonly<Record<string, string>>) =>
  welcome(gateway as unknown as Gateway, loadConfig(settings), 1_000);

test('who has just started the gateway is shown explorers and queries, but not those that a safelist refuses', async () => {
  const open = await told({});
  for (const part of ['/graphiql', 'Three queries worth trying']) expect(open).toContain(part);
  const safelisted = await told({ TRUSTED_DOCUMENTS: 'safelist' });
  for (const part of ['/graphiql', 'queries worth trying']) expect(safelisted).not.toContain(part);
  expect(safelisted).toMatch(/Only the documents of .*trusted-documents\.json are answered/);
});
