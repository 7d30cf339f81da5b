/** Settings of one upstream; null stands for the bundled stand-in. */
export interface SalesforceSettings {
  readonly loginUrl: string;
  readonly clientId: string;
  readonly credentials:
    | { readonly kind: 'clientCredentials'; readonly clientSecret: string }
    | { readonly kind: 'jwtBearer'; readonly username: string; readonly privateKeyPem: string };
  /** REST API version, `62.0`. */
  readonly apiVersion: string;
}

export interface JiraSettings {
  readonly baseUrl: string;
  readonly email: string;
  readonly apiToken: string;
  /** Custom field ids; null: found by name at start. */
  readonly fields: Readonly<Record<'psRequest' | 'environment' | 'releaseVersion' | 'goLiveDate', string | null>>;
}

export interface OidcSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly rolesClaim: string;
  readonly tenantClaim: string;
  /** A token that was issued longer ago is refused, whatever its expiry says. */
  readonly maxTokenAgeSeconds: number;
}

export interface PoolSettings {
  /** Null: the embedded PostgreSQL. */
  readonly url: string | null;
  readonly maxConnections: number;
  readonly idleTimeoutMs: number;
  /** How long a query waits for a free connection before DATABASE_UNAVAILABLE. */
  readonly connectionTimeoutMs: number;
}

/** Of the caches of what sources answered. */
export interface CacheSettings {
  readonly ttlDefaultSeconds: number;
  /** For what hardly changes. */
  readonly ttlLongSeconds: number;
  /** How long after its time limit a value may be served while its source is down. */
  readonly staleTtlSeconds: number;
  /** Records and lists in memory. */
  readonly maxEntries: number;
  /** How long a read waits for others of its kind to share its call with; 0: not at all. */
  readonly coalesceWindowMs: number;
  /** So many of the operations that are asked most are executed again before their answers get old; 0: none. */
  readonly warmingTop: number;
  /** Between two polls of a source for what has changed there; 0: none are made. */
  readonly changePollIntervalSeconds: number;
}

/** Keys of 32 bytes. Null: one that is made under the data directory. */
export interface KeySettings {
  /** Seals sensitive columns. */
  readonly encryption: Buffer | null;
  /** Only open what they sealed before they were replaced. */
  readonly encryptionOld: readonly Buffer[];
  /** Ids of keys that are gone for good, on purpose: what they sealed counts as erased. */
  readonly encryptionDestroyed: readonly string[];
  /** Makes the keyed hashes by which people are found again without being named. It is never replaced. */
  readonly pseudonym: Buffer | null;
}

/** Of the sessions that bearer tokens are exchanged for. */
export interface SessionSettings {
  /** From a session's beginning, whatever is done with it. */
  readonly ttlSeconds: number;
  /** Without being used. */
  readonly idleTtlSeconds: number;
  /** Between two removals of what has ended. */
  readonly cleanupIntervalSeconds: number;
}

/** Of the audit log. */
export interface AuditSettings {
  /** Days that entries are kept at least. */
  readonly retentionDays: number;
  /** Whether this gateway removes what is past retention. */
  readonly cleanupEnabled: boolean;
  /** Of this database alone: what is kept here must not get into another one. */
  readonly directory: string;
  /** Where signed heads are appended. */
  readonly headsFile: string;
  /** Where signed heads are posted; null: nowhere. */
  readonly headsUrl: string | null;
  readonly headsIntervalSeconds: number;
  /** What the entries of reads may take on the disk while PostgreSQL is away; beyond it reads are refused. */
  readonly journalMaxBytes: number;
}

export type RoleName = 'VIEWER' | 'ANALYST' | 'OPERATOR' | 'ADMIN';

/** So many in a minute, and in an hour; 0: no limit. */
export interface Budget {
  readonly perMinute: number;
  readonly perHour: number;
}

/** What may be used up over time. Points: what operations cost that are executed. */
export interface BudgetSettings {
  readonly personRequests: Budget;
  readonly personPoints: Budget;
  /** Of all who use a program that gives itself a name, within one tenant. */
  readonly clientRequests: Budget;
  readonly clientPoints: Budget;
  /** From one address, those in the same document counted one by one. */
  readonly signIns: Budget;
  readonly failedSignIns: Budget;
}

/** What one operation may ask for. */
export interface OperationSettings {
  readonly maxTokens: number;
  readonly maxDepth: number;
  readonly maxAliases: number;
  /** Points that an operation may cost, by the highest role of who asks. */
  readonly maxCost: Readonly<Record<RoleName, number>>;
}

/** Documents that clients may name by their hash. */
export interface TrustedDocumentsSettings {
  /** `log`: documents that are not in the manifest are let in and noted; `safelist`: they are refused. */
  readonly mode: 'off' | 'log' | 'safelist';
  /** Path of the manifest. */
  readonly file: string;
}

export interface Config {
  readonly production: boolean;
  /** Stand-ins and embedded database are allowed: always outside production, there only by name. */
  readonly allowStandIns: boolean;
  readonly allowIntrospection: boolean;
  /** The gateway may work under a user that row-level security does not hold: always outside production, there only by name. */
  readonly allowOwnerLogin: boolean;
  readonly http: { readonly host: string; readonly port: number };
  /** `content`: cached payloads; PostgreSQL's tier of the cache lives there. */
  readonly database: {
    readonly oltp: PoolSettings;
    readonly olap: PoolSettings;
    readonly content: PoolSettings;
    /** Of the user that owns the tables; null: the user of `oltp` does, or the database is the embedded one. */
    readonly ownerUrl: string | null;
  };
  readonly redisUrl: string | null;
  readonly cache: CacheSettings;
  /** Milliseconds that a call which changes something in a source may take; see docs/writing.md for what follows from it. */
  readonly upstreamWriteTimeoutMs: number;
  readonly salesforce: SalesforceSettings | null;
  readonly salesforceApiVersion: string;
  /** Calls that all instances together may make in 24 hours; null: 80 % of the org's allowance. */
  readonly salesforceDailyCallBudget: number | null;
  /** Signs the change notices of Salesforce; null: none are taken. */
  readonly salesforceWebhookSecret: string | null;
  readonly jira: JiraSettings | null;
  readonly jiraFields: JiraSettings['fields'];
  /** Signs the change notices of Jira; null: none are taken. */
  readonly jiraWebhookSecret: string | null;
  readonly oidc: OidcSettings | null;
  /** Also for the stand-in issuer. */
  readonly maxTokenAgeSeconds: number;
  readonly sessions: SessionSettings;
  /** Origin under which browsers reach the gateway, in lower case; null: what the Host header says. */
  readonly publicOrigin: string | null;
  /** Role of a request without credentials; null: such a request is refused. */
  readonly anonymousRole: RoleName | null;
  readonly keys: KeySettings;
  readonly audit: AuditSettings;
  readonly operations: OperationSettings;
  readonly budgets: BudgetSettings;
  /** Operations that one instance executes at once. */
  readonly operationsUnderWay: number;
  /** Addresses and networks of proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  readonly trustedDocuments: TrustedDocumentsSettings;
  readonly logLevel: string;
  /** Where the embedded PostgreSQL keeps its files, and keys that no setting names. */
  readonly dataDirectory: string;
}
