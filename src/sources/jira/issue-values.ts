import type { FetchedRecord } from '../../cache/record-kind.ts';
import type { JsonValue, RecordValues } from '../../cache/record-values.ts';
import { type CommentAnswer, commentPageAnswer, type IssueAnswer, keyChangesAnswer } from './answers.ts';
import { instant } from './field-values.ts';
import { FORMER_KEYS_FIELD, KEY_FIELD } from './fields.ts';
import { isReadable, unreadableIssue } from './model.ts';

/** How many comments, the oldest first, are held under a name: a list is read in one page of a hundred or in two. */
const commentDepths: ReadonlyMap<string, number> = new Map([
  ['comment:100', 100],
  ['comment:200', 200],
]);

/** The field that holds at least so many comments, 200 at most. */
export function commentsField(first: number): string {
  return first <= 100 ? 'comment:100' : 'comment:200';
}

/** The most comments that these fields hold; 0 when none of them is of comments. */
export function commentDepthOf(fields: readonly string[]): number {
  return Math.max(0, ...fields.map((field) => commentDepths.get(field) ?? 0));
}

/** How Jira is asked for fields: `updated` always, since it tells which of two answers is the newer state. */
export function askedOfJira(fields: readonly string[]): { readonly fields: string[]; readonly changelog: boolean } {
  const ids = new Set(['updated']);
  for (const field of fields) if (!field.includes(':') && field !== KEY_FIELD) ids.add(field);
  if (commentDepthOf(fields) > 0) ids.add('comment');
  return { fields: [...ids], changelog: fields.includes(FORMER_KEYS_FIELD) };
}

/** What is kept of an answered issue; failed when a value is missing that Jira guarantees, which is never kept. Without its comments. */
export function toIssueRecord(
  issue: IssueAnswer,
  fields: readonly string[],
  formerNames: readonly string[] = [],
): Exclude<FetchedRecord, { kind: 'absent' }> {
  const values: Record<string, JsonValue> = { [KEY_FIELD]: issue.key };
  const key = issue.key.toUpperCase();
  const formerKeys = [...new Set([...formerKeysOf(issue), ...formerNames])].filter((name) => name !== key);
  for (const field of ['updated', ...fields]) {
    if (field === FORMER_KEYS_FIELD) values[field] = formerKeys;
    if (field === KEY_FIELD || field.includes(':')) continue;
    const value = withoutDecoration(issue.fields[field]);
    // What Jira leaves out is hidden from the gateway's user or not on the screen: known to be nothing.
    if (!isReadable(field, value)) {
      if (fields.includes(field)) return { kind: 'failed', error: unreadableIssue(issue.key) };
    } else values[field] = value;
  }
  return { kind: 'found', id: issue.id, values, names: [key, ...formerKeys] };
}

/** When an issue last changed, in milliseconds since the epoch; null when its answer does not tell. */
export function updatedMsOf(issue: IssueAnswer): number | null {
  const updatedAt = instant(issue.fields.updated);
  return updatedAt === null ? null : Date.parse(updatedAt);
}

/** The values of the comment fields, from the first comments; all of them where there are no more than these. */
export function commentValues(
  comments: readonly CommentAnswer[],
  total: number,
  fields: readonly string[],
): RecordValues {
  const held = comments as unknown as JsonValue;
  const values: Record<string, JsonValue> = {};
  for (const [field, depth] of commentDepths) {
    if (comments.length >= Math.min(total, depth) || fields.includes(field)) values[field] = held;
  }
  return values;
}

/** The comments that came with an issue, when they are all of them; null when Jira cut them off or gave none at all. */
export function completeComments(value: unknown): readonly CommentAnswer[] | null {
  const parsed = commentPageAnswer.safeParse(value);
  if (!parsed.success || parsed.data.total == null) return null;
  const { comments, total } = parsed.data;
  if (comments.length < total) return null;
  return comments.toSorted((left, right) => Date.parse(left.created) - Date.parse(right.created));
}

/** Keys that the changelog says the issue had, the newest first as Jira lists its changes. Jira names the change of a key `Key`. */
export function formerKeysOf(answer: IssueAnswer): string[] {
  const parsed = keyChangesAnswer.safeParse(answer.changelog);
  if (!parsed.success) return [];
  return parsed.data.histories
    .flatMap(({ items }) => items)
    .filter(({ field }) => field.toLowerCase() === 'key')
    .flatMap(({ fromString }) => fromString?.toUpperCase() ?? []);
}

/** Addresses of pictures and of the thing itself: half of what Jira sends, and never read. */
const decoration: ReadonlySet<string> = new Set(['self', 'avatarUrls', 'iconUrl']);

function withoutDecoration(value: unknown): JsonValue {
  if (value === undefined) return null;
  if (typeof value !== 'object' || value === null) return value as JsonValue;
  if (Array.isArray(value)) return value.map(withoutDecoration);
  const members = Object.entries(value);
  // A document of rich text stays as it is.
  if (members.some(([name, member]) => name === 'type' && member === 'doc')) return value as JsonValue;
  return Object.fromEntries(
    members.filter(([name]) => !decoration.has(name)).map(([name, member]) => [name, withoutDecoration(member)]),
  );
}
