import type { GraphQLResolveInfo } from 'graphql';
import type { Caller } from '../features/access/caller.ts';
import type { AccessLoaders } from '../features/access/loaders.ts';
import type { ViewerModel } from '../features/access/viewer.ts';
import type { AssessmentLoaders } from '../features/assessments/loaders.ts';
import type { AuditLoaders } from '../features/audit/loaders.ts';
import type { RequestAudit } from '../features/audit/request-audit.ts';
import type { ValidationLoaders } from '../features/validation/loaders.ts';
import type {
  AddJiraCommentInput,
  GatewayStatus,
  TransitionJiraIssueInput,
  UpdatePsRequestInput,
} from '../generated/graphql.ts';
import type { LinkLoaders } from '../links/loaders.ts';
import type { GatewayError } from '../platform/errors.ts';
import type { RequestScope } from '../platform/request-scope.ts';
import type { JiraLoaders } from '../sources/jira/loaders.ts';
import type { SalesforceLoaders } from '../sources/salesforce/loaders.ts';
import type { JsonObject } from '../upstream/source-write.ts';
import type { AfterWrite } from './after-write.ts';

/** What one request may change in Salesforce and Jira. `responseKey`: alias, or name of the mutation. See UpstreamWrites.carryOut. */
export interface UpstreamMutations {
  updatePsRequest(input: UpdatePsRequestInput, responseKey: string): Promise<JsonObject>;
  transitionJiraIssue(input: TransitionJiraIssueInput, responseKey: string): Promise<JsonObject>;
  addJiraComment(input: AddJiraCommentInput, responseKey: string): Promise<JsonObject>;
}

/** Per-request loaders, by slice; never shared between requests. Edges name them as `<slice>.<loader>`. */
export interface Loaders {
  readonly salesforce: SalesforceLoaders;
  readonly jira: JiraLoaders;
  readonly links: LinkLoaders;
  readonly assessments: AssessmentLoaders;
  readonly validation: ValidationLoaders;
  readonly audit: AuditLoaders;
  readonly access: AccessLoaders;
}

/** What every resolver gets. */
export interface Context {
  readonly scope: RequestScope;
  readonly viewer: ViewerModel;
  /** How the viewer came in, and from where. */
  readonly caller: Caller;
  readonly loaders: Loaders;
  readonly audit: RequestAudit;
  /** How this instance and its sources are doing at this moment. */
  gatewayStatus(): Promise<GatewayStatus>;
  /**
   * For mutations, once a write has, or may have, taken effect, and before anything is read for the answer: nobody is served any more what was
   * read of these records before.
   */
  afterWrite: AfterWrite;
  /** For mutations that change records of a source. */
  readonly upstream: UpstreamMutations;
  /**
   * Adds an error to the answer while the field still returns what it has: for fields such as `search` that
   * lose one source and keep the others.
   */
  reportPartialError(error: GatewayError, field: Pick<GraphQLResolveInfo, 'path' | 'fieldNodes'>): void;
}
