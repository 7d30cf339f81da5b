import type { AuditActor } from './actor.ts';
import type { JsonObject } from './event.ts';

/** What resolvers see of the audit of their request. */
export interface RequestAudit {
  readonly actor: AuditActor;
  /**
   * Told by a mutation once it has appended its own entry, in its own transaction. `responseKey`: alias, or name of the root field. Mutations
   * that say nothing, because they failed before, get their entry when the operation ends.
   */
  covered(responseKey: string): void;
  /** What the entry of a root field that is not covered is to tell. */
  telling(responseKey: string, details: JsonObject): void;
}

/** Remembers which root fields of a request have their entries already. */
export class RequestAuditTrail implements RequestAudit {
  readonly actor: AuditActor;
  readonly #covered = new Set<string>();
  readonly #details = new Map<string, JsonObject>();

  constructor(actor: AuditActor) {
    this.actor = actor;
  }

  covered(responseKey: string): void {
    this.#covered.add(responseKey);
  }

  telling(responseKey: string, details: JsonObject): void {
    this.#details.set(responseKey, details);
  }

  detailsOf(responseKey: string): JsonObject | undefined {
    return this.#details.get(responseKey);
  }

  isCovered(responseKey: string): boolean {
    return this.#covered.has(responseKey);
  }
}
