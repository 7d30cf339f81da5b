import { readdirSync, readFileSync } from 'node:fs';
import type { RoleName } from '../../src/platform/settings.ts';

const directory = new URL('../../examples/', import.meta.url);

/** What one operation may cost, cold. */
export interface CallBudget {
  /** Billed calls. */
  readonly salesforce: number;
  readonly jira: number;
  /** Calls as a plan and a receipt count them: round trips, each of one statement or of several that go together. */
  readonly postgres: number;
}

/** A file of `examples/`: the operation and what its head comment says of it. */
export interface Example {
  readonly name: string;
  readonly document: string;
  readonly role: RoleName;
  readonly budget: CallBudget;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Every example; one whose head comment misses its role or budget is an error. */
export function readExamples(): readonly Example[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.graphql'))
    .sort()
    .map((file) => readExample(file));
}

function readExample(file: string): Example {
  const document = readFileSync(new URL(file, directory), 'utf8');
  const role = /^# role: (VIEWER|ANALYST|OPERATOR|ADMIN)$/m.exec(document)?.[1] as RoleName | undefined;
  const budget = /^# budget: salesforce=(\d+) jira=(\d+) postgres=(\d+)$/m.exec(document);
  if (!role || !budget) {
    throw new Error(
      `examples/${file} needs head comments "# role: VIEWER" and "# budget: salesforce=2 jira=1 postgres=0".`,
    );
  }
  const variables = /^# variables: (\{.*\})$/m.exec(document)?.[1] ?? '{}';
  return {
    name: file.replace(/\.graphql$/, ''),
    document,
    role,
    budget: { salesforce: Number(budget[1]), jira: Number(budget[2]), postgres: Number(budget[3]) },
    variables: JSON.parse(variables) as Record<string, unknown>,
  };
}
