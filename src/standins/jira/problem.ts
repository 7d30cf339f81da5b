import type { StandInAnswer } from '../kit/exchange.ts';

/** A refusal in Jira's own shape: an ErrorCollection with its status. */
export class JiraProblem extends Error {
  readonly status: number;
  readonly errorMessages: readonly string[];
  readonly errors: Readonly<Record<string, string>>;

  constructor(status: number, errorMessages: readonly string[], errors: Readonly<Record<string, string>> = {}) {
    super([...errorMessages, ...Object.values(errors)].join(' '));
    this.name = 'JiraProblem';
    this.status = status;
    this.errorMessages = errorMessages;
    this.errors = errors;
  }

  toAnswer(): StandInAnswer {
    return { status: this.status, body: { errorMessages: this.errorMessages, errors: this.errors } };
  }
}

export const invalidPayload = () =>
  new JiraProblem(400, ['Invalid request payload. Refer to the REST API documentation and try again.']);

/** The same answer whether the issue never existed or the caller may not see it. */
export const issueNotFound = () =>
  new JiraProblem(404, ['Issue does not exist or you do not have permission to see it.']);
