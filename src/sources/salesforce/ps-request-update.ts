import { badUserInput, GatewayError } from '../../platform/errors.ts';
import type {
  JsonObject,
  JsonValue,
  Looked,
  Prepared,
  SourceWrite,
  WriteCalls,
  WriteIntent,
} from '../../upstream/source-write.ts';
import { outcomeOfFailure } from '../../upstream/source-write.ts';
import type { Availability } from './availability.ts';
import type { SalesforceClient } from './client.ts';
import { badAnswer } from './failures.ts';
import { type FieldDefinition, UNREADABLE } from './field-kinds.ts';
import { psRequest } from './fields.ts';
import { parseRecordId, toPsRequestNumber } from './ids.ts';
import { compare, select, text } from './soql.ts';
import { isRefusedWrite, readWriteFailure } from './write-failures.ts';

/** What of a request can be changed, by its property in the graph. */
export const updatableProperties = ['status', 'goLiveDate', 'risk'] as const;
export type UpdatableProperty = (typeof updatableProperties)[number];

/** Values as the graph has them; null clears. What is not to be changed is not there. */
type Values = Readonly<Partial<Record<UpdatableProperty, string | null>>>;

/** `UpdatePsRequestInput` as GraphQL coerced it. */
export interface PsRequestUpdateInput extends Readonly<Partial<Record<UpdatableProperty, string | null | undefined>>> {
  readonly id: string;
  readonly ifUpdatedAt?: string | null | undefined;
}

/** A change that was checked as far as it can be without asking Salesforce. */
export interface PsRequestUpdate {
  /** 18-character id, or number. */
  readonly name: string;
  readonly values: Values;
  readonly ifUpdatedAt: string | null;
}

interface UpdateIntent extends WriteIntent {
  readonly values: JsonObject;
  readonly before: JsonObject;
  /** Salesforce's own stamp of the last change that was known before. */
  readonly beforeUpdatedAt: string;
  readonly ifUpdatedAt: string | null;
}

/** A request as Salesforce has it at this moment. */
interface PresentState {
  readonly id18: string;
  readonly number: string;
  readonly updatedAt: string;
  readonly updatedById: unknown;
  readonly values: Readonly<Record<UpdatableProperty, JsonValue>>;
}

const AUDIT_COLUMNS = ['Id', 'Name', 'LastModifiedDate', 'LastModifiedById'] as const;

/** What counts where nothing is known of the org. */
const everythingShown: Pick<Availability, 'idKind' | 'whyUnreadable'> = {
  idKind: ({ type, keyPrefix }) => ({ type, keyPrefix }),
  whyUnreadable: () => null,
};

