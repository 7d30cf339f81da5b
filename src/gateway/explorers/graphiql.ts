import type { Route } from '../http-server.ts';
import { assetRoute } from './asset.ts';
import { explorerDocument } from './first-queries.ts';
import { sendPage } from './page.ts';

const SCRIPT = 'text/javascript; charset=utf-8';

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  // The editor writes style elements while it runs.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];

/** Everything it refers to is served by this gateway. */
const graphiqlHtml = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>GraphiQL · Deployment Graph</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/graphiql/graphiql.css">
</head>
<body id="body" class="no-focus-outline">
<noscript>The explorer needs JavaScript. The API itself is at /graphql.</noscript>
<div id="root" style="height: 100vh"></div>
<script src="/graphiql/start.js"></script>
</body>
</html>
`;

/** The big script finds its workers through MonacoEnvironment, so that is set before it loads. */
function startScript(): string {
  const options = {
    endpoint: '/graphql',
    title: 'Deployment Graph',
    logo: '',
    defaultQuery: explorerDocument(),
    additionalHeaders: { 'apollo-require-preflight': 'true' },
    // A token has no place in the storage of a browser.
    shouldPersistHeaders: false,
  };
  return `'use strict';
const workers = { editorWorkerService: 'editor', json: 'json', graphql: 'graphql' };
self.MonacoEnvironment = {
  globalAPI: false,
  getWorkerUrl: (_moduleId, label) => '/graphiql/worker-' + (workers[label] || 'editor') + '.js',
};
const script = document.createElement('script');
script.src = '/graphiql/graphiql.js';
script.onload = () => YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), ${JSON.stringify(options)});
document.head.append(script);
`;
}

/** `/graphiql` and its files: GraphiQL as one prebuilt bundle, which is loaded when it is first asked for. */
export function graphiqlRoutes(): [string, Route][] {
  const bundle = (pick: (files: Bundle) => string) => async () => pick(await loadBundle());
  const script = (pick: (files: Bundle) => string) => assetRoute({ contentType: SCRIPT, load: bundle(pick) });
  return [
    ['/graphiql', { methods: ['GET'], handle: (exchange) => sendPage(exchange, graphiqlHtml, policy) }],
    ['/graphiql/start.js', assetRoute({ contentType: SCRIPT, load: async () => startScript() })],
    ['/graphiql/graphiql.js', script((files) => files.js)],
    ['/graphiql/worker-editor.js', script((files) => files.editorWorkerService)],
    ['/graphiql/worker-json.js', script((files) => files.jsonWorker)],
    ['/graphiql/worker-graphql.js', script((files) => files.graphqlWorker)],
    [
      '/graphiql/graphiql.css',
      assetRoute({ contentType: 'text/css; charset=utf-8', load: bundle((files) => files.css) }),
    ],
  ];
}

type Bundle = typeof import('@graphql-yoga/render-graphiql/graphiql');

async function loadBundle(): Promise<Bundle> {
  return await import('@graphql-yoga/render-graphiql/graphiql');
}
