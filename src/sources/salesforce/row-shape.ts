import { referenceBy, type SalesforceObject, STAMP_COLUMN } from './fields.ts';
import { MAX_RELATIONSHIPS, relationshipsOf } from './read-plan.ts';

/** What the paths of a statement read: columns of the rows themselves, and of the records that they refer to. */
export interface RowShape {
  readonly object: SalesforceObject;
  /** `Id` and the stamp among them. */
  readonly columns: readonly string[];
  readonly parents: readonly ParentShape[];
  /** All of it as SOQL paths. */
  readonly paths: readonly string[];
}

export interface ParentShape {
  /** Column that holds the parent's id. */
  readonly foreignKey: string;
  readonly relationship: string;
  readonly shape: RowShape;
}

interface Draft {
  readonly object: SalesforceObject;
  readonly columns: Set<string>;
  readonly parents: Map<string, Draft>;
}

/**
 * The shape of rows that are read by these paths, each with the id and the stamp of every record. A path whose relationship is not known is left
 * out, and so are relationships beyond Salesforce's limit: what does not come along is read by its own id.
 */
export function shapeOf(object: SalesforceObject, paths: Iterable<string>): RowShape {
  const root = newDraft(object);
  const relationships = new Set<string>();
  for (const path of paths) {
    const walked = relationshipsOf([path]);
    const more = [...walked].filter((relationship) => !relationships.has(relationship));
    if (relationships.size + more.length > MAX_RELATIONSHIPS) continue;
    for (const relationship of more) relationships.add(relationship);
    add(root, path.split('.'));
  }
  return finish(root);
}

function newDraft(object: SalesforceObject): Draft {
  return { object, columns: new Set(['Id', STAMP_COLUMN]), parents: new Map() };
}

function add(draft: Draft, steps: readonly string[]): void {
  let at = draft;
  for (const relationship of steps.slice(0, -1)) {
    let parent = at.parents.get(relationship);
    if (!parent) {
      const reference = referenceBy(at.object, relationship);
      if (!reference) return;
      // Without its key nobody would know which record it was.
      at.columns.add(reference.foreignKey);
      parent = newDraft(reference.to);
      at.parents.set(relationship, parent);
    }
    at = parent;
  }
  at.columns.add(steps.at(-1) ?? 'Id');
}

function finish({ object, columns, parents }: Draft): RowShape {
  const finished = [...parents].map(([relationship, draft]): ParentShape => {
    const foreignKey = referenceBy(object, relationship)?.foreignKey ?? '';
    return { foreignKey, relationship, shape: finish(draft) };
  });
  const paths = [
    ...columns,
    ...finished.flatMap(({ relationship, shape }) => shape.paths.map((path) => `${relationship}.${path}`)),
  ];
  return { object, columns: [...columns], parents: finished, paths };
}
