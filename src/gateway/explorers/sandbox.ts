import { sendJson } from '../http-answer.ts';
import type { Route } from '../http-server.ts';
import { assetRoute } from './asset.ts';
import { explorerDocument } from './first-queries.ts';
import { sendPage, wantsHtml } from './page.ts';

const SANDBOX_CDN = 'https://embeddable-sandbox.cdn.apollographql.com';
const SANDBOX_FRAME = 'https://sandbox.embed.apollographql.com';
/** Without a sign of life from Apollo's frame for so long, the page offers the explorer that needs no internet. */
const PATIENCE_MS = 5_000;

const policy = [
  "default-src 'none'",
  `script-src 'self' ${SANDBOX_CDN}`,
  `frame-src ${SANDBOX_FRAME}`,
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  // Operations are sent by this page on behalf of the frame.
  "connect-src 'self' https://*.apollographql.com",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];

const sandboxHtml = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Apollo Sandbox · Deployment Graph</title>
<link rel="icon" href="data:,">
<style>
  html, body { margin: 0; height: 100%; font: 16px/1.5 system-ui, sans-serif; }
  #sandbox { position: absolute; inset: 0; }
  #sandbox iframe { width: 100%; height: 100%; border: 0; background: #fff; }
  #notice { position: relative; z-index: 1; max-width: 40rem; margin: 15vh auto 0; padding: 1.5rem 2rem; border: 1px solid #c8c8d0; border-radius: 8px; background: #fff; }
  #notice[hidden] { display: none; }
</style>
</head>
<body>
<div id="sandbox"></div>
<div id="notice" role="status">
  <p id="message">Loading Apollo Sandbox from Apollo's site …</p>
  <p><a href="/graphiql">Open GraphiQL</a>: the explorer that this gateway serves itself and that works without internet.</p>
  <noscript><p>Both explorers need JavaScript. The API itself is at <code>/graphql</code>.</p></noscript>
</div>
<script src="/sandbox.js"></script>
</body>
</html>
`;

function startScript(): string {
  const options = {
    target: '#sandbox',
    initialState: { document: explorerDocument(), includeCookies: false, pollForSchemaUpdates: false },
    endpointIsEditable: false,
    runTelemetry: false,
    allowDynamicStyles: false,
  };
  return `'use strict';
const notice = document.querySelector('#notice');
const message = document.querySelector('#message');
const giveUp = () => {
  notice.hidden = false;
  message.textContent = "Apollo Sandbox can't be loaded: it comes from Apollo's site, which this browser does not reach.";
};
const timer = setTimeout(giveUp, ${PATIENCE_MS});
addEventListener('message', (event) => {
  if (event.origin !== '${SANDBOX_FRAME}') return;
  clearTimeout(timer);
  notice.hidden = true;
});
const script = document.createElement('script');
script.src = '${SANDBOX_CDN}/_latest/embeddable-sandbox.umd.production.min.js';
script.onerror = () => { clearTimeout(timer); giveUp(); };
script.onload = () => {
  try {
    new window.EmbeddedSandbox({ ...${JSON.stringify(options)}, initialEndpoint: location.origin + '/graphql' });
  } catch {
    script.onerror();
  }
};
document.head.append(script);
`;
}

/** What a program finds at `/`. */
const index = {
  graphql: '/graphql',
  graphiql: '/graphiql',
  livez: '/livez',
  readyz: '/readyz',
  metrics: '/metrics',
};

/** `/`: Apollo Sandbox for a browser, the list of paths for everything else. */
export function sandboxRoutes(): [string, Route][] {
  return [
    [
      '/',
      {
        methods: ['GET'],
        handle: (exchange) => {
          if (wantsHtml(exchange)) sendPage(exchange, sandboxHtml, policy);
          else sendJson(exchange.response, 200, index, { vary: 'accept' });
        },
      },
    ],
    ['/sandbox.js', assetRoute({ contentType: 'text/javascript; charset=utf-8', load: async () => startScript() })],
  ];
}
