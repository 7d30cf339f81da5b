import DataLoader from 'dataloader';
import {
  type Connection,
  type Page,
  type PageArguments,
  parseCursor,
  parsePage,
  toConnection,
  toCursor,
} from '../../platform/connection.ts';
import type { Databases } from '../../platform/database.ts';
import { malformedCursor, parseRowCursor, rowIdOf } from '../../platform/database-ids.ts';
import type { EdgeLoader, EdgeRequest } from '../../platform/edges.ts';
import { GatewayError } from '../../platform/errors.ts';
import { createKeyedLoader, loadByRowId } from '../../platform/keyed-loader.ts';
import type { RequestScope } from '../../platform/request-scope.ts';
import type { Sealer } from '../../platform/sealing/sealer.ts';
import type { AssessmentConnectionModel, AssessmentModel, MentorConnectionModel, MentorModel } from './model.ts';
import {
  countAllAssessments,
  countAssessments,
  countMentors,
  type MentorPosition,
  type RowReading,
  selectAssessmentPages,
  selectAssessments,
  selectAssessmentsByIds,
  selectMentors,
} from './queries.ts';
import { type Submission, type SubmissionAnswer, submitAssessments } from './submit.ts';

export interface AssessmentLoaders {
  readonly mentorById: EdgeLoader;
  readonly assessmentById: EdgeLoader;
  /** A page of each mentor's assessments, newest first; arguments `first` and `after`. */
  readonly assessmentsByMentorId: EdgeLoader;
  mentors(args: PageArguments, withCounts: boolean): Promise<MentorConnectionModel>;
  /** Newest first; `mentorId` is the native id, null for all. */
  assessments(args: PageArguments, mentorId: string | null): Promise<AssessmentConnectionModel>;
  /** Stores assessments; see submitAssessments. What was loaded before is read anew afterwards. */
  submit(submission: Submission): Promise<SubmissionAnswer>;
}

/** Whether the operation asks for one of the counts, which cost a join. */
export function asksForCounts({ selection }: Pick<EdgeRequest, 'selection'>): boolean {
  return selection.fields.has('assignedCount') || selection.fields.has('openAssessmentCount');
}

/** Made per request, never shared: everything is read as the tenant of the scope. */
export function createAssessmentLoaders(databases: Databases, scope: RequestScope, sealer: Sealer): AssessmentLoaders {
  const { oltp } = databases;
  const reading: RowReading = { tenant: scope.tenant, sealer };
  const countByMentorId = new DataLoader<number, number>(async (ids) => {
    const counts = await oltp.inTenant(scope, (db) => countAssessments(db, ids));
    return ids.map((id) => counts.get(id) ?? 0);
  });

  const mentorById = createKeyedLoader<MentorModel | null>(
    (requests) => {
      const withCounts = requests.some(({ request }) => asksForCounts(request));
      return loadByRowId(requests, (ids) =>
        oltp.inTenant(scope, (db) => selectMentors(db, reading, { kind: 'ids', ids }, withCounts)),
      );
    },
    (request) => (asksForCounts(request) ? 'counts' : ''),
  );

  const assessmentById = createKeyedLoader<AssessmentModel | null>((requests) =>
    loadByRowId(requests, (ids) => oltp.inTenant(scope, (db) => selectAssessmentsByIds(db, reading, ids))),
  );

  const assessmentsByMentorId = createKeyedLoader<AssessmentConnectionModel>(
    async (requests) => {
      const asked = requests.map(({ key, request }) => askedPage(key, request.args));
      const pages = asked.flatMap((page) => (page instanceof Error ? [] : [page]));
      const rows =
        pages.length === 0
          ? []
          : await oltp.inTenant(scope, (db) =>
              selectAssessmentPages(
                db,
                reading,
                pages.map(({ mentorId, before, page }) => ({ mentorId, before, limit: page.size + 1 })),
              ),
            );
      return asked.map((page) => {
        if (page instanceof Error) return page;
        const found = rows[pages.indexOf(page)] ?? [];
        return assessmentConnection(page.page, found, () => countByMentorId.load(page.mentorId));
      });
    },
    ({ args }) => JSON.stringify([args.first ?? null, args.after ?? null]),
  );

  return {
    mentorById,
    assessmentById,
    assessmentsByMentorId,

    mentors: async (args, withCounts) => {
      const page = parsePage(args);
      const after = page.from === null ? null : mentorPosition(page.from);
      const mentors = await oltp.inTenant(scope, (db) =>
        selectMentors(db, reading, { kind: 'page', after, limit: page.size + 1 }, withCounts),
      );
      return toConnection(
        page,
        mentors,
        (mentor) => toCursor(MENTORS, [mentor.name, Number(mentor.nativeId)]),
        () => oltp.inTenant(scope, countMentors),
      );
    },

    assessments: async (args, mentorId) => {
      const page = parsePage(args);
      const before = parseRowCursor(page.from, ASSESSMENTS);
      const id = mentorId === null ? null : rowIdOf(mentorId);
      const ofNobody = mentorId !== null && id === null;
      const rows = ofNobody
        ? []
        : await oltp.inTenant(scope, (db) => selectAssessments(db, reading, { mentorId: id }, before, page.size + 1));
      return assessmentConnection(page, rows, async () => {
        if (ofNobody) return 0;
        return id === null ? oltp.inTenant(scope, countAllAssessments) : countByMentorId.load(id);
      });
    },

    submit: async (submission) => {
      const answer = await submitAssessments(databases, scope, sealer, submission);
      for (const loader of [mentorById, assessmentById, assessmentsByMentorId]) loader.clear();
      countByMentorId.clearAll();
      return answer;
    },
  };
}

const MENTORS = 'mentors';
const ASSESSMENTS = 'assessments';

interface AskedPage {
  readonly mentorId: number;
  readonly before: number | null;
  readonly page: Page;
}

/** A page that can't be asked for is that field's own error; the others of the batch are loaded. */
function askedPage(key: string, args: EdgeRequest['args']): AskedPage | Error {
  try {
    const page = parsePage(args as PageArguments);
    return { mentorId: rowIdOf(key) ?? 0, before: parseRowCursor(page.from, ASSESSMENTS), page };
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
}

function assessmentConnection(
  page: Page,
  rows: readonly AssessmentModel[],
  totalCount: () => Promise<number>,
): Connection<AssessmentModel> {
  return toConnection(page, rows, (assessment) => toCursor(ASSESSMENTS, [Number(assessment.nativeId)]), totalCount);
}

function mentorPosition(cursor: string): MentorPosition {
  const [name, id] = parseCursor(cursor, MENTORS, 2);
  if (typeof name === 'string' && !name.includes('\0') && typeof id === 'number' && Number.isSafeInteger(id)) {
    return { name, id };
  }
  throw malformedCursor();
}
