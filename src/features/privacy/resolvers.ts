import type { Resolvers } from '../../generated/graphql.ts';
import type { Sealer } from '../../platform/sealing/sealer.ts';
import { checkErasure, type ErasureAnswer, readErasure, requestErasure } from './erase-person.ts';
import { signProof } from './erasure-proof.ts';
import type { ErasureRunner } from './erasure-runner.ts';
import { type ExportOptions, exportPerson } from './export-person.ts';
import { requireKnown } from './require-known.ts';

export interface PrivacyOptions extends ExportOptions {
  readonly erasures: Pick<ErasureRunner, 'runNow'>;
}

/** Of the ten seconds that an operation has. What is not done by then goes on without anybody waiting. */
const WAIT_MS = 7_000;

const UNKNOWN_MAY_BE_ERASED =
  ' With `input.evenIfUnknown: true` they are erased all the same, and hidden if they ever show, as from a restored backup.';

/** `erasePerson`, `erasure`, `exportPerson`. */
export function privacyResolvers(options: PrivacyOptions): Resolvers {
  const { database, erasures, sealer } = options;
  return {
    Query: {
      erasure: async (_parent, { requestId }, { scope }) => {
        const answer = await readErasure(database, scope, requestId);
        return answer && toErasure(answer, sealer);
      },
    },
    Mutation: {
      erasePerson: async (_parent, { input }, { scope, audit }, info) => {
        const startedAtMs = performance.now();
        const { userIdentifier, alsoKnownAs } = input;
        const given = [
          { text: userIdentifier, argument: 'input.userIdentifier' },
          ...(alsoKnownAs ?? []).map((text, place) => ({ text, argument: `input.alsoKnownAs[${place}]` })),
        ];
        checkErasure(input);
        if (input.evenIfUnknown !== true)
          await requireKnown(options, scope, audit.actor.pseudonyms, given, UNKNOWN_MAY_BE_ERASED);
        const requestId = await requestErasure(database, scope, sealer, audit.actor, input);
        audit.covered(String(info.path.key));
        await within(WAIT_MS - (performance.now() - startedAtMs), erasures.runNow(requestId));
        const answer = await readErasure(database, scope, requestId);
        if (!answer) throw new Error('An erasure that was just stored is not there.');
        const rowsOf = (name: string): number => answer.steps.find(({ step }) => step === name)?.rows ?? 0;
        return {
          requestId,
          sessionsDeleted: rowsOf('sessions'),
          auditEntriesPseudonymised: rowsOf('audit'),
          erasure: toErasure(answer, sealer),
        };
      },
      exportPerson: async (_parent, { input }, { scope, viewer, audit }, info) => {
        const exported = await exportPerson(options, scope, viewer, audit.actor, input?.userIdentifier ?? null);
        audit.covered(String(info.path.key));
        return exported;
      },
    },
  };
}

function toErasure({ request, steps }: ErasureAnswer, sealer: Sealer) {
  const { id, status, requestedAt, completedAt, problem, proof, proofSignature } = request;
  return {
    requestId: id,
    status,
    requestedAt: requestedAt.toISOString(),
    completedAt: completedAt?.toISOString() ?? null,
    problem,
    erased: steps.map(({ step, rows }) => ({ store: step, count: rows })),
    proof: proof as Record<string, unknown> | null,
    proofSignature,
    proofIsValid: proofSignature === null ? null : signProof(sealer, proof) === proofSignature,
  };
}

async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work, enough]);
  clearTimeout(timer);
}
