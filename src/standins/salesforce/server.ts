import { createPublicKey } from 'node:crypto';
import { type Clock, systemClock } from '../../platform/clock.ts';
import type { Company, SalesforceObjectName, SalesforceRow } from '../data/company.ts';
import { generateCompany } from '../data/generate-company.ts';
import type { StandIn } from '../kit/fault.ts';
import { startStandInServer } from '../kit/server.ts';
import { createHandler } from './handler.ts';
import { Locators } from './locators.ts';
import type { SignIn } from './oauth.ts';
import type { Org } from './org.ts';
import { RecordStore } from './record-store.ts';
import { VisibleSchema } from './schema.ts';
import { Sessions } from './sessions.ts';
import { Usage } from './usage.ts';

export interface SalesforceStandInOptions {
  /** 0 (default): a free port. */
  readonly port?: number;
  /** The generated company when absent; only its Salesforce part is read, and never changed. */
  readonly company?: Pick<Company, 'salesforce'>;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** PEM of the public key whose private half signs JWT assertions. Without it JWT bearer is refused, as without a certificate. */
  readonly jwtPublicKey?: string;
  /** Refresh tokens that somebody was given earlier. */
  readonly refreshTokens?: readonly string[];
  /** How long a session holds; two hours when absent, as in most orgs. */
  readonly sessionLifetimeMs?: number;
  /** Never more rows on a page than this, whatever the client asks; 2,000 when absent. */
  readonly maxPageRows?: number;
  /** What TODAY means, and what writes are stamped with. */
  readonly clock?: Clock;
}

export interface SalesforceStandIn extends StandIn {
  readonly clientId: string;
  readonly clientSecret: string;
  /** A user who may sign in through JWT bearer. */
  readonly username: string;
  /** Requests for a token so far, refused ones too. */
  readonly signIns: number;
  /** Answers every token from now on with 401 INVALID_SESSION_ID, until a new one is asked for. */
  expireSessions(): void;
  /** Answers every request for a token with invalid_grant while true. */
  refuseSignIns(refuse: boolean): void;
  /** Every open query locator becomes INVALID_QUERY_LOCATOR. */
  expireLocators(): void;
  /** The integration user can't see the field any more: it is gone from describe and refused in queries. */
  hideField(object: SalesforceObjectName, field: string): void;
  showField(object: SalesforceObjectName, field: string): void;
  /** The present rows of an object, deleted ones too. */
  rows(object: SalesforceObjectName): readonly SalesforceRow[];
  /** Writes behind the API's back, as another person would. Throws for an unknown row. */
  updateRow(object: SalesforceObjectName, id: string, values: SalesforceRow): void;
  /** Sets what `Sforce-Limit-Info` tells; when used reaches limit, calls are refused with REQUEST_LIMIT_EXCEEDED. */
  setUsage(used: number, limit: number): void;
}

const SESSION_LIFETIME_MS = 2 * 3_600_000;
const LARGEST_PAGE_ROWS = 2_000;

/** A Salesforce org on 127.0.0.1 that speaks OAuth and the REST API over the rows of a made-up company. */
export async function startSalesforceStandIn(options: SalesforceStandInOptions = {}): Promise<SalesforceStandIn> {
  const { clientId = 'deployment-graph', clientSecret = 'salesforce-stand-in-secret', clock = systemClock } = options;
  const now = (): number => clock.now();
  const org: Org = {
    schema: new VisibleSchema(now),
    store: new RecordStore(options.company ?? generateCompany(), now),
    locators: new Locators(),
    usage: new Usage(now),
    now,
    maxPageRows: options.maxPageRows ?? LARGEST_PAGE_ROWS,
  };
  const signIn: SignIn = {
    org,
    sessions: new Sessions(options.sessionLifetimeMs ?? SESSION_LIFETIME_MS, now),
    clientId,
    clientSecret,
    publicKey: options.jwtPublicKey === undefined ? undefined : createPublicKey(options.jwtPublicKey),
    refreshTokens: new Set(options.refreshTokens),
    origin: '',
    isRefusing: false,
    count: 0,
  };
  const standIn = await startStandInServer({
    port: options.port ?? 0,
    gzip: true,
    isSignIn: (path) => path.startsWith('/services/oauth2/'),
    handle: createHandler(org, signIn),
  });
  signIn.origin = standIn.url;
  return {
    ...standIn,
    clientId,
    clientSecret,
    username: String(org.store.all('User').find((user) => user.Name === 'Integration User')?.Username ?? ''),
    get signIns() {
      return signIn.count;
    },
    expireSessions: () => signIn.sessions.revokeAll(),
    refuseSignIns: (refuse) => {
      signIn.isRefusing = refuse;
    },
    expireLocators: () => org.locators.clear(),
    hideField: (object, field) => org.schema.hideField(object, field),
    showField: (object, field) => org.schema.showField(object, field),
    rows: (object) => org.store.all(object),
    updateRow: (object, id, values) => {
      const row = org.store.get(object, id);
      if (!row) throw new Error(`The Salesforce stand-in has no ${object} with the id ${id}.`);
      org.store.update(object, row, values, String(row.OwnerId ?? org.store.all('User')[0]?.Id));
    },
    setUsage: (used, limit) => org.usage.set(used, limit),
  };
}
