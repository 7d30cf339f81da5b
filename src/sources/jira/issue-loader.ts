import DataLoader from 'dataloader';
import type { EdgeRequest, FieldNeeds } from '../../platform/edges.ts';
import type { GatewayError } from '../../platform/errors.ts';
import type { Selection } from '../../platform/selection.ts';
import type { JiraCaller } from './client.ts';
import { type IssueProperty, isIssueProperty, issueFields } from './fields.ts';
import type { IssueOutcome, IssueReader } from './issue-reader.ts';
import { type IssueModelContext, type JiraIssueModel, toIssueModel } from './model.ts';

/** The properties of an issue that a selection needs, with those that its edges and computed fields read. */
export function issueProperties(selection: Selection, needs: FieldNeeds): Set<IssueProperty> {
  const names = [...selection.fields.keys()].flatMap((field) => needs.needsOf('JiraIssue', field));
  return new Set(names.filter(isIssueProperty));
}

/** Field ids to ask Jira for. `project` stands in for nothing: an empty list would mean all navigable fields. */
export function fieldIds(properties: ReadonlySet<IssueProperty>, context: IssueModelContext): string[] {
  const ids = new Set<string>();
  for (const property of properties) {
    const source = issueFields[property];
    if (source.kind === 'always') continue;
    const id = source.kind === 'custom' ? context.customFieldId(source.name) : source.field;
    if (typeof id === 'string') ids.add(id);
  }
  return ids.size === 0 ? ['project'] : [...ids];
}

interface Asked {
  readonly key: string;
  readonly properties: ReadonlySet<IssueProperty>;
}

interface Known {
  /** Null: an outcome that more properties would not change. */
  readonly properties: ReadonlySet<IssueProperty> | null;
  readonly outcome: IssueOutcome;
  /** Made once for each selection: a long description is not rendered again for every link that leads to it. */
  readonly models: Map<ReadonlySet<IssueProperty>, JiraIssueModel | GatewayError>;
}

/**
 * Issues of one request, by key or id: all keys of a tick are read together with the union of what they are asked for. A known issue is read
 * again only for properties that it was not read with.
 */
export class IssueLoader {
  readonly #loader: DataLoader<Asked, JiraIssueModel | null>;
  readonly #known = new Map<string, Known>();
  readonly #properties = new WeakMap<Selection, ReadonlySet<IssueProperty>>();
  readonly #reader: IssueReader;
  readonly #context: IssueModelContext;
  readonly #caller: JiraCaller;
  readonly #needs: FieldNeeds;

  constructor(reader: IssueReader, context: IssueModelContext, caller: JiraCaller, needs: FieldNeeds) {
    this.#reader = reader;
    this.#context = context;
    this.#caller = caller;
    this.#needs = needs;
    this.#loader = new DataLoader((asked) => this.#loadBatch(asked), { cache: false });
  }

  /** `key` is normalised, or an id. */
  load(key: string, { selection }: EdgeRequest): Promise<JiraIssueModel | null> {
    let properties = this.#properties.get(selection);
    if (!properties) this.#properties.set(selection, (properties = issueProperties(selection, this.#needs)));
    return this.#loader.load({ key, properties });
  }

  async #loadBatch(asked: readonly Asked[]): Promise<(JiraIssueModel | null | Error)[]> {
    const toRead = [...new Set(asked.filter((one) => !this.#holds(one)).map(({ key }) => key))];
    if (toRead.length > 0) {
      const properties = new Set(asked.flatMap((one) => [...one.properties]));
      for (const key of toRead) for (const property of this.#known.get(key)?.properties ?? []) properties.add(property);
      const outcomes = await this.#reader.read(toRead, fieldIds(properties, this.#context), this.#caller);
      for (const [key, outcome] of outcomes)
        this.#known.set(key, {
          properties: outcome.kind === 'found' ? properties : null,
          outcome,
          models: new Map(),
        });
    }
    return asked.map((one) => this.#modelOf(one));
  }

  #holds({ key, properties }: Asked): boolean {
    const known = this.#known.get(key);
    if (!known) return false;
    return known.properties === null || [...properties].every((property) => known.properties?.has(property));
  }

  #modelOf({ key, properties }: Asked): JiraIssueModel | null | GatewayError {
    const known = this.#known.get(key);
    if (!known || known.outcome.kind === 'absent') return null;
    if (known.outcome.kind === 'failed') return known.outcome.error;
    let model = known.models.get(properties);
    if (!model) known.models.set(properties, (model = toIssueModel(known.outcome.issue, properties, this.#context)));
    return model;
  }
}
