import type { FieldNeeds } from '../../platform/edges.ts';
import type { Selection } from '../../platform/selection.ts';
import { type IssueProperty, isIssueProperty, issueFields, KEY_FIELD } from './fields.ts';
import type { IssueModelContext } from './model.ts';

/** The properties of an issue that a selection needs, with those that its edges and computed fields read. */
export function issueProperties(selection: Selection, needs: FieldNeeds): Set<IssueProperty> {
  const names = [...selection.fields.keys()].flatMap((field) => needs.needsOf('JiraIssue', field));
  return new Set(names.filter(isIssueProperty));
}

/** The fields that properties are read from, the key always; custom ones that are not known have none. */
export function fieldIds(properties: ReadonlySet<IssueProperty>, context: IssueModelContext): string[] {
  const ids = new Set([KEY_FIELD]);
  for (const property of properties) {
    const source = issueFields[property];
    if (source.kind === 'always') continue;
    const id = source.kind === 'custom' ? context.customFieldId(source.name) : source.field;
    if (typeof id === 'string') ids.add(id);
  }
  return [...ids];
}