/** Checks the input. Throws BAD_USER_INPUT, which names the argument, and FIELD_UNAVAILABLE. */
export function checkPsRequestUpdate(
  input: PsRequestUpdateInput,
  availability: Pick<Availability, 'idKind' | 'whyUnreadable'> = everythingShown,
): PsRequestUpdate {
  const values: Partial<Record<UpdatableProperty, string | null>> = {};
  for (const property of updatableProperties) {
    const value = input[property];
    if (value === undefined) continue;
    const field: FieldDefinition = psRequest.fields[property];
    if (value === null && field.required) {
      throw badUserInput(
        `\`${property}\` can not be cleared: every request has one. Leave it out to keep it as it is.`,
        {
          argument: `input.${property}`,
        },
      );
    }
    const hidden = availability.whyUnreadable(psRequest, field);
    if (hidden) throw hidden;
    values[property] = value;
  }
  if (Object.keys(values).length === 0) {
    throw badUserInput(
      `There is nothing to change. Pass at least one of ${updatableProperties.map((property) => `\`${property}\``).join(', ')}.`,
      { argument: 'input' },
    );
  }
  const name = toPsRequestNumber(input.id) ?? parseRecordId(availability.idKind(psRequest), input.id, 'input.id');
  return { name, values, ifUpdatedAt: input.ifUpdatedAt ?? null };
}

export interface PsRequestUpdateOptions {
  readonly client: SalesforceClient;
  readonly availability: Availability;
}

/** `updatePsRequest`: one PATCH of the given fields, conditional on the request's last change where the client names it. */
export class PsRequestUpdateWrite implements SourceWrite<PsRequestUpdate, UpdateIntent> {
  readonly operation = 'updatePsRequest';
  readonly source = 'SALESFORCE';
  readonly #client: SalesforceClient;
  readonly #availability: Availability;

  constructor({ client, availability }: PsRequestUpdateOptions) {
    this.#client = client;
    this.#availability = availability;
  }

  /** See checkPsRequestUpdate. */
  check(input: PsRequestUpdateInput): PsRequestUpdate {
    return checkPsRequestUpdate(input, this.#availability);
  }

  async prepare({ name, values, ifUpdatedAt }: PsRequestUpdate, calls: WriteCalls): Promise<Prepared<UpdateIntent>> {
    const present = await this.#read(name, calls);
    if (present === null) throw unknownRequest();
    const record = { type: 'PsRequest', id: present.id18, names: [present.number] };
    if (ifUpdatedAt !== null && Date.parse(ifUpdatedAt) !== Date.parse(present.updatedAt)) {
      return { kind: 'outdated', record, error: conflictWith(present) };
    }
    const changed = updatableProperties.filter((property) => property in values);
    if (changed.every((property) => present.values[property] === values[property])) {
      return { kind: 'nothingToDo', record, result: { psRequestId: present.id18 } };
    }
    const before = Object.fromEntries(changed.map((property) => [property, present.values[property]]));
    const wanted = Object.fromEntries(changed.map((property) => [property, values[property] ?? null]));
    return {
      kind: 'ready',
      record,
      intent: {
        names: record.names,
        values: wanted,
        before,
        beforeUpdatedAt: present.updatedAt,
        ifUpdatedAt,
      },
      basedOn: ifUpdatedAt,
      details: { before, after: wanted },
    };
  }

  async send(
    { record, intent }: Parameters<SourceWrite<PsRequestUpdate, UpdateIntent>['send']>[0],
    calls: WriteCalls,
  ): ReturnType<SourceWrite<PsRequestUpdate, UpdateIntent>['send']> {
    let hasLeft = false;
    const path = `${this.#client.versionPath}/sobjects/${psRequest.name}/${record.id}`;
    try {
      await this.#client.update(
        path,
        columnsOf(intent.values),
        intent.ifUpdatedAt,
        { operation: 'update', ...calls },
        () => {
          hasLeft = true;
        },
      );
      return { kind: 'done', result: { psRequestId: record.id } };
    } catch (error) {
      const outcome = outcomeOfFailure(error, hasLeft, isRefusedWrite(error));
      if (outcome.kind !== 'notDone') return outcome;
      const meaning = readWriteFailure(error);
      if (meaning === 'changedSince') {
        return { kind: 'notDone', error: await this.conflict(intent, calls), isOutdated: true };
      }
      if (meaning === 'gone') return { kind: 'notDone', error: unknownRequest(), isOutdated: true };
      return { kind: 'notDone', error: meaning ?? outcome.error };
    }
  }

  async look(
    { record, intent }: Parameters<SourceWrite<PsRequestUpdate, UpdateIntent>['look']>[0],
    calls: WriteCalls,
  ): Promise<Looked> {
    const present = await this.#read(record.id, calls);
    if (present === null) return { kind: 'overtaken' };
    const wanted = Object.entries(intent.values);
    if (wanted.every(([property, value]) => present.values[property as UpdatableProperty] === value)) {
      const isOwn = present.updatedById === (await this.#client.ownUserId());
      return { kind: 'done', result: { psRequestId: record.id, changedByGateway: isOwn } };
    }
    // A stamp that stands where it stood says that nobody has changed anything.
    return { kind: present.updatedAt === intent.beforeUpdatedAt ? 'noTrace' : 'overtaken' };
  }

  async conflict(intent: UpdateIntent, calls: WriteCalls): Promise<GatewayError> {
    const present = await this.#read(intent.names[0] ?? '', calls).catch(() => null);
    return conflictWith(present);
  }

  async #read(name: string, calls: WriteCalls): Promise<PresentState | null> {
    const columns = [
      ...AUDIT_COLUMNS,
      ...this.#availability.visiblePaths(
        psRequest,
        updatableProperties.flatMap((property) => psRequest.fields[property].columns),
      ),
    ];
    const statement = select({
      columns,
      from: psRequest.name,
      where: [compare(toPsRequestNumber(name) === null ? 'Id' : 'Name', '=', text(name))],
      orderBy: [{ column: 'Id', direction: 'ASC' }],
      limit: 1,
    });
    const path = `${this.#client.versionPath}/query?q=${encodeURIComponent(statement)}`;
    const body = await this.#client.get(path, { operation: 'query', ...calls, countRecords: () => 1 });
    const records: unknown = typeof body === 'object' && body !== null && 'records' in body ? body.records : null;
    if (!Array.isArray(records)) throw badAnswer('an answer to a query without records');
    return records.length === 0 ? null : toPresentState(records[0] as Readonly<Record<string, unknown>>);
  }
}

