import type { Caller } from '../../../features/access/caller.ts';
import type { Clock } from '../../../platform/clock.ts';
import { GatewayError } from '../../../platform/errors.ts';
import type { BudgetSettings } from '../../../platform/settings.ts';
import type { Exchange } from '../../http-server.ts';
import { CLIENT_NAME_HEADER, clientName } from '../../operation-costs/client-name.ts';
import { Allowance, type Standing } from './allowance.ts';
import { addressKey } from './client-address.ts';
import { credentialIn, KnownCredentials } from './known-credentials.ts';
import { rateHeaders, tightest } from './rate-headers.ts';
import type { SharedCounts } from './shared-counts.ts';

export interface BudgetsOptions {
  readonly settings: BudgetSettings;
  readonly clock: Clock;
  /** Null: this instance counts alone. */
  readonly shared: SharedCounts | null;
}

/** What one request may still use. */
export interface Purse {
  /** Counts an execution; what is kept already costs no points. */
  spend(points: number): void;
  /** Counts what a document tries: sign-ins under a hundred aliases are a hundred. Throws RATE_LIMITED. */
  signIns(count: number): void;
}

/** Fields that try to sign somebody in. */
const signInFields: ReadonlySet<string> = new Set(['createSession']);

const KINDS = ['person', 'client'] as const;
const MINUTE = 60;
const HOUR = 3_600;
/** How often instances tell each other what they counted. */
const TELL_INTERVAL_MS = 250;

/**
 * What a person, a client and an address may use over a minute and an hour: requests, and points of what is executed. A person is known by
 * the credentials; who has none is the address, an IPv6 network of 64 bits being one. A client is the name that a program gives itself.
 */
export class Budgets {
  readonly #requests: Readonly<Record<(typeof KINDS)[number], readonly Allowance[]>>;
  readonly #points: Readonly<Record<(typeof KINDS)[number], readonly Allowance[]>>;
  readonly #signIns: readonly Allowance[];
  readonly #failedSignIns: readonly Allowance[];
  readonly #knownCredentials = new KnownCredentials();
  readonly #clock: Clock;
  readonly #timer: NodeJS.Timeout | null;

