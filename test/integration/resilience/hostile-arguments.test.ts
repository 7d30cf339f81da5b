import { buildSubgraphSchema } from '@apollo/subgraph';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readSchemaDocuments } from '../../../src/gateway/schema.ts';
import { toGlobalId } from '../../../src/platform/global-id.ts';
import { generateCompany } from '../../../src/standins/data/generate-company.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { anyHostileText, hostileTexts, hostileValues } from '../../support/hostile-texts.ts';
import type { GraphqlAnswer } from '../../support/send-operation.ts';
import { type AskedOfSource, askedOfSources } from '../../support/statement-shapes.ts';
import { sized } from '../../support/test-size.ts';
import { type TextArgument, textArgumentsOf } from '../../support/text-arguments.ts';

/** In all; they are dealt out to the arguments. */
const INPUTS = sized({ small: 500, full: 5_000 });
/** What PostgreSQL takes least of all. */
const NUL_TEXT = 'a\0b';
const company = generateCompany();
const account = String(company.salesforce.Account[0]?.Id);
const request = company.salesforce.PS_Request__c[0];

let gateway: TestGateway;
let headers: Record<string, string>;
let places: readonly TextArgument[];
/** Every text that PostgreSQL was sent by the gateway. */
const statements = new Set<string>();

beforeAll(async () => {
  gateway = await startTestGateway({ company, erasureSettleMs: 0 });
  headers = await gateway.as('ADMIN');
  const mentors = await gateway.query(
    '{ mentors(first: 1) { nodes { id } } validationRuns(first: 1) { nodes { id } } }',
    {},
    headers,
  );
  const mentor = JSON.stringify(mentors.data.mentors.nodes[0].id);
  const run = JSON.stringify(mentors.data.validationRuns.nodes[0].id);
  places = textArgumentsOf(buildSubgraphSchema(readSchemaDocuments().map((typeDefs) => ({ typeDefs }))), {
    'AssessmentInput.mentorId': mentor,
    'AssessmentInput.psRequestNumber': '"PSR-00042"',
    'AssessmentInput.score': '4',
    'UpdatePsRequestInput.id': '"PSR-00042"',
    'UpdatePsRequestInput.risk': 'HIGH',
    'TransitionJiraIssueInput.key': '"PSD-7"',
    'TransitionJiraIssueInput.to': '"In Progress"',
    'AddJiraCommentInput.key': '"PSD-7"',
    'AddJiraCommentInput.body': '"Looks good."',
    'ErasePersonInput.userIdentifier': '"nobody@example.com"',
    'Query.account': JSON.stringify(account),
    'Query.project': JSON.stringify(company.salesforce.pse__Proj__c[0]?.Id),
    'Query.validationRun': run,
  });
  const send = pg.Client.prototype.query;
  vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...args: unknown[]) {
    const [first] = args;
    const text = typeof first === 'string' ? first : (first as { text?: string } | undefined)?.text;
    if (text !== undefined) statements.add(text);
    return Reflect.apply(send, this, args) as never;
  });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await gateway.close();
});

/** A value that means nothing to anybody, for what wants more than any text. */
const ownValues: Readonly<Record<string, unknown>> = {
  'Query.node(id)': toGlobalId('Account', account),
  'Query.nodes(ids)': toGlobalId('Account', account),
  'Query.jiraIssue(key)': 'PSD-7',
  'Query.jiraProject(key)': 'PSD',
  'Query.jiraIssues(filter.projectKey)': 'PSD',
  'Query.jiraIssues(filter.assigneeId)': company.jira.users[0]?.accountId,
  'Query.psRequest(id)': 'PSR-00042',
  'Query.account(id)': account,
  'Query.project(id)': company.salesforce.pse__Proj__c[0]?.Id,
  'Query.salesforceUser(id)': company.salesforce.User[0]?.Id,
  'Mutation.erasePerson(input.userIdentifier)': 'someone@example.com',
};

/** An erasure reads every table; it gets fewer inputs than the rest where time is short. */
const isErasure = ({ name }: TextArgument): boolean => name.startsWith('Mutation.erasePerson');

interface Known {
  /** Shared by all places of a field: what is asked without the value may have been learnt, and cached, at another one. */
  readonly shapes: Set<string>;
  /** Texts that are asked whatever is sent. */
  readonly constants: Set<string>;
  readonly cursor: string | null;
}

let preferencesVersion = 0;

