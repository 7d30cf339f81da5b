import type { IncomingMessage } from 'node:http';
import type { AuditTrail } from '../../features/audit/audit-trail.ts';
import type { AuditEvent, AuditOutcome, JsonObject } from '../../features/audit/event.ts';
import type { RequestAuditTrail } from '../../features/audit/request-audit.ts';
import { GatewayError } from '../../platform/errors.ts';
import { describeError, type Logger } from '../../platform/log.ts';
import { mayAskForPlan } from '../explain/explain-header.ts';
import type { Reply } from '../reply.ts';
import { type AnswerOutcome, outcomeOfAnswer, outcomeOfCodes } from './answer-outcome.ts';
import { type AskedRequest, type KnownSubject, type KnownSubjects, unknownSubject } from './known-subjects.ts';
import type { SubjectField } from './operation-subject.ts';
import { selfAuditing } from './sensitive-reads.ts';

export interface AuditedOperationOptions {
  readonly trail: AuditTrail;
  readonly subjects: KnownSubjects;
  readonly log: Logger;
}

/** What is told of an answer beside its errors: how it was come by. */
const ANSWERED_FROM = {
  memory: '{"answer":"memory"}',
  shared: '{"answer":"shared"}',
  joined: '{"answer":"joined"}',
  execution: '{"answer":"executed"}',
  stale: '{"answer":"executed","stale":true}',
  repeated: '{"answer":"memory","stale":true}',
} as const;

const REFUSED_ACTION = 'operation.refused';
const UNKNOWN_ACTION = 'operation';
const NOTHING: ReadonlySet<string> = new Set();

/** The entries of one operation: exactly one for each root field of a mutation, and one for any other. */
export class AuditedOperation {
  readonly #options: AuditedOperationOptions;
  readonly #own: RequestAuditTrail;
  readonly #isPlan: boolean;
  #subject: KnownSubject = unknownSubject(null);
  #hasBegun = false;
  #isDone = false;

  constructor(options: AuditedOperationOptions, own: RequestAuditTrail, request: Pick<IncomingMessage, 'headers'>) {
    this.#options = options;
    this.#own = own;
    this.#isPlan = mayAskForPlan(request.headers);
  }

  /** To be called once it is known what is asked. */
  isAbout(asked: AskedRequest): void {
    this.#subject = this.#options.subjects.of(asked);
  }

