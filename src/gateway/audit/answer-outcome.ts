import type { AuditOutcome } from '../../features/audit/event.ts';

/** How an answer ended, as far as its errors tell. */
export interface AnswerOutcome {
  /** False: the operation was refused as a whole. */
  readonly hasData: boolean;
  /** Codes of its errors, each once; none for most answers. */
  readonly codes: readonly string[];
  /** By root field, its key in the answer: the codes of the errors beneath it. */
  readonly codesByField: ReadonlyMap<string, readonly string[]>;
  /** Root fields, by their key in the answer, of which an answer with errors shows nothing. */
  readonly emptyFields: ReadonlySet<string>;
}

interface AnsweredError {
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string };
}

const MAX_CODES = 20;
const GOOD: AnswerOutcome = { hasData: true, codes: [], codesByField: new Map(), emptyFields: new Set() };

/** Apollo writes `errors` before `data`, and leaves it out when there are none; so hardly any body has to be read. */
export function outcomeOfAnswer(body: string): AnswerOutcome {
  if (body.startsWith('{"data":{')) return GOOD;
  const { data, errors = [] } = JSON.parse(body) as {
    readonly data?: Readonly<Record<string, unknown>> | null;
    readonly errors?: readonly AnsweredError[];
  };
  const byField = Map.groupBy(errors, ({ path }) => String(path?.[0] ?? ''));
  return {
    hasData: data !== undefined && data !== null,
    codes: codesOf(errors),
    codesByField: new Map([...byField].map(([field, own]) => [field, codesOf(own)])),
    emptyFields: new Set(Object.keys(data ?? {}).filter((field) => data?.[field] === null)),
  };
}

/** One refused field makes an operation one that was denied something. */
export function outcomeOfCodes(codes: readonly string[], isWhole: boolean): AuditOutcome {
  if (codes.some((code) => DENIALS.has(code))) return 'DENIED';
  return isWhole && codes.length > 0 ? 'FAILED' : 'ALLOWED';
}

const DENIALS: ReadonlySet<string> = new Set([
  'FORBIDDEN',
  'UNAUTHENTICATED',
  'OPERATION_TOO_COMPLEX',
  'RATE_LIMITED',
  'DOCUMENT_NOT_TRUSTED',
]);

function codesOf(errors: readonly AnsweredError[]): readonly string[] {
  return [...new Set(errors.map(({ extensions }) => extensions?.code ?? 'UNKNOWN'))].slice(0, MAX_CODES);
}