async function ask(
  place: TextArgument,
  value: unknown,
): Promise<{ readonly answer: GraphqlAnswer; readonly asked: readonly AskedOfSource[] }> {
  gateway.clearCalls();
  const document = place.document
    .replace('version: 1', `version: ${preferencesVersion}`)
    .replace('erasePerson(input: {', 'erasePerson(input: { evenIfUnknown: true,');
  const answer = await gateway.query(document, { value: place.wrap(value) }, headers);
  const version = /"(?:preferences|current)Version":(\d+)/.exec(JSON.stringify(answer))?.[1];
  preferencesVersion = Number(version ?? preferencesVersion);
  const requestId: unknown = answer.data?.erasePerson?.requestId;
  if (requestId !== undefined) await erasureEnded(requestId);
  return { answer, asked: askedOfSources([...gateway.salesforce.calls.all, ...gateway.jira.calls.all]) };
}

/** An erasure goes on after its answer, and asks sources meanwhile. */
async function erasureEnded(requestId: unknown): Promise<void> {
  await vi.waitFor(
    async () => {
      const document = 'query ($id: ID!) { erasure(requestId: $id) { status } }';
      const { data } = await gateway.query(document, { id: requestId }, headers);
      expect(data.erasure.status).toBe('COMPLETED');
    },
    { timeout: 30_000, interval: 50 },
  );
}

/** What the sources are asked for values that are nothing but that. */
async function learn(place: TextArgument, ofField: Known | undefined): Promise<Known> {
  const { shapes, constants } = ofField ?? { shapes: new Set(), constants: new Set() };
  const note = (asked: readonly AskedOfSource[], value: unknown): void => {
    for (const { shape, texts } of asked) {
      shapes.add(shape);
      for (const text of texts) if (text !== value) constants.add(text);
    }
  };
  const first = await ask(place, null);
  note(first.asked, null);
  const cursor = /"endCursor":"([^"]+)"/.exec(JSON.stringify(first.answer))?.[1] ?? null;
  const words = place.type === 'String' && !isErasure(place) ? ['upgrade', 'upgrade it!'] : [];
  for (const value of [ownValueOf(place) ?? cursor ?? 'a', ...words]) note((await ask(place, value)).asked, value);
  return { shapes, constants, cursor };
}

function ownValueOf({ name, type }: TextArgument): unknown {
  if (type === 'DateTime') return '2026-11-20T00:00:00Z';
  return type === 'Date' ? '2026-11-20' : (ownValues[name] ?? ownKey(name));
}

function ownKey(name: string): unknown {
  const [, type = '', key = ''] = /\((\w+)\.(\w+)\)/.exec(name) ?? [];
  const ids: Readonly<Record<string, unknown>> = { Account: account, PsRequest: request?.Id, JiraIssue: '10001' };
  const keys: Readonly<Record<string, unknown>> = {
    id: toGlobalId(type as 'Account', String(ids[type] ?? '1')),
    number: 'PSR-00042',
    key: type === 'JiraProject' ? 'PSD' : 'PSD-7',
    accountId: company.jira.users[0]?.accountId,
    salesforceId: ids[type] ?? account,
  };
  return type === 'filter' || type === 'input' ? undefined : keys[key];
}

/** The text in the guise in which it gets furthest: within a cursor or a global id, or after what is right. */
function disguised(place: TextArgument, text: string, turn: number, cursor: string | null): string {
  if (/\((after|before)\)$/.test(place.name) && cursor !== null) {
    const position = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    position[1 + (turn % Math.max(1, position.length - 1))] = text;
    return Buffer.from(JSON.stringify(position)).toString('base64url');
  }
  if (place.type === 'ID' || place.name.endsWith('.id)')) {
    const type = [
      'Account',
      'PsRequest',
      'JiraIssue',
      'JiraUser',
      'Mentor',
      'ValidationRun',
      'SalesforceUser',
      'Project',
    ][turn % 8];
    return Buffer.from(`${/\((\w+)\.id/.exec(place.name)?.[1] ?? type}:${text}`).toString('base64url');
  }
  if (place.type.startsWith('Date')) return `${ownValueOf(place)}${text}`;
  return `${String(ownValueOf(place) ?? 'PSD-7')}${text}`;
}

/** What a read leads on to: ids, numbers and keys of records, marks of writes, and minutes from now. */
const isOfRecord = (text: string): boolean =>
  /^([A-Za-z0-9]{18}|PSR-\d+|[A-Z][A-Z0-9]+-\d+|\d+|-?\d+m|[0-9a-f-]{36})$/.test(text);
const plain = (text: string): string => text.toWellFormed().trim().replace(/\s+/g, ' ').toLowerCase();

/** What goes on to a source as the text that it is; of these more is tried. */
const passedOn: ReadonlySet<string> = new Set([
  'Query.psRequests(filter.text)',
  'Query.psRequests(filter.product)',
  'Query.accounts(filter.name)',
  'Query.accounts(filter.industry)',
  'Query.accounts(filter.region)',
  'Query.jiraIssues(filter.text)',
  'Query.search(text)',
  'Account.psRequests(filter.text)',
  'Account.psRequests(filter.product)',
]);
const share = ({ name }: TextArgument): number => (passedOn.has(name) ? 4 : 1);

