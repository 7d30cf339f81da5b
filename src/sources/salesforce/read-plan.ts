import type { FieldNeeds } from '../../platform/edges.ts';
import { mergeSelections, type Selection } from '../../platform/selection.ts';
import type { Availability } from './availability.ts';
import type { FieldDefinition } from './field-kinds.ts';
import { fieldOf, type SalesforceObject, salesforceObjects } from './fields.ts';

/** What is read of one object for one selection: its columns, and through relationships those of the records it refers to. */
export interface ReadPlan {
  readonly object: SalesforceObject;
  /** Properties that a model gets, hidden ones included. */
  readonly properties: readonly { readonly name: string; readonly field: FieldDefinition }[];
  /** Own columns that are shown; `Id` first. */
  readonly columns: readonly string[];
  /** Records that come along in the same query. */
  readonly parents: readonly ParentPlan[];
  /** All of it as SOQL paths: `Name`, `Project__r.pse__Account__r.Name`. */
  readonly paths: readonly string[];
  /** Those of the paths that lead to other records. */
  readonly parentPaths: readonly string[];
}

export interface ParentPlan {
  /** Column that holds the parent's id. */
  readonly foreignKey: string;
  readonly relationship: string;
  readonly plan: ReadPlan;
}

/** Salesforce allows 55 relationships up from a query and five levels; a few are left to spare. */
export const MAX_RELATIONSHIPS = 50;
export const MAX_LEVELS = 5;
const MAX_KNOWN_PLANS = 2_000;

interface Draft {
  readonly object: SalesforceObject;
  readonly properties: Map<string, FieldDefinition>;
  readonly columns: Set<string>;
  readonly parents: Map<string, { readonly relationship: string; readonly draft: Draft }>;
}

/** Turns selections into read plans, each once. Plans that read the same are the same object. */
export class ReadPlanner {
  readonly #needs: FieldNeeds;
  readonly #availability: Availability;
  #plans = new WeakMap<Selection, Map<string, ReadPlan>>();
  /** By what they read: equal plans of different requests are one, so that what was made for one serves the others. */
  #known = new Map<string, ReadPlan>();
  #version: number;

  constructor(needs: FieldNeeds, availability: Availability) {
    this.#needs = needs;
    this.#availability = availability;
    this.#version = availability.version;
  }

  /** Throws FIELD_UNAVAILABLE when the whole object is hidden. */
  planFor(object: SalesforceObject, selection: Selection): ReadPlan {
    if (this.#version !== this.#availability.version) {
      this.#plans = new WeakMap();
      this.#known = new Map();
      this.#version = this.#availability.version;
    }
    const hidden = this.#availability.whyHidden(object, 'Id');
    if (hidden) throw hidden;
    let plans = this.#plans.get(selection);
    if (!plans) {
      plans = new Map();
      this.#plans.set(selection, plans);
    }
    let plan = plans.get(object.type);
    if (!plan) {
      plan = this.#only(finish(this.#draft(object, selection)));
      plans.set(object.type, plan);
    }
    return plan;
  }

  #only(plan: ReadPlan): ReadPlan {
    const names = plan.properties.map(({ name }) => name);
    const key = `${plan.object.type} ${names.join()} ${plan.paths.join()}`;
    const known = this.#known.get(key);
    if (known) return known;
    if (this.#known.size >= MAX_KNOWN_PLANS) this.#known.clear();
    this.#known.set(key, plan);
    return plan;
  }

  /** Level by level, so that when relationships run out, it is the far ones that are left to loaders. */
  #draft(object: SalesforceObject, selection: Selection): Draft {
    const root = emptyDraft(object);
    let level = [{ draft: root, selection }];
    let relationships = 0;
    for (let depth = 0; level.length > 0; depth += 1) {
      const next: typeof level = [];
      for (const { draft, selection: asked } of level) {
        for (const [foreignKey, to] of this.#addProperties(draft, asked)) {
          const { relationship } = to;
          if (depth === MAX_LEVELS || relationships === MAX_RELATIONSHIPS) continue;
          relationships += 1;
          const parent = emptyDraft(to.object);
          draft.parents.set(foreignKey, { relationship, draft: parent });
          next.push({ draft: parent, selection: to.selection });
        }
      }
      level = next;
    }
    return root;
  }

  /** Adds what the selection needs of the object itself, and tells which parents it asks for, by foreign key. */
  #addProperties(draft: Draft, selection: Selection) {
    const { object } = draft;
    const parents = new Map<string, { relationship: string; object: SalesforceObject; selection: Selection }>();
    const always = object.readWhole === true ? Object.keys(object.fields) : ['id', 'salesforceId'];
    for (const property of always) this.#addProperty(draft, property);
    for (const [name, sub] of selection.fields) {
      for (const property of this.#needs.needsOf(object.type, name)) this.#addProperty(draft, property);
      const edge = this.#needs.edgeOf(object.type, name);
      const field = edge?.shape === 'one' ? fieldOf(object, edge.key) : undefined;
      const [foreignKey] = field?.columns ?? [];
      if (!field?.reference || field.reference.to !== edge?.to || foreignKey === undefined) continue;
      const parent: SalesforceObject = salesforceObjects[field.reference.to];
      if (this.#availability.whyUnreadable(object, field) || this.#availability.whyHidden(parent, 'Id')) continue;
      const known = parents.get(foreignKey);
      parents.set(foreignKey, {
        relationship: field.reference.relationship,
        object: parent,
        selection: known ? mergeSelections(known.selection, sub) : sub,
      });
    }
    return parents;
  }

  #addProperty(draft: Draft, property: string): void {
    const field = fieldOf(draft.object, property);
    if (!field) return;
    draft.properties.set(property, field);
    for (const column of field.columns) {
      if (!this.#availability.whyHidden(draft.object, column)) draft.columns.add(column);
    }
  }
}

function emptyDraft(object: SalesforceObject): Draft {
  return { object, properties: new Map(), columns: new Set(['Id']), parents: new Map() };
}

function finish(draft: Draft): ReadPlan {
  const columns = [...draft.columns];
  const parents = [...draft.parents].map(([foreignKey, { relationship, draft: parent }]) => ({
    foreignKey,
    relationship,
    plan: finish(parent),
  }));
  const parentPaths = parents.flatMap(({ relationship, plan }) => plan.paths.map((path) => `${relationship}.${path}`));
  const paths = [...columns, ...parentPaths];
  return {
    object: draft.object,
    properties: [...draft.properties].map(([name, field]) => ({ name, field })),
    columns,
    parents,
    paths,
    parentPaths,
  };
}

/** Relationships that paths walk: `A__r.B__r.Name` walks `A__r` and `A__r.B__r`. */
export function relationshipsOf(paths: Iterable<string>): Set<string> {
  const relationships = new Set<string>();
  for (const path of paths) {
    for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1))
      relationships.add(path.slice(0, dot));
  }
  return relationships;
}
