import type { Fault } from './fault.ts';

/** The faults in force, in the order they were added; the first that matches a request strikes it. */
export class FaultQueue {
  #pending: { readonly fault: Fault; strikesLeft: number }[] = [];

  add(fault: Fault): void {
    this.#pending.push({ fault, strikesLeft: fault.times ?? Number.POSITIVE_INFINITY });
  }

  clear(): void {
    this.#pending = [];
  }

  list(): (Fault & { readonly strikesLeft: number | null })[] {
    return this.#pending.map(({ fault, strikesLeft }) => ({
      ...fault,
      strikesLeft: Number.isFinite(strikesLeft) ? strikesLeft : null,
    }));
  }

  /** The fault that strikes this request, if any; using it up counts as one strike. */
  take(method: string, path: string): Fault | undefined {
    const struck = this.#pending.find(({ fault }) => matches(fault, method, path));
    if (!struck) return undefined;
    struck.strikesLeft -= 1;
    if (struck.strikesLeft <= 0) this.#pending = this.#pending.filter((pending) => pending !== struck);
    return struck.fault;
  }
}

function matches(fault: Fault, method: string, path: string): boolean {
  if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false;
  return fault.path === undefined || path.includes(fault.path);
}