  /**
   * To be called before the operation is executed, and not for one that is refused for want of room: a change that could have no entry is refused with
   * AUDIT_UNAVAILABLE, and PostgreSQL is asked for that.
   */
  async permit(): Promise<void> {
    const fields = this.#fields;
    if (this.#isChange && !(fields.length > 0 && fields.every(({ field }) => selfAuditing.has(field))))
      await this.#options.trail.probe(this.#own.actor);
    this.#hasBegun = true;
  }

  /** To be called before the answer is sent. Rejects with AUDIT_UNAVAILABLE when it must not be. */
  async answered(reply: Reply): Promise<void> {
    await this.#answered(reply);
    this.#isDone = true;
  }

  #answered(reply: Reply): Promise<void> {
    const { trail } = this.#options;
    const { actor } = this.#own;
    if (reply.kind === 'stored') {
      const { joined, from } = reply.served;
      const details = this.#withNames(ANSWERED_FROM[joined ? 'joined' : from]);
      if (this.#sensitiveAmong(NOTHING).length > 0) return this.#store('ALLOWED', JSON.parse(details));
      return trail.note(actor, this.#about, 'ALLOWED', details);
    }
    const outcome = outcomeOfAnswer(reply.body);
    if (!outcome.hasData && !this.#isPlan) return this.#refused(outcome.codes, reply.status);
    if (this.#isChange) return this.#changed(outcome);
    return this.#read(outcome, reply.isRepeated ? 'repeated' : reply.isStale ? 'stale' : 'execution');
  }

  /** To be called when the operation ends with an error as a whole. Never rejects: the error is answered in any case. */
  async failed(error: unknown): Promise<void> {
    if (this.#isDone) return;
    const code = error instanceof GatewayError ? error.code : 'INTERNAL_SERVER_ERROR';
    try {
      if (this.#hasBegun && this.#isChange)
        await this.#changed({ hasData: false, codes: [code], codesByField: new Map(), emptyFields: NOTHING });
      else await this.#refused([code], null);
    } catch (failure) {
      const { log } = this.#options;
      log.error(
        { requestId: this.#own.actor.requestId, code, error: describeError(failure) },
        'A refused operation could not be noted in the audit log.',
      );
    }
  }

  get #isChange(): boolean {
    return this.#subject.type === 'mutation' && !this.#isPlan;
  }

  get #about(): string {
    return this.#subject.json;
  }

  /** `details`: an object as JSON, with members. */
  #withNames(details: string): string {
    const { namesJson } = this.#subject;
    return namesJson === '' ? details : `${details.slice(0, -1)}${namesJson}}`;
  }

  /** Empty: not known. */
  get #fields(): readonly SubjectField[] {
    return this.#subject.fields;
  }

  /** Names of the fields that may be shown only once their entry is in PostgreSQL, without those that show nothing. */
  #sensitiveAmong(emptyFields: ReadonlySet<string>): readonly string[] {
    const fields = this.#fields;
    if (fields.length === 0) return [UNKNOWN_ACTION];
    const shown = fields.filter(({ isSensitive, responseName }) => isSensitive && !emptyFields.has(responseName));
    return [...new Set(shown.map(({ field }) => field))];
  }

  #read(outcome: AnswerOutcome, from: 'repeated' | 'stale' | 'execution'): Promise<void> {
    const { trail } = this.#options;
    const fields = this.#fields;
    if (fields.length > 0 && fields.every(({ responseName }) => this.#own.isCovered(responseName)))
      return Promise.resolve();
    const sensitive = this.#isPlan ? [] : this.#sensitiveAmong(outcome.emptyFields);
    if (outcome.codes.length === 0 && !this.#isPlan && sensitive.length === 0)
      return trail.note(this.#own.actor, this.#about, 'ALLOWED', this.#withNames(ANSWERED_FROM[from]));
    const isWhole = fields.every(({ responseName }) => outcome.codesByField.has(responseName));
    const result = outcomeOfCodes(outcome.codes, isWhole);
    const { names } = this.#subject.records;
    const details = {
      answer: this.#isPlan ? 'plan' : from === 'repeated' ? 'memory' : 'executed',
      ...(from === 'execution' ? {} : { stale: true }),
      ...(outcome.codes.length > 0 ? { errors: outcome.codes } : {}),
      ...(names.length > 0 ? { names } : {}),
    };
    if (sensitive.length === 0) return trail.note(this.#own.actor, this.#about, result, JSON.stringify(details));
    return this.#store(result, outcome.codes.length > 0 ? { ...details, shown: sensitive } : details);
  }

  #store(outcome: AuditOutcome, details: JsonObject): Promise<void> {
    const [first, ...rest] = this.#fields;
    const { resourceType, resourceId } = this.#subject.records;
    const furtherActions = [...new Set(rest.map(({ field }) => field))].filter((field) => field !== first?.field);
    return this.#options.trail.store(this.#own.actor, {
      action: first?.field ?? UNKNOWN_ACTION,
      resourceType,
      resourceId,
      outcome,
      ...(furtherActions.length > 0 ? { furtherActions } : {}),
      details,
    });
  }

  /** What has been changed can't be taken back, so that its entries may wait in the journal if PostgreSQL went away meanwhile. */
  async #changed({ codes, codesByField }: AnswerOutcome): Promise<void> {
    const { trail } = this.#options;
    const known: readonly (SubjectField | undefined)[] = this.#fields.length > 0 ? this.#fields : [undefined];
    const events = known
      .filter((field) => !field || !this.#own.isCovered(field.responseName))
      .map((field): AuditEvent => {
        const own = !field || codesByField.size === 0 ? codes : (codesByField.get(field.responseName) ?? []);
        const event = aboutField(field, outcomeOfCodes(own, true));
        const told = field && this.#own.detailsOf(field.responseName);
        const details = { ...told, ...(own.length > 0 ? { errors: own } : {}) };
        return Object.keys(details).length > 0 ? { ...event, details } : event;
      });
    const [first, ...rest] = events;
    if (!first) return;
    try {
      // It was refused just now, so that nothing was changed and nobody has to wait for another refusal.
      if (codes.includes('AUDIT_UNAVAILABLE')) throw new Error('The audit log could not be written.');
      await trail.store(this.#own.actor, first, ...rest);
    } catch {
      for (const event of events) await trail.noteEvent(this.#own.actor, event);
    }
  }

  #refused(codes: readonly string[], status: number | null): Promise<void> {
    const fields = this.#fields.map(({ field }) => field).slice(0, 20);
    const details = JSON.stringify({
      errors: codes,
      ...(status === null ? {} : { status }),
      ...(fields.length > 0 ? { fields } : {}),
    });
    const about = `"actions":["${REFUSED_ACTION}"],"resourceType":null,"resourceId":null`;
    return this.#options.trail.note(this.#own.actor, about, outcomeOfCodes(codes, true), details);
  }
}

function aboutField(field: SubjectField | undefined, outcome: AuditOutcome): AuditEvent {
  return {
    action: field?.field ?? UNKNOWN_ACTION,
    resourceType: field?.resourceType ?? null,
    resourceId: field?.resourceId ?? null,
    outcome,
  };
}
