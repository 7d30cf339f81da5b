import type { AuditActor } from './actor.ts';
import { type ActorRecord, actorRecord } from './entry.ts';

/** An actor with what of their entries is always the same, as JSON. */
export interface KnownActor extends ActorRecord {
  /** Members of an entry: client and pseudonyms. */
  readonly json: string;
  /** When what the pseudonyms stand for was last put into the journal, in ms; 0: not yet. */
  tellAtMs: number;
}

const MAX_KNOWN = 10_000;

/** Pseudonyms of who has asked lately, because making them costs more than the rest of an entry. */
export class KnownActors {
  readonly #known = new Map<string, KnownActor>();

  of(actor: AuditActor): KnownActor {
    const { tenant, actorId, actorName, address, userAgent, sessionId, client } = actor;
    const key = `${tenant}\n${actorId}\n${address}\n${sessionId}\n${client}\n${actorName}\n${userAgent}`;
    const known = this.#known.get(key);
    if (known) return known;
    const record = actorRecord(actor);
    const { requestId: _, ...fields } = record.fields;
    const made = { ...record, json: JSON.stringify(fields).slice(1, -1), tellAtMs: 0 };
    if (this.#known.size >= MAX_KNOWN)
      for (const oldest of this.#known.keys()) {
        this.#known.delete(oldest);
        break;
      }
    this.#known.set(key, made);
    return made;
  }
}
