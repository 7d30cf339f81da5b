/** `npm run sdl`: the SDL of the whole subgraph on standard output, as `_service { sdl }` tells it; nothing is started. For `rover` and code generators. */
import { printSubgraphSchema } from '@apollo/subgraph';
import { buildSchema, readSchemaDocuments } from '../src/gateway/schema.ts';

process.stdout.write(`${printSubgraphSchema(buildSchema(readSchemaDocuments(), [])).trim()}\n`);
