import DataLoader from 'dataloader';
import type { FreshnessDemand } from '../../platform/freshness.ts';
import type { SalesforceTypeName } from './model.ts';
import { demandKey, type PlanOf } from './request-reads.ts';

type LoadMany<TypeName extends SalesforceTypeName, Answer> = (
  plan: PlanOf<TypeName>,
  demand: FreshnessDemand | undefined,
  keys: readonly string[],
) => Promise<readonly (Answer | Error)[]>;

/** All keys of a tick that are asked with the same plan and demand are one question; equal ones are asked once in a request. */
export class PlanBatches<TypeName extends SalesforceTypeName, Answer> {
  readonly #loadMany: LoadMany<TypeName, Answer>;
  readonly #generation: () => number;
  #loadedIn: number;
  readonly #loaders = new Map<PlanOf<TypeName>, Map<string, DataLoader<string, Answer>>>();

  /** `generation`: when it changes, what was loaded before is loaded anew. */
  constructor(loadMany: LoadMany<TypeName, Answer>, generation: () => number) {
    this.#loadMany = loadMany;
    this.#generation = generation;
    this.#loadedIn = generation();
  }

  load(plan: PlanOf<TypeName>, demand: FreshnessDemand | undefined, key: string): Promise<Answer> {
    const generation = this.#generation();
    if (generation !== this.#loadedIn) this.#loaders.clear();
    this.#loadedIn = generation;
    let byDemand = this.#loaders.get(plan);
    if (!byDemand) this.#loaders.set(plan, (byDemand = new Map()));
    const asked = demandKey(demand);
    let loader = byDemand.get(asked);
    if (!loader) {
      loader = new DataLoader<string, Answer>((keys) => this.#loadMany(plan, demand, keys));
      byDemand.set(asked, loader);
    }
    return loader.load(key);
  }
}
