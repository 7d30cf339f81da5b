import type { RecordChange } from '../../cache/record-change.ts';
import type { JsonValue, RecordValues } from '../../cache/record-values.ts';
import { allTrue, anyTrue, type Truth } from '../../platform/truth.ts';
import { instant } from './field-values.ts';
import type { JqlTerm } from './jql.ts';
import type { ListMeta, ListQuestion } from './list-question.ts';
import { findsWords } from './text-match.ts';

/** How far Jira's order may differ from the order of the instants it answers. */
const ORDER_GRAIN_MS = 60_000;

/**
 * Whether a list would hold other issues, or another end, after a change. Every change makes an issue the last changed one, so those that
 * a list holds always concern it, but for a change that the list has seen already.
 */
export function isIssueListConcerned(
  question: ListQuestion,
  list: { readonly ids: readonly string[]; readonly meta: JsonValue },
  { id, values, fields }: RecordChange,
): boolean {
  const { clauses, after, updatedFrom, updatedTo } = question;
  const meta = list.meta as unknown as Partial<ListMeta>;
  const { hasMore = true, places = [] } = meta;
  const place = list.ids.indexOf(id);
  const isWitness = hasMore && (meta.next === undefined || meta.next === id);
  const isLost = place >= 0 || isWitness;
  if (values === null) return isLost;
  // An issue that is on no page of the list was none that it looks for, and still is none.
  const isWhole = after === null && !hasMore && updatedFrom === null && updatedTo === null;
  const isUntouched = fields !== undefined && clauses.every(({ term }) => !dependsOn(term, fields));
  const staysOut = isWhole && isUntouched && place < 0;
  const updatedMs = Date.parse(instant(values?.updated) ?? '');
  const isKnown = !Number.isNaN(updatedMs);
  const isLookedFor = allTrue([
    ...clauses.map(({ term }) => holds(term, values ?? {})),
    updatedFrom === null || (isKnown ? updatedMs >= updatedFrom : undefined),
    updatedTo === null || (isKnown ? updatedMs <= updatedTo : undefined),
  ]);
  if (isLookedFor === false) return isLost;
  if (place >= 0) return !isKnown || places[place]?.[0] !== updatedMs;
  if (isWitness) return true;
  const [lastMs] = places.at(-1) ?? [];
  const isBefore = after !== null && updatedMs > after.updatedMs + ORDER_GRAIN_MS;
  const isBehind = hasMore && lastMs !== undefined && updatedMs < lastMs - ORDER_GRAIN_MS;
  return !(staysOut || isBefore || isBehind);
}

const fieldBehind = { project: 'project', statusCategory: 'status', assignee: 'assignee', summary: 'summary' } as const;

function dependsOn([, field]: JqlTerm, changed: readonly string[]): boolean {
  // Whatever holds text: descriptions, comments, custom fields.
  if (field === 'text' || field === 'updated') return true;
  return changed.includes(fieldBehind[field]);
}

/** Keys of Jira's three categories, by the names that JQL knows them by. */
const categoryKeys: Readonly<Record<string, string>> = { 'To Do': 'new', 'In Progress': 'indeterminate', Done: 'done' };

function holds(term: JqlTerm, values: RecordValues): Truth {
  if (term[0] === '=') return isEqual(term[1], term[2], values);
  if (term[0] === 'in') return anyTrue(term[2].map((wanted) => isEqual(term[1], wanted, values)));
  return term[1] === 'summary' ? findsWords(term[2], values.summary) : undefined;
}

function isEqual(field: JqlTerm[1], wanted: string, values: RecordValues): Truth {
  const value = values[field === 'statusCategory' ? 'status' : field];
  if (value === undefined || (value !== null && typeof value !== 'object')) return undefined;
  const member = (name: string): JsonValue | undefined => (value as RecordValues | null)?.[name];
  if (field === 'assignee') return value === null ? false : sameOrUnknown(member('accountId'), wanted);
  if (field === 'project') {
    if (member('key') === wanted) return true;
    // JQL takes the name of a project too.
    const name = member('name');
    return typeof name === 'string' && name.toLowerCase() !== wanted.toLowerCase() ? false : undefined;
  }
  const [key, wantedKey] = [member('category'), categoryKeys[wanted]];
  if (field !== 'statusCategory' || wantedKey === undefined) return undefined;
  return Object.values(categoryKeys).includes(String(key)) ? key === wantedKey : undefined;
}

function sameOrUnknown(value: JsonValue | undefined, wanted: string): Truth {
  return typeof value === 'string' ? value === wanted : undefined;
}