function toPresentState(row: Readonly<Record<string, unknown>>): PresentState {
  const { id, number, updatedAt } = psRequest.fields;
  const decoded = (field: FieldDefinition): JsonValue => {
    const value = field.decode(...field.columns.map((column) => row[column] ?? null));
    // A value that the graph does not know is different from every value that one can set.
    return value === UNREADABLE ? { unreadable: true } : (value as JsonValue);
  };
  const [id18, itsNumber, changedAt] = [row.Id, decoded(number), decoded(updatedAt)];
  if (
    decoded(id) === null ||
    typeof id18 !== 'string' ||
    typeof itsNumber !== 'string' ||
    typeof changedAt !== 'string'
  ) {
    throw badAnswer('a request without id, number or time of its last change');
  }
  return {
    id18,
    number: itsNumber,
    updatedAt: changedAt,
    updatedById: row.LastModifiedById,
    values: {
      status: decoded(psRequest.fields.status),
      goLiveDate: decoded(psRequest.fields.goLiveDate),
      risk: decoded(psRequest.fields.risk),
    },
  };
}

/** In Salesforce's names and words. */
function columnsOf(values: JsonObject): Record<string, JsonValue> {
  return Object.fromEntries(
    Object.entries(values).map(([property, value]) => {
      const { columns, picklist }: FieldDefinition = psRequest.fields[property as UpdatableProperty];
      return [String(columns[0]), typeof value === 'string' && picklist ? (picklist[value] ?? value) : value];
    }),
  );
}

function unknownRequest(): GatewayError {
  return badUserInput(
    '`input.id` names no request, or one that Salesforce does not show to the gateway. Nothing was changed; look the request up first.',
    { argument: 'input.id' },
  );
}

/** `present`: null when it could not be read. */
function conflictWith(present: PresentState | null): GatewayError {
  const message =
    'The request was changed since it was read, and nothing was changed now. Read it again, and repeat the change with its new `updatedAt` if it is still wanted.';
  const current = present ? { updatedAt: present.updatedAt, current: readableValues(present) } : {};
  return new GatewayError('CONFLICT', message, {
    source: 'SALESFORCE',
    details: { argument: 'input.ifUpdatedAt', ...current },
  });
}

function readableValues({ values }: PresentState): Record<string, JsonValue> {
  return Object.fromEntries(
    Object.entries(values).map(([property, value]) => [property, typeof value === 'string' ? value : null]),
  );
}
