import { readFileSync } from 'node:fs';
import { Kind, type ObjectTypeDefinitionNode, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../../src/platform/errors.ts';
import { createLogger } from '../../../../src/platform/log.ts';
import { CustomFields } from '../../../../src/sources/jira/custom-fields.ts';
import { jiraEdges } from '../../../../src/sources/jira/edges.ts';
import { issueFields } from '../../../../src/sources/jira/fields.ts';
import { toCommentModel, toProjectModel, toUserModel } from '../../../../src/sources/jira/model.ts';

const sdl = parse(readFileSync(new URL('../../../../schema/jira.graphql', import.meta.url), 'utf8'));

function fieldsOf(typeName: string): string[] {
  const type = sdl.definitions.find(
    (definition): definition is ObjectTypeDefinitionNode =>
      definition.kind === Kind.OBJECT_TYPE_DEFINITION && definition.name.value === typeName,
  );
  const edges = new Set(jiraEdges.filter((edge) => edge.type === typeName).map(({ field }) => field));
  return (type?.fields ?? []).map(({ name }) => name.value).filter((name) => !edges.has(name));
}

describe('the field map of Jira', () => {
  it('has one line for every field of the schema, and none for a field that is not there', () => {
    expect(Object.keys(issueFields).toSorted()).toEqual(
      [...fieldsOf('JiraIssue'), 'psRequestNumber', 'formerKeys'].toSorted(),
    );
    const modelled = (model: object | null) =>
      Object.keys(model ?? {})
        .filter((name) => name !== '__typename')
        .toSorted();
    const user = { accountId: 'u' };
    expect(modelled(toUserModel(user))).toEqual(fieldsOf('JiraUser').toSorted());
    expect(modelled(toProjectModel({ id: '1', key: 'A', lead: null }))).toEqual(fieldsOf('JiraProject').toSorted());
    const comment = { id: '1', author: user, body: 'x', created: '2026-01-01T00:00:00.000+0000' };
    expect(modelled(toCommentModel(comment))).toEqual(fieldsOf('JiraComment').toSorted());
  });
});

describe('custom fields', () => {
  const all = [
    { id: 'environment', name: 'Environment', custom: false },
    { id: 'customfield_1', name: 'PS Request', custom: true },
    { id: 'customfield_2', name: 'environment ', custom: true },
    { id: 'customfield_3', name: 'Release version', custom: true },
    { id: 'customfield_4', name: 'Go-live date', custom: true },
  ];
  const none = { psRequest: null, environment: null, releaseVersion: null, goLiveDate: null };
  const discover = async (fields: typeof all, configured: Partial<Record<keyof typeof none, string>> = {}) => {
    const lines: string[] = [];
    const custom = new CustomFields({
      configured: { ...none, ...configured },
      readFields: async () => ({ fields, isCurrent: true }),
      log: createLogger('info', { write: (line) => lines.push(line) }),
    });
    await custom.discover();
    return { custom, lines };
  };

  it('are found by name, past system fields of the same name', async () => {
    const { custom } = await discover(all);
    expect(custom.idOf('environment')).toBe('customfield_2');
    expect(custom.idOf('psRequest')).toBe('customfield_1');
    expect(custom.problems).toEqual([]);
  });

  it('are reported by name in the log when Jira shows none, and are FIELD_UNAVAILABLE', async () => {
    const { custom, lines } = await discover(all.slice(0, 3));
    expect(custom.idOf('goLiveDate')).toMatchObject({ code: 'FIELD_UNAVAILABLE', details: { field: 'Go-live date' } });
    expect(lines.join()).toContain('Go-live date');
    expect(custom.problems).toHaveLength(2);
  });

  it('demand a setting when several have the name', async () => {
    const twice = [...all, { id: 'customfield_9', name: 'PS Request', custom: true }];
    const { custom } = await discover(twice);
    expect(custom.idOf('psRequest')).toBeInstanceOf(GatewayError);
    expect(custom.problems[0]).toMatch(/JIRA_FIELD_PS_REQUEST/);
    expect((await discover(twice, { psRequest: 'customfield_9' })).custom.idOf('psRequest')).toBe('customfield_9');
  });

  it('are reported when a setting names a field that Jira does not show', async () => {
    const { custom } = await discover(all, { psRequest: 'customfield_404' });
    expect(custom.idOf('psRequest')).toMatchObject({ code: 'FIELD_UNAVAILABLE' });
  });

  it('are looked for again in the background while Jira is down', async () => {
    let attempts = 0;
    const custom = new CustomFields({
      configured: none,
      readFields: async () => {
        attempts += 1;
        if (attempts < 3) throw new GatewayError('UPSTREAM_UNAVAILABLE', 'down', { source: 'JIRA' });
        return { fields: all, isCurrent: true };
      },
      log: createLogger('silent'),
      firstPauseMs: 5,
    });
    await custom.discover();
    expect(custom.idOf('psRequest')).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await expect.poll(() => custom.idOf('psRequest')).toBe('customfield_1');
    custom.close();
  });
});
