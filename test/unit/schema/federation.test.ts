import { graphql, isObjectType, parse, visit } from 'graphql';
import { expect, test } from 'vitest';
import { buildSchema, readSchemaDocuments } from '../../../src/gateway/schema.ts';

const schema = buildSchema(readSchemaDocuments(), []);

async function publishedSdl(): Promise<string> {
  const answer = await graphql({ schema, source: '{ _service { sdl } }' });
  expect(answer.errors).toBeUndefined();
  return (answer.data as { _service: { sdl: string } })._service.sdl;
}

test('every record with a global id is an entity that other services can extend by it', async () => {
  const entities = new Map<string, string[]>();
  visit(parse(await publishedSdl()), {
    ObjectTypeDefinition(node) {
      const keys = node.directives
        ?.filter((directive) => directive.name.value === 'key')
        .map((directive) => directive.arguments?.find((argument) => argument.name.value === 'fields')?.value)
        .map((value) => (value?.kind === 'StringValue' ? value.value : ''));
      if (keys?.length) entities.set(node.name.value, keys);
    },
  });
  const nodes = Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && type.getInterfaces().some((one) => one.name === 'Node'))
    .map((type) => type.name);
  expect([...entities.keys()].sort()).toEqual(nodes.sort());
  expect([...entities.values()].every((keys) => keys.includes('id'))).toBe(true);
  expect(entities.get('PsRequest')).toEqual(['id', 'salesforceId', 'number']);
  expect(entities.get('JiraUser')).toEqual(['id', 'accountId']);
});

test('the published SDL keeps the access rules, and asks composition to keep them too', async () => {
  const sdl = await publishedSdl();
  expect(sdl).toContain('@composeDirective(name: "@requiresRole")');
  expect(sdl).toMatch(/validationTrend[^@]*@requiresRole\(role: ANALYST\)/);
  expect(sdl).toMatch(/submitAssessments[^@]*@requiresRole\(role: OPERATOR\)/);
});
