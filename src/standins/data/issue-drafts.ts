import type { SalesforceRow } from './company.ts';
import { daysFromReference, plusDays, REFERENCE_MS } from './dates.ts';
import type { Random } from './random.ts';

/** An issue before it has a key: keys are given in the order of creation. */
export interface IssueDraft {
  readonly projectKey: string;
  /** The request it was made for; null for issues of the team's own. */
  readonly request: SalesforceRow | null;
  readonly createdMs: number;
}

const ISSUE_COUNT = 900;
const PROJECTS = new Map([
  ['PSD', 74],
  ['OPS', 15],
  ['PLAT', 11],
]);

/** 900 drafts in the order of creation: 0 to 4 for each visible request, and the rest for nobody in particular. */
export function draftIssues(random: Random, requests: readonly SalesforceRow[]): IssueDraft[] {
  const drafts: IssueDraft[] = [];
  for (const request of requests) {
    if (request.IsDeleted === true) continue;
    const count =
      request.Name === 'PSR-00001'
        ? 3
        : random.weighted(
            new Map([
              [0, 15],
              [1, 30],
              [2, 28],
              [3, 17],
              [4, 10],
            ]),
          );
    const requestedMs = Date.parse(String(request.CreatedDate));
    for (let n = 0; n < count; n++) {
      const createdMs = Math.min(plusDays(requestedMs, random.next() * 20), REFERENCE_MS - 3_600_000);
      drafts.push({ projectKey: random.weighted(PROJECTS), request, createdMs });
    }
  }
  while (drafts.length < ISSUE_COUNT) {
    drafts.push({
      projectKey: random.weighted(PROJECTS),
      request: null,
      createdMs: daysFromReference(-540 * random.next() - 0.1),
    });
  }
  return drafts.sort((left, right) => left.createdMs - right.createdMs);
}
