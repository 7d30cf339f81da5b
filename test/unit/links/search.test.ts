import { describe, expect, it } from 'vitest';
import { type SearchLoaders, searchEverything } from '../../../src/links/search.ts';
import type { SearchHit } from '../../../src/links/search-order.ts';
import { GatewayError } from '../../../src/platform/errors.ts';
import { emptySelection } from '../../../src/platform/selection.ts';
import type { JiraIssueModel } from '../../../src/sources/jira/model.ts';
import type { AccountModel, ProjectModel, PsRequestModel } from '../../../src/sources/salesforce/model.ts';

const request = (number: string): PsRequestModel => ({
  __typename: 'PsRequest',
  id: number,
  salesforceId: number,
  number,
});
const account = (name: string): AccountModel => ({ __typename: 'Account', id: `a:${name}`, salesforceId: name, name });
const project = (name: string): ProjectModel => ({ __typename: 'Project', id: `p:${name}`, salesforceId: name, name });
const issue = (key: string, summary: string): JiraIssueModel => ({
  __typename: 'JiraIssue',
  id: key,
  issueId: key,
  key,
  url: '',
  summary,
});
const failing = (source: 'SALESFORCE' | 'JIRA') =>
  new GatewayError('UPSTREAM_UNAVAILABLE', `${source} is down.`, { source });

interface Found {
  requests?: PsRequestModel[];
  accounts?: AccountModel[];
  projects?: ProjectModel[];
  issues?: JiraIssueModel[];
  salesforceFails?: Error;
  jiraFails?: Error;
  unreadable?: GatewayError[];
  withheld?: boolean;
  onStale?: 'FAIL' | 'NULL';
}

function search(text: string, found: Found = {}, first?: number) {
  const calls: string[] = [];
  const answer = async <Answer>(name: string, given: Answer, failure: Error | undefined): Promise<Answer> => {
    calls.push(name);
    if (failure) throw failure;
    return given;
  };
  const { salesforceFails, jiraFails } = found;
  const loaders: SearchLoaders = {
    salesforce: {
      psRequestByNumber: {
        load: (number) =>
          answer(`number ${number}`, found.requests?.find((one) => one.number === number) ?? null, salesforceFails),
      },
      searchPsRequests: () => answer('requests', found.requests ?? [], salesforceFails),
      searchAccounts: () => answer('accounts', found.accounts ?? [], salesforceFails),
      searchProjects: () => answer('projects', found.projects ?? [], salesforceFails),
    },
    jira: {
      issueByKey: {
        load: (key) => answer(`key ${key}`, found.issues?.find((one) => one.key === key) ?? null, jiraFails),
      },
      searchIssues: () =>
        answer(
          'issues',
          found.withheld ? null : { issues: found.issues ?? [], unreadable: found.unreadable ?? [] },
          jiraFails,
        ),
    },
  };
  const { onStale } = found;
  const asked = { text, first, selectionOf: () => emptySelection, ...(onStale ? { demand: { onStale } } : {}) };
  const outcome = searchEverything(asked, loaders, { issue: () => found.withheld === true, request: () => false });
  const shown = async () => (await outcome) ?? { hits: [], failures: [] };
  return { calls, outcome, shown };
}
const nameOf = (hit: SearchHit) => ('key' in hit ? hit.key : hit.__typename === 'PsRequest' ? hit.number : hit.name);

describe('search', () => {
  it('puts what is called exactly so first, then beginnings, then words, then the rest', async () => {
    const { hits } = await search('north', {
      accounts: [account('The far north'), account('Northwind'), account('unnorthly')],
      projects: [project('North')],
      issues: [issue('PSD-1', 'northern lights')],
    }).shown();
    expect(hits.map(nameOf)).toEqual(['North', 'Northwind', 'PSD-1', 'The far north', 'unnorthly']);
  });

  it('looks a number and a key up as well, and shows a hit once', async () => {
    const byNumber = search('psr-42', { requests: [request('PSR-00042'), request('PSR-00421')] });
    expect((await byNumber.shown()).hits.map(nameOf)).toEqual(['PSR-00042', 'PSR-00421']);
    expect(byNumber.calls).toContain('number PSR-00042');
    const byKey = search(' psd-7 ', { issues: [issue('PSD-70', 'about psd-7'), issue('PSD-7', 'x')] });
    expect((await byKey.shown()).hits.map(nameOf)).toEqual(['PSD-7', 'PSD-70']);
    expect(byKey.calls).toContain('key PSD-7');
  });

  it('lets the sources take turns among equal hits', async () => {
    const { hits } = await search(
      'x',
      { requests: ['1', '2', '3'].map(request), accounts: ['a', 'b', 'c'].map(account), issues: [issue('K-1', 's')] },
      4,
    ).shown();
    expect(hits.map(nameOf)).toEqual(['1', 'a', 'K-1', '2']);
  });

  it.each(['SALESFORCE', 'JIRA'] as const)('answers without %s and names it once', async (source) => {
    const failure = failing(source);
    const { hits, failures } = await search('psd-7', {
      accounts: [account('a')],
      issues: [issue('PSD-7', 's')],
      ...(source === 'JIRA' ? { jiraFails: failure } : { salesforceFails: failure }),
    }).shown();
    expect(hits.map(nameOf)).toEqual([source === 'JIRA' ? 'a' : 'PSD-7']);
    expect(failures).toEqual([failure]);
  });

  it('fails instead of saying that there is nothing while a source is missing, or where nothing may be missing', async () => {
    const failure = failing('JIRA');
    await expect(search('x', { jiraFails: failure }).outcome).rejects.toBe(failure);
    const accounts = [account('x')];
    await expect(search('x', { accounts, jiraFails: failure, onStale: 'FAIL' }).outcome).rejects.toBe(failure);
  });

  it('names the reason when a hit could not be read, and is null when some are withheld', async () => {
    const failure = failing('JIRA');
    const accounts = [account('x')];
    expect(await search('x', { accounts, unreadable: [failure] }).outcome).toMatchObject({ failures: [failure] });
    expect(await search('x', { accounts, withheld: true, onStale: 'NULL' }).outcome).toBeNull();
  });

  it('fails when no source could be searched, and lets a defect through', async () => {
    const both = { salesforceFails: failing('SALESFORCE'), jiraFails: failing('JIRA') };
    await expect(search('x', both).outcome).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await expect(search('x', { jiraFails: new TypeError('defect') }).outcome).rejects.toThrow(TypeError);
  });

  it.each([
    ['a blank text', '   ', undefined],
    ['a text without letter or digit', '"\\%', undefined],
    ['a long text', 'x'.repeat(201), undefined],
    ['no hits', 'x', 0],
    ['too many hits', 'x', 51],
  ])('refuses %s without a call', async (_name, text, first) => {
    const { calls, outcome } = search(text, {}, first);
    await expect(outcome).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(calls).toEqual([]);
  });
});
