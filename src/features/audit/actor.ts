import type { Pseudonyms } from './pseudonyms.ts';

/** Whom entries are about, and where they came from. Made once per request. */
export interface AuditActor {
  readonly tenant: string;
  /** The token's subject; null for someone who could not be told. */
  readonly actorId: string | null;
  readonly actorName: string | null;
  /** IP address of the peer. */
  readonly address: string | null;
  readonly userAgent: string | null;
  /** See `Pseudonyms.ofRequest`: it is in the chain for good. */
  readonly requestId: string | null;
  readonly sessionId: string | null;
  /** What the client calls itself. May be any text, so it leaves the process as a pseudonym too. */
  readonly client: string | null;
  /** True where the client is the gateway or a command of its own, whose name may be read. */
  readonly isGateway?: boolean;
  /** What makes entries of it: names and addresses leave the process as pseudonyms and sealed. */
  readonly pseudonyms: Pseudonyms;
}
