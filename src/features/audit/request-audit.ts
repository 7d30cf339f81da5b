import type { AuditActor } from './actor.ts';

/** What resolvers see of the audit of their request. */
export interface RequestAudit {
  readonly actor: AuditActor;
  /**
   * Told by a mutation once it has appended its own entry, in its own transaction. `responseKey`: alias, or name of the root field. Mutations
   * that say nothing, because they failed before, get their entry when the operation ends.
   */
  covered(responseKey: string): void;
}

/** Remembers which root fields of a request have their entries already. */
export class RequestAuditTrail implements RequestAudit {
  readonly actor: AuditActor;
  readonly #covered = new Set<string>();

  constructor(actor: AuditActor) {
    this.actor = actor;
  }

  covered(responseKey: string): void {
    this.#covered.add(responseKey);
  }

  isCovered(responseKey: string): boolean {
    return this.#covered.has(responseKey);
  }
}
