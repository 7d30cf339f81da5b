import { JQLSyntaxError } from '@atlassianlabs/jql-ast';
import { JiraProblem } from './problem.ts';

/** What is wrong with a statement; Jira reports all semantic errors of a statement at once. */
export class JqlErrors {
  readonly #messages: string[] = [];

  add(message: string): void {
    if (!this.#messages.includes(message)) this.#messages.push(message);
  }

  throwIfAny(): void {
    if (this.#messages.length > 0) throw new JiraProblem(400, this.#messages);
  }
}

/** The first syntax error in Jira's words; the parser's own are ANTLR's. */
export function syntaxProblem(jql: string, error: Error): JiraProblem {
  const offset = error instanceof JQLSyntaxError ? error.start : 0;
  const before = jql.slice(0, offset).split('\n');
  const position = `(line ${before.length}, character ${(before.at(-1)?.length ?? 0) + 1})`;
  const token = /^(?:"[^"]*"?|'[^']*'?|[^\s()=!<>~,"']+|.)/.exec(jql.slice(offset).trimStart())?.[0];
  if (token === undefined) {
    return new JiraProblem(400, [
      `Error in the JQL Query: The query ends where a field, an operator or a value is expected. ${position}`,
    ]);
  }
  return new JiraProblem(400, [
    `Error in the JQL Query: Unexpected '${token}'. If it belongs to a value or a field name, surround the whole in quotation marks. ${position}`,
  ]);
}
