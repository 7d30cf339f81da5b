import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type DocumentNode, isObjectType, Kind, parse, validate, visit } from 'graphql';
import { describe, expect, test } from 'vitest';
import { buildSchema, readSchemaDocuments } from '../../src/gateway/schema.ts';
import { errorTable } from '../../src/platform/errors.ts';

const root = join(import.meta.dirname, '..', '..');
const documents = ['README.md', ...globSync('docs/**/*.md', { cwd: root })];
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const schema = buildSchema(readSchemaDocuments(), []);
const folders = ['src', 'test', 'docs', 'examples', 'schema', 'scripts', 'migrations', 'bench'];
const files = [
  ...folders.flatMap((folder) => globSync(`${folder}/**/*`, { cwd: root })),
  ...globSync('{*,.env.example}', { cwd: root }),
];
const fileNames = new Set(files.map((path) => basename(path)));

/** Files that exist only while a gateway runs. */
const madeAtRunTime = new Set(['owner.json', '.env']);

/** Everything in backticks outside of blocks of code. */
function quoted(text: string): string[] {
  return [...text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, word]) => word ?? '');
}

function blocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, code]) => code ?? '');
}

/** A path from the root, or within `src`, as the documents write them; `*` stands for any name. */
function exists(path: string): boolean {
  const pattern = path.replace(/\/$/, '').replaceAll(/<[^>]+>|…/g, '*');
  return ['', 'src/'].some((base) => globSync(`${base}${pattern}{,.ts}`, { cwd: root }).length > 0);
}

/** Words that name a file or folder of the project, rather than a package, a URL's path or a fraction. */
function pathsIn(text: string): string[] {
  const isFolder = (name: string) => existsSync(join(root, name)) || existsSync(join(root, 'src', name));
  return quoted(text).filter(
    (word) => /^[\w.*<>…-]+(?:\/[\w.*<>…-]*)+$/.test(word) && isFolder(word.split('/')[0] ?? ''),
  );
}

/** Names of files without a folder. */
function fileNamesIn(text: string): string[] {
  return quoted(text).filter(
    (word) => /^[\w.-]+\.(?:ts|json|graphql|ya?ml|md)$/.test(word) && !madeAtRunTime.has(word),
  );
}

describe.each(documents)('%s', (document) => {
  const text = read(document);

  test('names only commands that package.json has', () => {
    const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts;
    const named = [...text.matchAll(/\bnpm (?:run ([\w:-]+)|(start|test))\b/g)].map(([, run, own]) => run ?? own ?? '');
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  test('links only to what is there', () => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link ?? '');
    const local = links.filter((link) => !/^https?:/.test(link)).map((link) => link.replace(/#.*$/, ''));
    expect(local.filter((link) => !existsSync(join(root, dirname(document), link)))).toEqual([]);
  });

  test('names only files and folders that are there', () => {
    expect(pathsIn(text).filter((path) => !exists(path))).toEqual([]);
    expect(fileNamesIn(text).filter((name) => !fileNames.has(name))).toEqual([]);
  });

  test('shows only operations and types that fit the schema', () => {
    for (const code of blocks(text, 'graphql')) {
      const parsed = parse(code);
      const isOperation = parsed.definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION);
      expect(isOperation ? validate(schema, parsed).map(({ message }) => message) : misfits(parsed), code).toEqual([]);
    }
  });

  test('shows only JSON that is JSON', () => {
    for (const code of blocks(text, 'json')) expect(() => JSON.parse(code), code).not.toThrow();
  });
});

/** What another service's extension takes for granted and the schema does not have. */
function misfits(extension: DocumentNode): string[] {
  const missing: string[] = [];
  visit(extension, {
    ObjectTypeDefinition(node) {
      const type = schema.getType(node.name.value);
      const fields = isObjectType(type) ? type.getFields() : {};
      const keys = node.directives?.filter(({ name }) => name.value === 'key') ?? [];
      if (keys.length === 0) missing.push(`${node.name.value} without a key`);
      for (const key of keys) {
        const value = key.arguments?.[0]?.value;
        const names = value?.kind === Kind.STRING ? value.value.split(/\s+/) : [];
        missing.push(...names.filter((name) => !(name in fields)).map((name) => `${node.name.value}.${name}`));
      }
    },
  });
  return missing;
}

describe('README.md', () => {
  const text = read('README.md');

  test('fits on two screens', () => {
    expect(text.split('\n').length).toBeLessThanOrEqual(130);
  });

  test('lists every entity with exactly its keys', () => {
    const listed = new Map(
      [...text.matchAll(/^\| (`[A-Z][^|]*) \| (`[^|]*) \|$/gm)].flatMap(([, types = '', keys = '']) =>
        quoted(types).map((type) => [type, quoted(keys)] as const),
      ),
    );
    const served = new Map<string, string[]>();
    for (const type of Object.values(schema.getTypeMap())) {
      const keys = (type.astNode?.directives ?? [])
        .filter(({ name }) => name.value === 'key')
        .flatMap((key) => {
          const value = key.arguments?.find(({ name }) => name.value === 'fields')?.value;
          return value?.kind === Kind.STRING ? [value.value] : [];
        });
      if (keys.length > 0) served.set(type.name, keys);
    }
    for (const code of Object.keys(errorTable)) listed.delete(code);
    expect(listed).toEqual(served);
  });

  test('advises only on codes that exist', () => {
    const codes = quoted(text).filter((word) => /^(?:[A-Z]+_[A-Z_]+|FORBIDDEN|UNAUTHENTICATED)$/.test(word));
    const settings = read('.env.example');
    const unknown = codes.filter((code) => !(code in errorTable) && !settings.includes(`#${code}=`));
    expect(codes.length).toBeGreaterThan(5);
    expect(unknown).toEqual([]);
  });
});
