import { capped, type Moment, type PendingRead } from './pending-read.ts';
import type { Reckoning } from './reckoning.ts';
import type { Objects } from './walked-objects.ts';

/** A field whose reads were asked for, and what follows when they have arrived. */
interface Waiting {
  readonly reads: readonly PendingRead[];
  next(arrival: Moment): void;
}

interface OpenMoment {
  readonly moment: Moment;
  readonly objects: Objects[];
  /** Fields that go on to a further stage at this moment. */
  readonly stages: (() => void)[];
}

/** The moments of an operation, in the order in which they are found out; each is lived through once. */
export class MomentSchedule {
  readonly #reckoning: Reckoning;
  readonly #open: OpenMoment[] = [];
  readonly #byMoment = new Map<Moment, OpenMoment>();
  #reads: PendingRead[] = [];
  #waiting: Waiting[] = [];

  constructor(reckoning: Reckoning) {
    this.#reckoning = reckoning;
  }

  /** Objects that are there at a moment. */
  arrive(moment: Moment, objects: Objects): void {
    this.#at(moment).objects.push(objects);
  }

  /** Something that happens at a moment, before the fields of what arrives then. */
  goOn(moment: Moment, stage: () => void): void {
    this.#at(moment).stages.push(stage);
  }

  /** Asks at the moment that is lived through; `next` hears when all of it has arrived. */
  ask(reads: readonly PendingRead[], next: (arrival: Moment) => void): void {
    this.#reads.push(...reads);
    this.#waiting.push({ reads, next });
  }

  /** Lives through all moments, also those that are only then found out. */
  run(visit: (objects: Objects, moment: Moment) => void): void {
    for (let open = this.#open.shift(); open; open = this.#open.shift()) {
      const { moment, objects, stages } = open;
      this.#reads = [];
      this.#waiting = [];
      for (const stage of stages) stage();
      for (const some of objects) visit(some, moment);
      this.#byMoment.delete(moment);
      const arrivals = this.#reckoning.add(moment, this.#reads);
      for (const { reads, next } of this.#waiting) next(latestOf(reads, arrivals, moment));
    }
  }

  #at(moment: Moment): OpenMoment {
    let open = this.#byMoment.get(moment);
    if (!open) {
      open = { moment, objects: [], stages: [] };
      this.#byMoment.set(moment, open);
      this.#open.push(open);
    }
    return open;
  }
}

function latestOf(reads: readonly PendingRead[], arrivals: ReadonlyMap<PendingRead, Moment>, moment: Moment): Moment {
  const different = new Set(reads.map((read) => arrivals.get(read) ?? moment));
  const [only] = different;
  if (different.size === 1 && only) return only;
  return { copies: capped([...different].reduce((sum, { copies }) => sum + copies, 0)), isFirst: false };
}
