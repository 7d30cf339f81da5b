/**
 * `npm run check`: everything that is wrong with the sources without running them. The parts run side by side; each tells its own
 * findings, and any finding ends with exit code 1.
 */
import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import {
  databaseTypes,
  frozenMigrations,
  type GeneratedFiles,
  graphqlTypes,
  thawedMigrations,
} from './generated-files.ts';
import { buildManifest, committedManifest, MANIFEST_FILE } from './trusted-documents.ts';

process.chdir(join(import.meta.dirname, '..'));

interface Part {
  readonly name: string;
  /** What is wrong; '' when nothing is. */
  run(): Promise<string>;
}

const parts: readonly Part[] = [
  { name: 'lint, format and import directions', run: () => program('biome', ['check', '--error-on-warnings', '.']) },
  { name: 'unused files, exports and dependencies', run: () => program('knip', ['--treat-config-hints-as-errors']) },
  { name: 'types', run: () => program('tsc', ['-p', '.']) },
  { name: 'resolver types in step with the schema', run: () => compare(graphqlTypes) },
  { name: 'database types in step with the migrations', run: () => compare(databaseTypes) },
  { name: 'migrations frozen', run: checkMigrations },
  { name: 'trusted documents in step with the examples and the schema', run: async () => checkDocuments() },
  { name: 'test titles', run: async () => duplicateTitles() },
];

/** The programs are to run under the project's own Node, whichever one the machine has. */
const environment = {
  ...process.env,
  PATH: `${join(process.cwd(), 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`,
};

function program(name: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const options = { maxBuffer: 50_000_000, timeout: 300_000, env: environment };
    execFile(join('node_modules', '.bin', name), args, options, (error, stdout, stderr) => {
      resolve(error ? `${stdout}${stderr}`.trim() || error.message : '');
    });
  });
}

async function compare(generate: () => Promise<GeneratedFiles>): Promise<string> {
  const stale = [...(await generate())]
    .filter(([path, content]) => readIfThere(path) !== content)
    .map(([path]) => path);
  return stale.length === 0 ? '' : `Stale: ${stale.join(', ')}. Run \`npm run generate\` and commit what it writes.`;
}

async function checkMigrations(): Promise<string> {
  const thawed = thawedMigrations();
  if (thawed.length > 0) {
    return `Changed or removed after they were frozen: ${thawed.join(', ')}. Restore them and write a new migration.`;
  }
  return compare(async () => frozenMigrations());
}

/** Also finds the document of a client that a change of the schema would break. */
function checkDocuments(): string {
  const committed = committedManifest();
  const { text, problems } = buildManifest(committed);
  if (problems.length > 0) return problems.join('\n');
  const isStale = committed?.replaceAll('\r\n', '\n') !== text;
  return isStale ? `Stale: ${MANIFEST_FILE}. Run \`npm run documents\` and commit what it writes.` : '';
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
  } catch {
    return null;
  }
}

/** A title tells which test failed, so a file must not use one twice in the same group. */
function duplicateTitles(): string {
  const findings = globSync('test/**/*.test.ts').flatMap((file) => {
    const seen = new Map<string, number>();
    for (const title of titlesOf(readFileSync(file, 'utf8'))) seen.set(title, (seen.get(title) ?? 0) + 1);
    return [...seen]
      .filter(([, count]) => count > 1)
      .map(([title, count]) => `${file}: ${count} tests are titled "${title}".`);
  });
  return findings.join('\n');
}

/** Titles with the groups that they stand in; the formatter's indentation tells which groups those are. */
function titlesOf(source: string): string[] {
  const groups: { readonly indent: number; readonly title: string }[] = [];
  const titles: string[] = [];
  for (const match of source.matchAll(
    /^([ \t]*)(describe|it|test)(?:\.each\([\s\S]*?\))?\(\s*(['"`])((?:\\.|(?!\3).)*)\3/gm,
  )) {
    const [, indent = '', kind, , title = ''] = match;
    while ((groups.at(-1)?.indent ?? -1) >= indent.length) groups.pop();
    if (kind === 'describe') groups.push({ indent: indent.length, title });
    else titles.push([...groups.map((group) => group.title), title].join(' › '));
  }
  return titles;
}

const results = await Promise.all(
  parts.map(async ({ name, run }) => {
    const startedAt = performance.now();
    const finding = await run().catch((error: unknown) =>
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    );
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(`${finding === '' ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
    return { name, finding };
  }),
);
const failed = results.filter(({ finding }) => finding !== '');
for (const { name, finding } of failed) console.error(`\n── ${name}\n${finding}`);
console.log(
  failed.length === 0
    ? `\nAll ${results.length} checks passed.`
    : `\n${failed.length} of ${results.length} checks failed.`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
