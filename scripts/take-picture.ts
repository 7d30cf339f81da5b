/**
 * `npm run picture`: the picture of the README, `docs/images/explorer.png`: GraphiQL with a query over three systems and its answer. Starts a
 * gateway of its own with stand-ins on free ports. Needs Chromium: `apt-get install chromium`, or its path in CHROMIUM.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { openGateway } from '../src/gateway/open-gateway.ts';
import { loadConfig } from '../src/platform/config.ts';
import { createLogger } from '../src/platform/log.ts';

const directory = join(import.meta.dirname, '..', 'docs', 'images');

const query = `query ReadyToGoLive {
  psRequest(id: "PSR-00392") {
    # from Salesforce
    number
    status
    goLiveDate
    account { name }
    technicalLead { name }
    # from Jira
    jiraIssues {
      key
      summary
      status { name }
      assignee { displayName }
    }
    # from PostgreSQL
    validationResults {
      rule { name }
      status
    }
  }
}
`;

await using cleanUps = new AsyncDisposableStack();
const dataDirectory = mkdtempSync(join(tmpdir(), 'deployment-graph-picture-'));
cleanUps.defer(() => rmSync(dataDirectory, { recursive: true, force: true }));
const config = loadConfig({ PORT: '0', DATA_DIRECTORY: dataDirectory });
const gateway = await openGateway(config, { log: createLogger('error') });
cleanUps.defer(() => gateway.close());

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
cleanUps.defer(() => browser.close());
const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
await page.goto(`${gateway.url}/graphiql?query=${encodeURIComponent(query)}`);
await page.locator('.graphiql-query-editor .view-line').first().waitFor();
await page.locator('.graphiql-execute-button').click();
await page.locator('.graphiql-response').getByText('"validationResults"').waitFor();
await page.getByLabel('Hide editor tools').click();
await page.mouse.move(400, 650);
// Colours come when the editor's workers have read the document.
await page.waitForTimeout(2_000);
mkdirSync(directory, { recursive: true });
await page.screenshot({ path: join(directory, 'explorer.png') });
console.log('wrote docs/images/explorer.png');
