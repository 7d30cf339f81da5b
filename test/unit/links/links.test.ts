import { describe, expect, it } from 'vitest';
import { issuesOfRequest } from '../../../src/links/issues-of-request.ts';
import { createLinkLoaders } from '../../../src/links/loaders.ts';
import { psRequestNamedIn } from '../../../src/links/ps-request-number.ts';
import { requestOfIssue } from '../../../src/links/request-of-issue.ts';
import { GatewayError } from '../../../src/platform/errors.ts';
import { emptySelection } from '../../../src/platform/selection.ts';
import { normaliseIssueKey } from '../../../src/sources/jira/issue-keys.ts';
import type { JiraIssueModel } from '../../../src/sources/jira/model.ts';
import type { JiraLinkModel, PsRequestModel } from '../../../src/sources/salesforce/model.ts';

const issue = (issueId: string, key: string, psRequestNumber?: string | GatewayError | null): JiraIssueModel => ({
  __typename: 'JiraIssue',
  id: `global-${issueId}`,
  issueId,
  key,
  url: `https://jira/browse/${key}`,
  ...(psRequestNumber === undefined ? {} : { psRequestNumber }),
});
const request = (salesforceId: string, primaryJiraKey: string | GatewayError | null = null): PsRequestModel => ({
  __typename: 'PsRequest',
  id: `global-${salesforceId}`,
  salesforceId,
  primaryJiraKey,
});
const link = (fields: Partial<JiraLinkModel>): JiraLinkModel => ({
  __typename: 'JiraLink',
  salesforceId: 'l',
  ...fields,
});
const down = new GatewayError('UPSTREAM_UNAVAILABLE', 'Jira is down.', { source: 'JIRA' });

