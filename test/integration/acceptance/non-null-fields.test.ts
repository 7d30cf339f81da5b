import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { startTestGateway } from '../../support/gateway.ts';

test('a rule that can not be read costs only the fields of PostgreSQL, although a result without its rule can not be', async () => {
  const document = `{
    psRequests(first: 20, orderBy: { field: NUMBER, direction: ASC }) {
      nodes { number jiraIssues { key } validationResults { message rule { name enabled } } }
    }
    validationRuns(first: 1) { nodes { status results(first: 2) { nodes { message rule { name } } } } }
    mentors(first: 1) { nodes { name } }
  }`;
  const other = await startTestGateway();
  const healthy = await other.query(document);
  await other.close();
  expect(healthy.errors).toEqual([]);

  // A gateway that has answered nothing yet, so that nothing it may remember helps it.
  const gateway = await startTestGateway();
  onTestFinished(() => gateway.close());

  const client = new pg.Client({ connectionString: gateway.database?.superuserUrl });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query('begin; lock table validation_configurations in access exclusive mode');
  const { status, data, errors } = await gateway.query(document);
  await client.query('rollback');

  expect(status).toBe(200);
  const withResults = (node: { validationResults: unknown[] }) => node.validationResults.length > 0;
  const nodes = healthy.data.psRequests.nodes as { validationResults: unknown[] }[];
  expect(nodes.some(withResults)).toBe(true);
  expect(data.psRequests.nodes).toEqual(
    nodes.map((node) => ({ ...node, validationResults: withResults(node) ? null : [] })),
  );
  expect(data.mentors).toEqual(healthy.data.mentors);
  expect(data.validationRuns.nodes).toEqual([{ status: healthy.data.validationRuns.nodes[0].status, results: null }]);
  // One error for each list or page that fell.
  expect(errors).toHaveLength(nodes.filter(withResults).length + 1);
  for (const { path, extensions } of errors) {
    expect(path?.at(-1)).toBe('rule');
    expect(extensions.source).toBe('POSTGRES');
  }
});
