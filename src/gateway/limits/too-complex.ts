import { GatewayError } from '../../platform/errors.ts';

/** One limit that a document breaks: what is counted, what it came to, and what may be done about it. */
export interface BrokenLimit {
  /** Name for programs. Example: `depth`. */
  readonly limit: string;
  /** What the document has; a lower bound where counting stopped. */
  readonly value: number;
  readonly max: number;
  /** What is counted, as it reads after `The operation has 20`. */
  readonly what: string;
  /** Instead of `has`. */
  readonly verb?: string;
  readonly advice: string;
}

/** The refusal of a document that asks for too much. */
export function tooComplex({ limit, value, max, what, verb = 'has', advice }: BrokenLimit): GatewayError {
  const count = value.toLocaleString('en-US');
  const message = `The operation ${verb} ${count} ${what}; at most ${max.toLocaleString('en-US')} are allowed. ${advice}`;
  return new GatewayError('OPERATION_TOO_COMPLEX', message, { details: { limit, value, max } });
}

/** Thrown inside a walk to end it; becomes `tooComplex` where the request is answered. */
export class LimitBroken extends Error {
  readonly broken: BrokenLimit;
  constructor(broken: BrokenLimit) {
    super(broken.what);
    this.broken = broken;
  }
}