describe('issuesOfRequest', () => {
  const issues: Record<string, JiraIssueModel> = {
    'PSD-1': issue('1', 'PSD-1'),
    'OPS-2': issue('2', 'OPS-2'),
    // Moved from PSD-9.
    'PSD-9': issue('2', 'OPS-2'),
  };
  const read = (
    primary: string | GatewayError | null,
    keys: (string | GatewayError)[],
    failing: Record<string, Error> = {},
    { onStale, stale = [] }: { readonly onStale?: 'FAIL' | 'NULL'; readonly stale?: readonly string[] } = {},
  ) => {
    const asked: string[] = [];
    const outcome = issuesOfRequest(
      request('a0R', primary),
      {
        salesforce: { jiraLinksByPsRequestId: { load: async () => keys.map((jiraKey) => link({ jiraKey })) } },
        jira: {
          issueByKey: {
            load: async (key) => {
              asked.push(key);
              const failure = failing[key];
              if (failure) throw failure;
              return issues[normaliseIssueKey(key) ?? ''] ?? null;
            },
          },
        },
      },
      { selection: emptySelection, ...(onStale ? { demand: { onStale } } : {}) },
      { issue: (key) => stale.includes(key) },
    );
    return { outcome, asked, whole: async () => (await outcome) ?? { issues: [], failures: [] } };
  };

  it('puts the primary issue first and every issue once, also when two keys lead to it', async () => {
    const { issues: found, failures } = await read('OPS-2', ['PSD-1', 'PSD-9', 'psd-1', 'PSD-1', 'NOPE-1']).whole();
    expect(found.map(({ key }) => key)).toEqual(['OPS-2', 'PSD-1']);
    expect(failures).toEqual([]);
  });

  it('asks nothing of Jira for a request without keys', async () => {
    const { whole, asked } = read(null, []);
    expect((await whole()).issues).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('leaves out an issue that fails and names the reason once', async () => {
    const { issues: found, failures } = await read(null, ['PSD-1', 'A-1', 'A-2'], { 'A-1': down, 'A-2': down }).whole();
    expect(found.map(({ key }) => key)).toEqual(['PSD-1']);
    expect(failures).toEqual([down]);
  });

  it('fails when Jira gave nothing at all', async () => {
    await expect(read('PSD-1', ['OPS-2'], { 'PSD-1': down, 'OPS-2': down }).outcome).rejects.toBe(down);
  });

  it('lets a defect through instead of hiding it as a partial answer', async () => {
    await expect(read('PSD-1', [], { 'PSD-1': new TypeError('defect') }).outcome).rejects.toThrow(TypeError);
  });

  it('goes on with the links when the primary key can not be read', async () => {
    const hidden = new GatewayError('FIELD_UNAVAILABLE', 'Hidden.', { source: 'SALESFORCE' });
    const { issues: found, failures } = await read(hidden, ['PSD-1']).whole();
    expect(found.map(({ key }) => key)).toEqual(['PSD-1']);
    expect(failures).toEqual([hidden]);
  });

  it('fails instead of saying that there is none when all that is there may be what could not be read', async () => {
    const hidden = new GatewayError('FIELD_UNAVAILABLE', 'Hidden.', { source: 'SALESFORCE' });
    await expect(read(hidden, ['NOPE-1']).outcome).rejects.toBe(hidden);
  });

  it('is null when an issue is withheld, not when there is none', async () => {
    const onStale = 'NULL';
    expect(await read('PSD-1', ['NOPE-1'], {}, { onStale, stale: ['NOPE-1'] }).outcome).toBeNull();
    expect((await read('PSD-1', ['NOPE-1'], {}, { onStale }).outcome)?.issues).toHaveLength(1);
    const both = read('PSD-1', ['NOPE-1', 'A-1'], { 'A-1': down }, { onStale, stale: ['NOPE-1'] });
    await expect(both.outcome).rejects.toBe(down);
  });

  it('fails as a whole where nothing may be missing', async () => {
    await expect(read('PSD-1', ['A-1'], { 'A-1': down }, { onStale: 'FAIL' }).outcome).rejects.toBe(down);
  });
});

describe('requestOfIssue', () => {
  const byNumber: Record<string, PsRequestModel> = { 'PSR-00001': request('r1') };
  const byId: Record<string, PsRequestModel> = { r2: request('r2'), a0R000000000001AAA: request('r3') };
  const linksByKey: Record<string, JiraLinkModel[]> = { 'OLD-1': [link({ psRequestId: 'r2' })] };
  const primaryByKey: Record<string, PsRequestModel[]> = { 'OLD-2': [request('r8')] };
  const find = (
    given: JiraIssueModel,
    links: JiraLinkModel[] | null = [],
    primary: PsRequestModel[] = [],
    stale: readonly string[] = [],
  ) =>
    requestOfIssue(
      given,
      {
        psRequestByNumber: { load: async (number) => byNumber[number] ?? null },
        psRequestById: { load: async (id) => byId[id] ?? null },
        jiraLinksByJiraKey: { load: async (key) => linksByKey[key] ?? (key === given.key ? links : []) },
        psRequestsByPrimaryJiraKey: { load: async (key) => primaryByKey[key] ?? (key === given.key ? primary : []) },
      },
      { selection: emptySelection },
      { request: (name) => stale.includes(name) },
    );

  it('names no other request while the first one, or what may name it, is withheld', async () => {
    const links = [link({ psRequestId: 'r2' })];
    expect(await find(issue('1', 'PSD-1', 'PSR-99999'), links, [], ['PSR-99999'])).toBeNull();
    const gone = [link({ psRequestId: 'gone' }), ...links];
    expect(await find(issue('1', 'PSD-1', null), gone, [], ['gone'])).toBeNull();
    expect(await find(issue('1', 'PSD-1', null), null, [request('r9')])).toBeNull();
  });

  it.each(['PSR-00001', ' psr-1 ', 'see PSR-00001', 'PSR-00001, psr-1'])('takes the number out of %j', async (text) => {
    expect(await find(issue('1', 'PSD-1', text))).toMatchObject({ salesforceId: 'r1' });
  });

  it('takes a Salesforce id as well', async () => {
    expect(await find(issue('1', 'PSD-1', 'a0R000000000001AAA'))).toMatchObject({ salesforceId: 'r3' });
  });

  it.each([null, '', 'PSR-99999', 'PSR-1 and PSR-2', 'soon'])('goes by links when the field says %j', async (text) => {
    const links = [link({ psRequestId: null }), link({ psRequestId: 'gone' }), link({ psRequestId: 'r2' })];
    expect(await find(issue('1', 'PSD-1', text), links, [request('r9')])).toMatchObject({ salesforceId: 'r2' });
  });

  it('goes by the primary key when no link names the issue, and else is null', async () => {
    expect(await find(issue('1', 'PSD-1', null), [], [request('r9')])).toMatchObject({ salesforceId: 'r9' });
    expect(await find(issue('1', 'PSD-1', null))).toBeNull();
  });

  it('goes by what still holds a former key of a moved issue, but the present key comes first', async () => {
    const moved = (...formerKeys: string[]) => ({ ...issue('1', 'PSD-1', null), formerKeys });
    expect(await find(moved('OLD-3', 'OLD-1'))).toMatchObject({ salesforceId: 'r2' });
    expect(await find(moved('OLD-2'))).toMatchObject({ salesforceId: 'r8' });
    expect(await find(moved('OLD-1'), [link({ psRequestId: 'a0R000000000001AAA' })])).toMatchObject({
      salesforceId: 'r3',
    });
    expect(await find(moved('OLD-2'), [], [request('r9')])).toMatchObject({ salesforceId: 'r9' });
    const unknown = { ...issue('1', 'PSD-1', null), formerKeys: down };
    expect(await find(unknown, [], [request('r9')])).toMatchObject({ salesforceId: 'r9' });
  });

  it('says that the field is unavailable only when nothing else names a request', async () => {
    const hidden = new GatewayError('FIELD_UNAVAILABLE', 'Hidden.', { source: 'JIRA' });
    expect(await find(issue('1', 'PSD-1', hidden), [link({ psRequestId: 'r2' })])).toMatchObject({
      salesforceId: 'r2',
    });
    expect(await find(issue('1', 'PSD-1', hidden))).toBe(hidden);
  });
});

describe('psRequestNamedIn', () => {
  it.each(['XPSR-1', 'a0R', 'not an id at all', 'PSR-', 'PSR-12345678901'])('finds no request in %j', (text) => {
    expect(psRequestNamedIn(text)).toBeNull();
  });
});

describe('psRequestByStoredNumber', () => {
  it('loads null for what is no number, without asking', async () => {
    const asked: string[] = [];
    const { psRequestByStoredNumber } = createLinkLoaders({
      salesforce: {
        psRequestByNumber: {
          load: async (number) => {
            asked.push(number);
            return request('r1');
          },
        },
      },
    });
    const asking = { selection: emptySelection, args: {} };
    expect(await psRequestByStoredNumber.load('psr-7', asking)).toMatchObject({ salesforceId: 'r1' });
    expect(await psRequestByStoredNumber.load('seven', asking)).toBeNull();
    expect(asked).toEqual(['PSR-00007']);
  });
});
