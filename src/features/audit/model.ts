import type { ActivityRow, TimeFrame } from '../../generated/graphql.ts';
import type { Connection } from '../../platform/connection.ts';
import type { AuditOutcome } from './event.ts';

/** An entry as resolvers get it, with what its pseudonyms stand for. */
export interface AuditEntryModel {
  readonly id: string;
  readonly sequence: number;
  readonly action: string;
  readonly actions: string[];
  readonly resourceType: string | null;
  readonly resourceId: string | null;
  readonly outcome: AuditOutcome;
  readonly actor: string | null;
  readonly actorName: string | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly details: Record<string, unknown> | null;
  readonly requestId: string | null;
  /** RFC 3339, UTC. */
  readonly occurredAt: string;
  readonly createdAt: string;
}

export type AuditEntryConnectionModel = Connection<AuditEntryModel>;

export interface ActivityReportModel {
  readonly timeFrame: TimeFrame;
  readonly rows: ActivityRow[];
  readonly activeUsers: number;
}
