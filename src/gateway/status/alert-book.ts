import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/log.ts';

/** One measurement that may be an alert. */
export interface AlertReading {
  readonly name: string;
  readonly value: number;
  readonly threshold: number;
  /** Whether it is an alert; one that is on may take some way back before it ends, so that it does not flicker. */
  isBad(isOn: boolean): boolean;
  /** What it means and what to do; goes to people with the least role, so without anything secret. */
  readonly message: string;
}

export interface ActiveAlert {
  readonly name: string;
  readonly since: Date;
  readonly value: number;
  readonly threshold: number;
  readonly message: string;
}

/** Remembers since when what is wrong, and logs each beginning and end once. */
export class AlertBook {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #active = new Map<string, ActiveAlert>();

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Logger }) {
    this.#clock = clock;
    this.#log = log;
  }

  /** The alerts at this moment, the oldest first. What is no longer measured has ended. */
  evaluate(readings: readonly AlertReading[]): readonly ActiveAlert[] {
    const measured = new Set(readings.map(({ name }) => name));
    for (const alert of [...this.#active.values()]) if (!measured.has(alert.name)) this.#end(alert);
    for (const reading of readings) {
      const { name, value, threshold, message } = reading;
      const known = this.#active.get(name);
      if (!reading.isBad(known !== undefined)) {
        if (known) this.#end(known);
        continue;
      }
      const since = known?.since ?? new Date(this.#clock.now());
      this.#active.set(name, { name, since, value, threshold, message });
      if (!known) this.#log.warn({ alert: name, value, threshold }, message);
    }
    return this.active;
  }

  get active(): readonly ActiveAlert[] {
    return [...this.#active.values()];
  }

  #end({ name, since }: ActiveAlert): void {
    this.#active.delete(name);
    this.#log.info({ alert: name, since: since.toISOString() }, 'The alert has ended.');
  }
}
