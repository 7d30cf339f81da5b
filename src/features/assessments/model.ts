import type { Connection } from '../../platform/connection.ts';
import type { GatewayError } from '../../platform/errors.ts';

/** A mentor as resolvers get it. The counts are there only when the operation asks for them. */
export interface MentorModel {
  readonly id: string;
  /** `mentors.id`, the key of the edge `Mentor.assessments`. */
  readonly nativeId: string;
  readonly name: string;
  /** An error when the key that sealed it is not at hand. */
  readonly email: string | GatewayError;
  readonly active: boolean;
  /** Requests that are assigned to the mentor for assessment. */
  readonly assignedCount?: number;
  /** Assigned requests that the mentor has not assessed yet. */
  readonly openAssessmentCount?: number;
}

export type MentorConnectionModel = Connection<MentorModel>;

export interface AssessmentModel {
  readonly id: string;
  /** `assessments.id`. */
  readonly nativeId: string;
  /** `mentors.id`, the key of the edge `Assessment.mentor`. */
  readonly mentorId: string;
  /** `PSR-00042`, the key of the edge `Assessment.psRequest`. */
  readonly psRequestNumber: string;
  /** 1 (poor) to 5 (excellent). */
  readonly score: number;
  readonly comment: string | null;
  /** RFC 3339, UTC. */
  readonly assessedAt: string;
  /** 1 when first stored, one more with every later submission for the same request by the same mentor. */
  readonly version: number;
}

export type AssessmentConnectionModel = Connection<AssessmentModel>;
