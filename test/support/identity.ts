import { Histogram, Registry } from 'prom-client';
import { Identity, type IdentityOptions } from '../../src/features/access/identity.ts';
import { createLogger } from '../../src/platform/log.ts';
import type { IdentityStandIn } from '../../src/standins/identity/identity-stand-in.ts';

/** A clock that stands still until it is moved. */
export class MovableClock {
  #nowMs = Date.now();
  now(): number {
    return this.#nowMs;
  }
  advanceMs(ms: number): void {
    this.#nowMs += ms;
  }
}

export interface IdentityUnderTest {
  readonly identity: Identity;
  readonly clock: MovableClock;
  /** Lines that were logged. */
  readonly logged: string[];
}

/** The gateway's identity check against a stand-in, with a clock that the test moves. */
export function identityAgainst(
  provider: Pick<IdentityStandIn, 'issuer' | 'audience'>,
  overrides: Partial<IdentityOptions> = {},
): IdentityUnderTest {
  const clock = new MovableClock();
  const logged: string[] = [];
  const durations = new Histogram({
    name: 'upstream_call_duration_seconds',
    help: 'Duration of calls.',
    labelNames: ['source', 'operation', 'outcome'] as const,
    registers: [new Registry()],
  });
  const identity = new Identity({
    oidc: {
      issuer: provider.issuer,
      audience: provider.audience,
      rolesClaim: 'roles',
      tenantClaim: 'tenant',
      maxTokenAgeSeconds: 86_400,
    },
    standIn: true,
    anonymousRole: null,
    durations,
    log: createLogger('debug', { write: (line) => logged.push(line) }),
    clock,
    coolDownMs: 10_000,
    deadlineMs: 500,
    ...overrides,
  });
  return { identity, clock, logged };
}

/** What a promise was rejected with; fails the test when it was not. */
export async function rejectionOf(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error('The promise was expected to be rejected, but was fulfilled.');
}
