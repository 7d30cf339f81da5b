import { rowIdOf } from '../../platform/database-ids.ts';
import { badUserInput, type GatewayError } from '../../platform/errors.ts';
import { parseGlobalId } from '../../platform/global-id.ts';
import { hashOfRequest } from '../../platform/idempotency.ts';

/** One assessment as a client sends it. */
export interface SubmittedAssessment {
  readonly mentorId: string;
  readonly psRequestNumber: string;
  readonly score: number;
  readonly comment?: string | null | undefined;
}

/** One assessment after checking, in the names that the statement reads. */
export interface CheckedAssessment {
  readonly index: number;
  readonly mentor_id: number;
  readonly ps_request_number: string;
  readonly score: number;
  readonly comment: string | null;
}

export interface Problem {
  readonly index: number;
  readonly field: 'mentorId' | 'psRequestNumber' | 'score' | 'comment';
  readonly message: string;
}

const MAX_SUBMITTED = 1_000;
const MIN_SCORE = 1;
const MAX_SCORE = 5;
const MAX_COMMENT_CHARACTERS = 4_000;

/** Checks what can be checked without the database. Throws BAD_USER_INPUT when the list itself is not acceptable. */
export function checkSubmission(submitted: readonly SubmittedAssessment[]): {
  readonly checked: readonly CheckedAssessment[];
  readonly problems: readonly Problem[];
} {
  if (submitted.length < 1 || submitted.length > MAX_SUBMITTED) {
    const advice = submitted.length > MAX_SUBMITTED ? ' Send the rest in another submission.' : '';
    throw badUserInput(
      `\`assessments\` holds ${submitted.length} assessments, but must hold between 1 and ${MAX_SUBMITTED}.${advice}`,
      { argument: 'input.assessments' },
    );
  }
  const firstIndexOf = new Map<string, number>();
  const problems: Problem[] = [];
  const checked = submitted.map((assessment, index): CheckedAssessment => {
    const mentorId = rowIdOfMentor(assessment.mentorId);
    const pair = `${mentorId} ${assessment.psRequestNumber}`;
    const first = firstIndexOf.get(pair);
    problems.push(...problemsOf(assessment, mentorId, index));
    if (first === undefined) firstIndexOf.set(pair, index);
    else if (mentorId !== null) {
      const message = `the same mentor and request as assessment ${first}; send each pair once`;
      problems.push({ index, field: 'psRequestNumber', message });
    }
    return {
      index,
      mentor_id: mentorId ?? 0,
      ps_request_number: assessment.psRequestNumber,
      score: assessment.score,
      comment: assessment.comment ?? null,
    };
  });
  return { checked, problems };
}

function rowIdOfMentor(id: string): number | null {
  const parsed = parseGlobalId(id);
  return parsed?.type === 'Mentor' ? rowIdOf(parsed.nativeId) : null;
}

function problemsOf(assessment: SubmittedAssessment, mentorId: number | null, index: number): Problem[] {
  const problems: Problem[] = [];
  if (mentorId === null) {
    const message = 'not the id of a mentor; pass the `id` of a Mentor as this graph returned it';
    problems.push({ index, field: 'mentorId', message });
  }
  if (!/^PSR-[0-9]{5,9}$/.test(assessment.psRequestNumber)) {
    const message = 'not the number of a request; write it like PSR-00042';
    problems.push({ index, field: 'psRequestNumber', message });
  }
  if (assessment.score < MIN_SCORE || assessment.score > MAX_SCORE) {
    const message = `${assessment.score} is not a score from ${MIN_SCORE} to ${MAX_SCORE}`;
    problems.push({ index, field: 'score', message });
  }
  const comment = assessment.comment ?? '';
  if (lengthInCharacters(comment) > MAX_COMMENT_CHARACTERS) {
    const message = `longer than ${MAX_COMMENT_CHARACTERS} characters`;
    problems.push({ index, field: 'comment', message });
  } else if (comment.includes('\0') || !comment.isWellFormed()) {
    // PostgreSQL can hold neither in a text.
    const message = 'holds a NUL character or half of a surrogate pair, which can not be stored; remove it';
    problems.push({ index, field: 'comment', message });
  }
  return problems;
}

/** Code points, as PostgreSQL counts them. */
function lengthInCharacters(text: string): number {
  return text.length <= MAX_COMMENT_CHARACTERS ? text.length : [...text].length;
}

/** The refusal of a submission: every problem is in `details`, the first few are in the message too. */
export function refusal(problems: readonly Problem[]): GatewayError {
  const sorted = problems.toSorted((left, right) => left.index - right.index);
  const shown = sorted.slice(0, 5).map(({ index, field, message }) => `assessments[${index}].${field}: ${message}`);
  const more =
    sorted.length > shown.length ? ` (and ${sorted.length - shown.length} more, all in \`extensions.problems\`)` : '';
  return badUserInput(`Nothing was stored, because of ${shown.join('; ')}${more}. Mend them and submit all again.`, {
    argument: 'input.assessments',
    problems: sorted,
  });
}

/** What makes two submissions the same: every value and their order. */
export function hashOfSubmission(checked: readonly CheckedAssessment[]): string {
  const values = checked.map((one) => [one.mentor_id, one.ps_request_number, one.score, one.comment]);
  return hashOfRequest(values);
}
