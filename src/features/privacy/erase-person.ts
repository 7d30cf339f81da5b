import { randomUUID } from 'node:crypto';
import type { Database, TenantScope } from '../../platform/database.ts';
import { badUserInput } from '../../platform/errors.ts';
import type { Sealer } from '../../platform/sealing/sealer.ts';
import type { AuditActor } from '../audit/actor.ts';
import { appendAudit } from '../audit/append.ts';
import { newPseudonym, reasonPlace, subjectPlace } from './erasure-ledger.ts';
import { insertRequest, type RequestRecord, type StepRecord, selectRequest, selectSteps } from './erasure-table.ts';
import { KnownPerson } from './known-person.ts';
import { maskText } from './mask-text.ts';
import { type Identifier, readIdentifier } from './person-identifiers.ts';

export interface ErasureAnswer {
  readonly request: RequestRecord;
  readonly steps: readonly StepRecord[];
}

const MAX_REASON_LENGTH = 500;
const MAX_FURTHER = 20;

/** What `erasePerson` is asked for. */
export interface ErasureInput {
  readonly userIdentifier: string;
  readonly reason: string;
  readonly alsoKnownAs?: readonly string[] | null | undefined;
}

/** Throws BAD_USER_INPUT for what can be told without asking anybody. */
export function checkErasure(input: ErasureInput): {
  readonly identifiers: readonly Identifier[];
  readonly reason: string;
} {
  const identifiers = readAll(input.userIdentifier, input.alsoKnownAs ?? []);
  const reason = input.reason.trim();
  if (reason === '' || reason.length > MAX_REASON_LENGTH) {
    throw badUserInput(
      `\`input.reason\` must be 1 to ${MAX_REASON_LENGTH} characters. Tell in a few words why the person is erased.`,
      {
        argument: 'input.reason',
      },
    );
  }
  return { identifiers, reason };
}

/**
 * Stores the request with its audit entry. From here on it is carried out, whatever becomes of this process. Answers its id. Throws BAD_USER_INPUT,
 * AUDIT_UNAVAILABLE.
 */
export async function requestErasure(
  database: Database,
  scope: TenantScope,
  sealer: Sealer,
  actor: AuditActor,
  input: ErasureInput,
): Promise<string> {
  const { identifiers, reason } = checkErasure(input);
  const { tenant } = scope;
  const id = randomUUID();
  const person = new KnownPerson(identifiers).asHashed(sealer, tenant);
  const named = [input.userIdentifier, ...(input.alsoKnownAs ?? [])].map((text) => text.trim());
  const withoutPerson = named.reduce((text, name) => text.replaceAll(name, '[erased]'), maskText(person, reason));
  await database.inTenant(scope, async (db) => {
    await insertRequest(db, {
      tenant,
      id,
      subject: sealer.seal(JSON.stringify(identifiers), subjectPlace(tenant, id)),
      reason: sealer.seal(withoutPerson, reasonPlace(tenant, id)),
      pseudonym: newPseudonym(),
      requestedBy: actor.actorId,
      replayed: false,
    });
    await appendAudit(db, actor, {
      action: 'erasePerson',
      resourceType: 'Person',
      resourceId: input.userIdentifier.trim(),
      outcome: 'ALLOWED',
      details: { request: id },
    });
  });
  return id;
}

/** Null for a request that the tenant does not have. */
export async function readErasure(database: Database, scope: TenantScope, id: string): Promise<ErasureAnswer | null> {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return null;
  return await database.inTenant(scope, async (db) => {
    const request = await selectRequest(db, id);
    return request && { request, steps: await selectSteps(db, id) };
  });
}

function readAll(first: string, further: readonly string[]): readonly Identifier[] {
  if (further.length > MAX_FURTHER) {
    throw badUserInput(`\`input.alsoKnownAs\` takes up to ${MAX_FURTHER} identifiers.`, {
      argument: 'input.alsoKnownAs',
    });
  }
  return [
    ...readIdentifier(first, 'input.userIdentifier'),
    ...further.flatMap((text, place) => readIdentifier(text, `input.alsoKnownAs[${place}]`)),
  ];
}
