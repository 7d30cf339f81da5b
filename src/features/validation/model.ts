import type { Severity, TimeFrame, ValidationRunStatus, ValidationStatus } from '../../generated/graphql.ts';
import type { Connection } from '../../platform/connection.ts';

/** A rule: its definition in code merged with the tenant's configuration. `id` is the rule's own id, `R1` … `R12`. */
export interface ValidationRuleModel {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly severity: Severity;
  readonly enabled: boolean;
  readonly config: Record<string, unknown>;
}

export interface ValidationRunModel {
  readonly id: string;
  /** `validation_runs.id`, the key of the edge `ValidationRun.results`. */
  readonly nativeId: string;
  readonly status: ValidationRunStatus;
  readonly timeFrame: TimeFrame;
  /** Ids of the rules that the run applied, read by the resolver of `ValidationRun.rules`. */
  readonly ruleIds: readonly string[];
  readonly totalRecords: number;
  readonly validRecords: number;
  readonly invalidRecords: number;
  readonly processedRecords: number;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly completedAt: string | null;
  readonly startedBy: string | null;
}

export type ValidationRunConnectionModel = Connection<ValidationRunModel>;

export interface ValidationResultModel {
  readonly id: string;
  /** `validation_results.id`. */
  readonly nativeId: string;
  /** The key of the edge `ValidationResult.rule`. */
  readonly ruleId: string;
  readonly status: ValidationStatus;
  readonly message: string;
  readonly details: Record<string, unknown> | null;
  /** RFC 3339, UTC. */
  readonly executedAt: string;
  /** 18-character Salesforce id, the key of the edge `ValidationResult.psRequest`. */
  readonly recordId: string;
  readonly recordName: string | null;
}

export type ValidationResultConnectionModel = Connection<ValidationResultModel>;
