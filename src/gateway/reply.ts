import type { ForwardReason } from '../cache/responses/answer-headers.ts';
import type { ServedAnswer } from '../cache/responses/response-cache.ts';

/** An answer ready to be sent. */
export type Reply =
  | {
      readonly kind: 'stored';
      readonly served: Extract<ServedAnswer, { kind: 'stored' }>;
      readonly contentType: string;
      readonly isSignedIn: boolean;
      readonly reason: ForwardReason;
      readonly nowMs: number;
    }
  | {
      readonly kind: 'executed';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      /** Some of the data in it was no longer fresh. */
      readonly isStale: boolean;
      /** It was executed for an earlier request. */
      readonly isRepeated: boolean;
    };

/** How the route has operations executed. */
export interface Executions {
  /** Aborts when who asked has left. */
  readonly signal: AbortSignal;
  /** Begins an execution that somebody waits for, if there is room for one, and puts it under the operation's deadline. */
  attended(begin: () => Promise<Reply>): Promise<Reply>;
  /** Begins one that nobody waits for, once the answer under way had its turn; where there is no room, not at all. Charged to nobody. */
  unattended(begin: (signal: AbortSignal) => Promise<void>): void;
}
