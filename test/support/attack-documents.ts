/** One request that is made to cost more than it looks like. */
export interface Attack {
  readonly name: string;
  /** The body of a POST; another one for each `n`, so that nothing that is remembered helps. */
  body(n: number): string;
  /** What `extensions.code` of the first error says. */
  readonly code: string;
  /** `extensions.limit`, where one is broken. */
  readonly limit?: string;
}

const times = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');

/** A document that breaks a limit. The comment makes it another text; what it means stays. */
function document(name: string, limit: string, text: string): Attack {
  return { name, limit, code: 'OPERATION_TOO_COMPLEX', body: (n) => JSON.stringify({ query: `# ${n}\n${text}` }) };
}

function variables(name: string, limit: string, json: string): Attack {
  const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
  return {
    name,
    limit,
    code: 'OPERATION_TOO_COMPLEX',
    body: (n) => `{"query":${JSON.stringify(`# ${n}\n${query}`)},"variables":${json}}`,
  };
}

const list = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join();
const keys = (count: number, text: (index: number) => string): string => `{${list(count, text)}}`;

/** A variable that does not fit its type, by so much that to tell all of it would take long. */
function misfit(name: string, count: number, filter: (count: number) => string): Attack {
  const query = 'query ($f: PsRequestFilter) { psRequests(filter: $f) { totalCount } }';
  const json = filter(count);
  return {
    name,
    code: 'BAD_USER_INPUT',
    body: (n) => `{"query":${JSON.stringify(`# ${n}\n${query}`)},"variables":{"f":${json}}}`,
  };
}

function forbiddenKey(name: string, body: (n: number) => string): Attack {
  return { name, code: 'BAD_USER_INPUT', body };
}

/** Each level spreads the next one twice, so that `levels` of them mean two to that power of fields. */
function fragmentBomb(levels: number): string {
  const fragments = times(levels, (level) => `fragment F${level} on Query { ...F${level + 1} ...F${level + 1} }`);
  return `{ ...F0 } ${fragments} fragment F${levels} on Query { __typename }`;
}

/** The same through fields under two names, which no validation may merge. */
function fieldBomb(levels: number): string {
  const beneath = (level: number): string => `account { psRequests { nodes { ...G${level + 1} } } }`;
  const fragments = times(
    levels,
    (level) => `fragment G${level} on PsRequest { a: ${beneath(level)} b: ${beneath(level)} }`,
  );
  return `{ psRequests { nodes { ...G0 } } } ${fragments} fragment G${levels} on PsRequest { number }`;
}

/** Equal fields in inline fragments, level by level: what is to be compared grows with the square of each level. */
function inlineOverlap(levels: number, width: number): string {
  if (levels === 0) return times(width, () => '... on PsRequest { number }');
  const beneath = inlineOverlap(levels - 1, width);
  return times(width, () => `... on PsRequest { account { psRequests { nodes { ${beneath} } } } }`);
}

const introspectionLoop = (levels: number): string =>
  `{ __schema { types { ${'fields { type { '.repeat(levels)} name ${'} } '.repeat(levels)} } } }`;

