import DataLoader from 'dataloader';
import type { RecordAnswer } from '../../cache/record-answer.ts';
import type { EdgeRequest, FieldNeeds } from '../../platform/edges.ts';
import type { GatewayError } from '../../platform/errors.ts';
import type { FreshnessDemand } from '../../platform/freshness.ts';
import type { RequestScope } from '../../platform/request-scope.ts';
import type { Selection } from '../../platform/selection.ts';
import { demandNotation } from './demand.ts';
import type { IssueProperty } from './fields.ts';
import { fieldIds, issueProperties } from './issue-properties.ts';
import type { JiraReads } from './jira-reads.ts';
import type { JiraKinds } from './kinds.ts';
import type { IssueValues } from './model.ts';
import { type IssueModelContext, type JiraIssueModel, toIssueModel } from './model.ts';

/** Where one request gets issues from: the cache, which asks Jira for what it does not hold. */
export interface IssueSource {
  readonly reads: JiraReads;
  readonly kinds: JiraKinds;
  readonly modelContext: IssueModelContext;
}

interface Asked {
  readonly name: string;
  readonly wanted: WantedProperties;
  readonly demand: FreshnessDemand | undefined;
}

interface WantedProperties {
  readonly notation: string;
  readonly properties: ReadonlySet<IssueProperty>;
}

/**
 * Issues of one request, by key or id: what a tick asks is one read of the cache with the union of what is wanted, since calls are what Jira
 * counts and fields are not. A failure stands for the whole request.
 */
export class IssueLoader {
  readonly #loader: DataLoader<Asked, JiraIssueModel | null, string>;
  readonly #source: IssueSource;
  readonly #scope: RequestScope;
  readonly #needs: FieldNeeds;
  readonly #wanted = new WeakMap<Selection, WantedProperties>();

  constructor(source: IssueSource, scope: RequestScope, needs: FieldNeeds) {
    this.#source = source;
    this.#scope = scope;
    this.#needs = needs;
    this.#loader = new DataLoader<Asked, JiraIssueModel | null, string>((asked) => this.#loadBatch(asked), {
      cacheKeyFn: ({ name, wanted, demand }) => `${name}|${wanted.notation}|${demandNotation(demand)}`,
    });
  }

  /** `name` is a normalised key, or an id. */
  load(name: string, { selection, demand = this.#scope.demand }: EdgeRequest): Promise<JiraIssueModel | null> {
    let wanted = this.#wanted.get(selection);
    if (!wanted) {
      const properties = issueProperties(selection, this.#needs);
      wanted = { properties, notation: [...properties].sort().join(',') };
      this.#wanted.set(selection, wanted);
    }
    return this.#loader.load({ name, wanted, demand });
  }

  /** Forgets every answer, because something was written. */
  clear(): void {
    this.#loader.clearAll();
  }

  async #loadBatch(asked: readonly Asked[]): Promise<(JiraIssueModel | null | GatewayError)[]> {
    const groups = Map.groupBy(asked, ({ demand }) => demandNotation(demand));
    const models = new Map<Asked, JiraIssueModel | null | GatewayError>();
    await Promise.all([...groups.values()].map((group) => this.#read(group, models)));
    return asked.map((one) => models.get(one) ?? null);
  }

  /** All of the group are read under the same demand. */
  async #read(group: readonly Asked[], into: Map<Asked, JiraIssueModel | null | GatewayError>): Promise<void> {
    const { reads, kinds, modelContext } = this.#source;
    const names = [...new Set(group.map(({ name }) => name))];
    const union = new Set<IssueProperty>();
    for (const { properties } of new Set(group.map(({ wanted }) => wanted)))
      for (const property of properties) union.add(property);
    const answers = await reads.records(kinds.issues, names, fieldIds(union, modelContext), group[0]?.demand);
    const byName = new Map<string, { readonly answer: RecordAnswer; readonly models: Models }>();
    for (const [index, answer] of answers.entries()) byName.set(names[index] ?? '', { answer, models: new Map() });
    for (const one of group) {
      const read = byName.get(one.name);
      if (!read || read.answer.kind === 'absent') continue;
      if (read.answer.kind === 'failed') into.set(one, read.answer.error);
      else into.set(one, modelOnce(read.models, read.answer, one.wanted, modelContext));
    }
  }
}

/** A long description is not rendered again for every link that leads to it. */
type Models = Map<WantedProperties, JiraIssueModel | GatewayError>;

function modelOnce(
  models: Models,
  answer: IssueValues,
  wanted: WantedProperties,
  context: IssueModelContext,
): JiraIssueModel | GatewayError {
  let model = models.get(wanted);
  if (!model) models.set(wanted, (model = toIssueModel(answer, wanted.properties, context)));
  return model;
}
