import type { StandInAnswer } from '../kit/exchange.ts';

export interface ErrorEntry {
  readonly message: string;
  readonly errorCode: string;
  readonly fields?: readonly string[];
}

/** A request that Salesforce refuses; becomes the body `[{message, errorCode, fields?}]` with its status. */
export class Refusal extends Error {
  readonly status: number;
  readonly entry: ErrorEntry;

  constructor(status: number, errorCode: string, message: string, fields?: readonly string[]) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.entry = { message, errorCode, ...(fields === undefined ? {} : { fields }) };
  }

  toAnswer(): StandInAnswer {
    return { status: this.status, body: [this.entry] };
  }
}

export function notFound(): Refusal {
  return new Refusal(404, 'NOT_FOUND', 'The requested resource does not exist');
}

export function malformedQuery(message: string): Refusal {
  return new Refusal(400, 'MALFORMED_QUERY', message);
}

export function invalidField(message: string): Refusal {
  return new Refusal(400, 'INVALID_FIELD', message);
}