const nestedPages = (levels: number, first: number): string =>
  `{ psRequests(first: ${first}) { nodes { number ${`account { psRequests(first: ${first}) { nodes { number `.repeat(levels)}${'} } }'.repeat(levels)} } } }`;

const entities = (value: string): string => `query { _entities(representations: [${value}]) { __typename } }`;

/** Every class of request that is known to hurt GraphQL servers, and what it is refused with. */
export const attacks: readonly Attack[] = [
  document('9,000 tokens', 'tokens', `{ ${times(9_000, () => 'a')} }`),
  document('200,000 characters of white space', 'characters', `{ __typename ${' '.repeat(200_000)} }`),
  document('a body of a megabyte of brackets', 'characters', `${'{a'.repeat(450_000)}`),
  document('5,000 levels', 'nesting', `${'{a'.repeat(5_000)}${'}'.repeat(5_000)}`),
  document('2,500 levels', 'nesting', `${'{a'.repeat(2_500)}${'}'.repeat(2_500)}`),
  document('40 levels of fields', 'depth', nestedPages(13, 1)),
  document('a list in a list, 1,500 times', 'nesting', entities(`${'['.repeat(1_500)}${']'.repeat(1_500)}`)),
  document('101 aliases of __typename', 'aliases', `{ ${times(101, (index) => `a${index}: __typename`)} }`),
  document(
    '500 aliases of a page',
    'aliases',
    `{ ${times(500, (index) => `a${index}: psRequests(first: 100) { nodes { number } }`)} }`,
  ),
  document(
    '1,000 aliases in a fragment',
    'aliases',
    `{ ...F } fragment F on Query { ${times(1_000, (index) => `a${index}: viewer { id }`)} }`,
  ),
  document(
    '100 aliases of the widest page',
    'cost',
    `{ ${times(100, (index) => `a${index}: jiraIssues(first: 200) { nodes { key project { name } } }`)} }`,
  ),
  document(
    '100 aliases of a search',
    'cost',
    `{ ${times(100, (index) => `a${index}: search(text: "PSD", first: 50) { ... on JiraIssue { key comments { body } } }`)} }`,
  ),
  document('500 duplicate fields', 'rootFields', `{ ${times(500, () => '__typename')} }`),
  document('500 duplicate fields beneath', 'fieldPairs', `{ viewer { ${times(500, () => 'id')} } }`),
  document(
    '2,000 duplicate fields in a fragment that nothing spreads',
    'fieldPairs',
    `{ viewer { id } } fragment F on Viewer { ${times(2_000, () => 'id')} }`,
  ),
  document(
    'fields that ninety fragments repeat',
    'fieldPairs',
    `{ viewer { ${times(90, (index) => `...F${index}`)} } } ${times(90, (index) => `fragment F${index} on Viewer { id name email tenant roles ... { id } ...on Viewer { id name email tenant roles } }`)}`,
  ),
  document(
    '200 root fields',
    'rootFields',
    `{ ${times(200, (index) => ['viewer { id }', 'gatewayStatus { version }'][index % 2] ?? '')} }`,
  ),
  document(
    '1,000 directives on one field',
    'directivesPerPlace',
    `{ __typename ${times(1_000, () => '@include(if: true)')} }`,
  ),
  document('2,000 unknown directives', 'directivesPerPlace', `{ __typename ${times(2_000, (index) => `@d${index}`)} }`),
  document('directives on 800 fields', 'directives', `{ viewer { ${times(800, () => 'id @skip(if: true)')} } }`),
  document('2^18 fields of a kilobyte of fragments', 'selections', fragmentBomb(18)),
  document('2^18 records of two kilobytes of fragments', 'depth', fieldBomb(18)),
  document(
    'fragments in a circle',
    'fragmentCycle',
    '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
  ),
  document(
    'a circle through a field',
    'fragmentCycle',
    '{ psRequests { nodes { ...A } } } fragment A on PsRequest { account { psRequests { nodes { ...A } } } }',
  ),
  document(
    '500 fragments',
    'fragments',
    `{ ${times(500, (index) => `...F${index}`)} } ${times(500, (index) => `fragment F${index} on Query { a }`)}`,
  ),
  document('inline fragments that overlap', 'fieldPairs', `{ psRequests { nodes { ${inlineOverlap(3, 5)} } } }`),
  document(
    'inline fragments in each other',
    'nesting',
    `{ ${'... { '.repeat(1_000)} __typename ${'}'.repeat(1_000)} }`,
  ),
  document(
    '500 operations',
    'operations',
    times(500, (index) => `query Q${index} { viewer { id } }`),
  ),
  document('1,000 variables', 'variables', `query (${times(1_000, (index) => `$v${index}: Int`)}) { viewer { id } }`),
  document('pages in pages', 'cost', nestedPages(4, 100)),
  document(
    'pages in pages, by a variable with a default',
    'cost',
    `query ($n: Int = 200) ${nestedPages(4, 1).replaceAll('first: 1', 'first: $n')}`,
  ),
  document(
    'requests of issues of requests',
    'cost',
    `{ psRequests(first: 200) { nodes { ${'jiraIssues { psRequest { '.repeat(4)} number ${'} }'.repeat(4)} } } }`,
  ),
  document(
    '1,500 ids',
    'cost',
    `{ nodes(ids: [${times(1_500, (index) => `"x${index}"`)}]) { ... on PsRequest { steps { assignee { name } } jiraIssues { key } } } }`,
  ),
  document('introspection in a circle', 'nesting', introspectionLoop(100)),
  document(
    '100 introspections',
    'cost',
    `{ ${times(100, (index) => `a${index}: __schema { types { fields { args { type { ofType { ofType { name } } } } type { ofType { ofType { name } } } } inputFields { type { name } } } }`)} }`,
  ),
  variables(
    'a megabyte of variables',
    'variableValues',
    `{${Array.from({ length: 80_000 }, (_, index) => `"v${index}":1`).join()}}`,
  ),
  variables(
    'a megabyte of brackets in a variable',
    'variableNesting',
    `{"ids":${'['.repeat(500_000)}${']'.repeat(500_000)}}`,
  ),
  document('3,800 unknown fields', 'unknownNames', `{ viewer { ${times(3_800, (index) => `u${index}`)} } }`),
  document('3,800 fields of an unknown one', 'unknownNames', `{ u { ${times(3_800, (index) => `u${index}`)} } }`),
  document('2,600 unknown fragments', 'unknownNames', `{ ${times(2_600, (index) => `...F${index}`)} }`),
  document(
    '1,200 unknown types',
    'unknownNames',
    `{ viewer { ${times(1_200, (index) => `... on T${index} { a }`)} } }`,
  ),
  document(
    '2,600 unknown arguments',
    'unknownNames',
    `{ psRequests(${times(2_600, (index) => `a${index}: 1`)}) { totalCount } }`,
  ),
  document(
    '2,600 unknown keys in a literal',
    'unknownNames',
    `{ psRequests(filter: { ${times(2_600, (index) => `a${index}: 1`)} }) { totalCount } }`,
  ),
  document(
    '2,600 unknown keys in a default',
    'unknownNames',
    `query ($f: PsRequestFilter = { ${times(2_600, (index) => `a${index}: 1`)} }) { psRequests(filter: $f) { totalCount } }`,
  ),
  document(
    '7,000 unknown values of an enum',
    'unknownNames',
    `{ psRequests(filter: { status: [${times(7_000, (index) => `A${index}`)}] }) { totalCount } }`,
  ),
  document(
    '3,900 unknown variables',
    'unknownNames',
    `{ nodes(ids: [${times(3_900, (index) => `$v${index}`)}]) { id } }`,
  ),
  misfit('250 unknown keys', 250, (count) => keys(count, (index) => `"u${index}":1`)),
  misfit('9,000 unknown keys', 9_000, (count) => keys(count, (index) => `"u${index}":1`)),
  misfit('4,000 unknown objects', 4_000, (count) => keys(count, (index) => `"u${index}":{"a":1}`)),
  misfit('9,000 wrong values of an enum', 9_000, (count) => `{"status":[${list(count, (index) => `"X${index}"`)}]}`),
  misfit('4,500 objects for an enum', 4_500, (count) => `{"status":[${list(count, () => '{"a":1}')}]}`),
  misfit('a megabyte behind one unknown key', 1_000_000, (count) => `{"unknown":"${'x'.repeat(count)}"}`),
  misfit('a megabyte of escapes behind one unknown key', 480_000, (count) => `{"unknown":"${'\\"'.repeat(count)}"}`),
  misfit('a megabyte for an enum', 1_000_000, (count) => `{"status":"${'x'.repeat(count)}"}`),
  variables('100,000 ids in a variable', 'variableValues', `{"ids":[${'"x",'.repeat(100_000)}"x"]}`),
  variables('a megabyte of numbers', 'variableValues', `{"ids":[${'0,'.repeat(500_000)}0]}`),
  variables('JSON 20,000 levels deep', 'variableNesting', `{"ids":${'['.repeat(20_000)}${']'.repeat(20_000)}}`),
  variables('objects 20,000 levels deep', 'variableNesting', `{"ids":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`),
  {
    name: 'pages in pages, by a variable',
    limit: 'cost',
    code: 'OPERATION_TOO_COMPLEX',
    body: (n) =>
      JSON.stringify({
        query: `# ${n}\nquery ($n: Int!) ${nestedPages(4, 1).replaceAll('first: 1', 'first: $n')}`,
        variables: { n: 200 },
      }),
  },
  forbiddenKey(
    '__proto__ in a variable',
    (n) =>
      `{"query":"query ($a: [_Any!]!) { _entities(representations: $a) { __typename } } # ${n}","variables":{"a":[{"__proto__":{"polluted":true}}]}}`,
  ),
  forbiddenKey(
    '__proto__ behind an escape',
    (n) => `{"query":"{ viewer { id } } # ${n}","variables":{"\\u005f_proto__":{"polluted":true}}}`,
  ),
  forbiddenKey(
    'constructor in a variable',
    (n) => `{"query":"{ viewer { id } } # ${n}","variables":{"a":{"constructor":{"prototype":{"polluted":true}}}}}`,
  ),
  forbiddenKey('__proto__ in a literal', (n) =>
    JSON.stringify({ query: `# ${n}\n${entities('{ __typename: "PsRequest", __proto__: { polluted: true } }')}` }),
  ),
];