  constructor({ settings, clock, shared }: BudgetsOptions) {
    this.#clock = clock;
    const windows = (name: string, limits: { readonly perMinute: number; readonly perHour: number }): Allowance[] =>
      [
        { name: `${name}-minute`, limit: limits.perMinute, seconds: MINUTE },
        { name: `${name}-hour`, limit: limits.perHour, seconds: HOUR },
      ]
        .filter(({ limit }) => limit > 0)
        .map((window) => new Allowance(window, clock, shared));
    this.#requests = {
      person: windows('person-requests', settings.personRequests),
      client: windows('client-requests', settings.clientRequests),
    };
    this.#points = {
      person: windows('person-points', settings.personPoints),
      client: windows('client-points', settings.clientPoints),
    };
    this.#signIns = windows('sign-ins', settings.signIns);
    this.#failedSignIns = windows('failed-sign-ins', settings.failedSignIns);
    this.#timer = shared ? setInterval(() => void this.tell(), TELL_INTERVAL_MS).unref() : null;
  }

  /**
   * Before credentials are looked at. Throws RATE_LIMITED for an address with too many sign-ins that failed, but not for credentials that were
   * good lately: behind one address there may be a whole company.
   */
  admitSignIn({ request: { headers }, origin: { address } }: Pick<Exchange, 'request' | 'origin'>): void {
    if (address === null) return;
    const key = addressKey(address);
    for (const allowance of this.#failedSignIns) {
      const standing = allowance.standing(key);
      if (standing.remaining > 0) continue;
      const credential = credentialIn(headers);
      if (credential === null || this.#knownCredentials.has(credential, this.#clock.now())) return;
      throw refusal(standing, 'As many sign-ins from this address failed');
    }
  }

  /** Its credentials were good. */
  letIn({ request: { headers } }: Pick<Exchange, 'request'>): void {
    if (this.#failedSignIns.length === 0) return;
    const credential = credentialIn(headers);
    if (credential !== null) this.#knownCredentials.note(credential, this.#clock.now());
  }

  failedSignIn({ request: { headers }, origin: { address } }: Pick<Exchange, 'request' | 'origin'>): void {
    const credential = credentialIn(headers);
    if (credential !== null) this.#knownCredentials.forget(credential);
    if (address === null) return;
    for (const allowance of [...this.#signIns, ...this.#failedSignIns]) allowance.use(addressKey(address), 1);
  }

  /** Counts one request and tells in headers what is left. Throws RATE_LIMITED. */
  admit({ request, response }: Pick<Exchange, 'request' | 'response'>, caller: Caller): Purse {
    const keys = { person: personKey(caller), client: clientKey(caller, request.headers[CLIENT_NAME_HEADER]) };
    const standings = this.#standings(keys);
    const spent = standings.find(([{ remaining }]) => remaining <= 0);
    if (!spent) for (const kind of KINDS) use(this.#requests[kind], keys[kind], 1);
    // What is left after this request; points are known once it was executed.
    const least = tightest((spent ? standings : this.#standings(keys)).map(([standing]) => standing));
    if (least) for (const [name, value] of rateHeaders(least)) response.setHeader(name, value);
    if (spent) throw refusal(...spent);
    return {
      spend: (points) => {
        for (const kind of KINDS) use(this.#points[kind], keys[kind], points);
      },
      signIns: (count) => {
        const { address } = caller.origin;
        if (count === 0 || address === null) return;
        const key = addressKey(address);
        for (const allowance of this.#signIns) {
          const { remaining } = allowance.standing(key);
          allowance.use(key, count);
          if (remaining < count) throw refusal(allowance.standing(key), 'From this address came as many sign-ins');
        }
      },
    };
  }

  /** Each with what a refusal for it says. */
  #standings(keys: Readonly<Record<(typeof KINDS)[number], string | null>>): [Standing, string][] {
    return KINDS.flatMap((kind) => {
      const key = keys[kind];
      if (key === null) return [];
      const who = kind === 'person' ? 'You have' : 'The clients of this name have';
      return [
        ...this.#requests[kind].map((one): [Standing, string] => [one.standing(key), `${who} sent as many requests`]),
        ...this.#points[kind].map((one): [Standing, string] => [
          one.standing(key),
          `${who} had operations executed for as many points`,
        ]),
      ];
    });
  }

  /** Tells the other instances what was counted here. */
  async tell(): Promise<void> {
    const { person, client } = this.#requests;
    const all = [
      ...person,
      ...client,
      ...this.#points.person,
      ...this.#points.client,
      ...this.#signIns,
      ...this.#failedSignIns,
    ];
    await Promise.all(all.map((allowance) => allowance.tell()));
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
  }
}

function use(allowances: readonly Allowance[], key: string | null, amount: number): void {
  if (key !== null) for (const allowance of allowances) allowance.use(key, amount);
}

function refusal({ window, resetsInSeconds }: Standing, told: string): GatewayError {
  const span = window.seconds === MINUTE ? 'a minute' : 'an hour';
  const message = `${told} as ${span} allows (${window.limit.toLocaleString('en-US')}). Wait ${resetsInSeconds} s, and send less often then.`;
  return new GatewayError('RATE_LIMITED', message, {
    retryAfterSeconds: resetsInSeconds,
    details: { limit: window.name, max: window.limit, windowSeconds: window.seconds },
  });
}

function personKey({ viewer, credential, origin }: Caller): string {
  if (credential !== 'anonymous') return JSON.stringify([viewer.tenant, viewer.id]);
  return JSON.stringify([viewer.tenant, null, origin.address === null ? null : addressKey(origin.address)]);
}

/** A program that gives itself no name has no budget of its own. */
function clientKey({ viewer }: Caller, header: string | string[] | undefined): string | null {
  const name = clientName(typeof header === 'string' ? header : undefined);
  return name === null ? null : JSON.stringify([viewer.tenant, name]);
}

/** How many sign-ins an operation with these fields at its root tries. */
export function signInsAmong(rootFields: readonly string[]): number {
  return rootFields.filter((name) => signInFields.has(name)).length;
}