interface Input {
  readonly text: string;
  readonly value: unknown;
  /** The place, or the place with the value written into the document. */
  readonly at: TextArgument;
}

const generated = fc.sample(anyHostileText, { numRuns: INPUTS, seed: 4_711 });

function inputsOf(place: TextArgument, index: number, cursor: string | null): readonly Input[] {
  const shares = places.reduce((sum, each) => sum + share(each), 0);
  const turns = Math.ceil((INPUTS * share(place)) / shares);
  return Array.from({ length: isErasure(place) ? sized({ small: 2, full: turns }) : turns }, (_, turn) => {
    const ready = (turn === 0 ? NUL_TEXT : hostileTexts[(index * 7 + turn) % hostileTexts.length]) ?? '';
    const made = generated[(index * turns + turn) % INPUTS] ?? '';
    switch (turn % 5) {
      case 1:
        return { text: ready, value: disguised(place, ready, turn, cursor), at: place };
      case 2:
        return { text: ready, value: ready, at: literally(place, ready) };
      case 3:
        return { text: '', value: hostileValues[(index + turn) % hostileValues.length], at: place };
      case 4:
        return { text: made, value: turn % 2 === 0 ? made : disguised(place, made, turn, cursor), at: place };
      default:
        return { text: ready, value: ready, at: place };
    }
  });
}

/** The text written into the document, where it can be. */
function literally(place: TextArgument, text: string): TextArgument {
  if (place.wrap(text) !== text) return place;
  const document = place.document.replace(/\(\$value: [^)]*\) /, '').replace('$value', () => JSON.stringify(text));
  return { ...place, document, wrap: () => null };
}

test('a text is never more than a value of what sources and PostgreSQL are asked, wherever it is sent to', async () => {
  const prototype = Reflect.ownKeys(Object.prototype);
  const byField = new Map<string, Known>();
  const known = new Map<TextArgument, Known>();
  for (const place of places) {
    const field = place.name.replace(/\(.*/, '');
    const learnt = await learn(place, byField.get(field));
    byField.set(field, learnt);
    known.set(place, learnt);
  }
  const learnt = new Set(statements);

  const failures: string[] = [];
  const arrived = new Map<string, number>();
  const sentTexts = new Set<string>();
  let sent = 0;
  for (const [index, place] of places.entries()) {
    const { shapes, constants, cursor } = known.get(place) as Known;
    for (const { text, value, at } of inputsOf(place, index, cursor)) {
      sentTexts.add(text);
      sent += 1;
      const fail = (what: string): void => {
        failures.push(`${place.name} with ${JSON.stringify(value)?.slice(0, 200)}: ${what.slice(0, 2_000)}`);
      };
      try {
        const { answer, asked } = await ask(at, value);
        if (answer.status >= 500) fail(`status ${answer.status}`);
        for (const { message, extensions } of answer.errors) {
          if (/^(INTERNAL|UPSTREAM_)/.test(String(extensions.code))) fail(`${extensions.code}: ${message}`);
          if (message.length > 700) fail(`a message of ${message.length} characters`);
        }
        for (const { shape, texts } of asked) {
          if (!shapes.has(shape)) fail(`another question: ${shape}`);
          for (const found of texts.filter((one) => !constants.has(one) && !isOfRecord(one))) {
            if (plain(found) !== plain(String(value)) && plain(found) !== plain(text)) fail(`another text: ${found}`);
            else arrived.set(place.name, (arrived.get(place.name) ?? 0) + 1);
          }
        }
      } catch (error) {
        fail(String(error));
      }
    }
  }
  expect(failures).toEqual([]);
  expect(sent).toBeGreaterThanOrEqual(INPUTS * 0.95);
  expect(Reflect.ownKeys(Object.prototype)).toEqual(prototype);
  for (const name of passedOn) expect(arrived.get(name), name).toBeGreaterThan(0);

  // Work in the background may have its first turn meanwhile; it has a few statements of its own.
  const others = [...statements].filter((statement) => !learnt.has(statement));
  const spliced = [...sentTexts].filter(
    (text) => text.length > 3 && /[^\w\s]/.test(text) && others.some((other) => other.includes(text)),
  );
  expect(spliced).toEqual([]);
  // How transactions begin tells how much time is left, and tells whether any failed: constant but for that.
  const own = others.filter((statement) => !/^(begin|rollback)\b/.test(statement));
  expect(new Set(own.map((statement) => statement.replace(/'\d+'/g, "'0'"))).size).toBeLessThan(20);
});
