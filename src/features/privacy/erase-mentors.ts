import { type Kysely, sql } from 'kysely';
import type { DB } from '../../generated/database.ts';
import type { Sealer } from '../../platform/sealing/sealer.ts';
import { MENTOR_EMAIL_INDEX, normalEmail, placeOfComment, placeOfEmail } from '../assessments/sealed-columns.ts';
import { type Erasure, type ErasureStep, noteUnread } from './erasure-step.ts';
import { ERASED_NAME, maskText } from './mask-text.ts';

const BATCH = 500;

/** A mentor with the address in plain text. */
export interface OpenMentor {
  readonly id: number;
  readonly name: string;
  /** Null when the key that sealed it is not at hand. */
  readonly email: string | null;
  readonly sealedEmail: string;
  /** Keyed hash of the address; null: it was stored before there were any. */
  readonly emailIndex: string | null;
}

/** Mentors of the tenant, after an id, in the order of their ids. */
export async function readMentors(
  db: Kysely<DB>,
  tenant: string,
  sealer: Sealer,
  after: number,
  limit: number,
): Promise<readonly OpenMentor[]> {
  const rows = await db
    .selectFrom('mentors')
    .select(['id', 'name', 'email', 'email_index'])
    .where('tenant', '=', tenant)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id, name, email, email_index }) => ({
    ...{ id, name, sealedEmail: email, emailIndex: email_index },
    email: sealer.openIfKeyIsThere(email, placeOfEmail(tenant, id)),
  }));
}

/** Mentors stay, because assessments are theirs, without name and address, and inactive. */
export const eraseMentors: ErasureStep = {
  name: 'mentors',
  kind: 'rows',
  run: async (db, erasure, from) => {
    const { tenant, sealer, pseudonym } = erasure;
    const mentors = await readMentors(db, tenant, sealer, Number(from ?? 0), BATCH);
    const theirs = mentors.filter(isTheirs(erasure));
    for (const { id } of theirs) {
      const email = `${pseudonym.replace(':', '-')}.${id}@erased.invalid`;
      await db
        .updateTable('mentors')
        .set({
          name: ERASED_NAME,
          email: sealer.seal(email, placeOfEmail(tenant, id)),
          email_index: sealer.blindIndex(MENTOR_EMAIL_INDEX, normalEmail(email)),
          active: false,
        })
        .where('tenant', '=', tenant)
        .where('id', '=', id)
        .execute();
    }
    return { rows: theirs.length, next: mentors.length < BATCH ? null : String(mentors.at(-1)?.id) };
  },
};

/** By the address or, where its key is not at hand, by its keyed hash, as long as the addresses of the person are known in plain text. */
function isTheirs(erasure: Erasure): (mentor: OpenMentor) => boolean {
  const { person, known, sealer } = erasure;
  const indexes = new Set(
    known
      .filter(({ kind }) => kind === 'email')
      .map(({ value }) => sealer.blindIndex(MENTOR_EMAIL_INDEX, normalEmail(value))),
  );
  return ({ email, sealedEmail, emailIndex }) => {
    if (email !== null) return person.has('email', email);
    if (emailIndex !== null && known.length > 0) return indexes.has(emailIndex);
    noteUnread(erasure, sealedEmail, 'mentors.email');
    return false;
  };
}

/** What others have written about the person in comments: the comments stay, their name and addresses do not. */
export const maskComments: ErasureStep = {
  name: 'comments',
  kind: 'rows',
  run: async (db, erasure, from) => {
    const { tenant, person, sealer } = erasure;
    const rows = await db
      .selectFrom('assessments')
      .select(['id', 'mentor_id', 'ps_request_number', 'comment'])
      .where('tenant', '=', tenant)
      .where('comment', 'is not', null)
      .where('id', '>', Number(from ?? 0))
      .orderBy('id')
      .limit(BATCH)
      .forUpdate()
      .execute();
    let changed = 0;
    for (const { id, mentor_id, ps_request_number, comment } of rows) {
      const place = placeOfComment(tenant, mentor_id, ps_request_number);
      const text = sealer.openIfKeyIsThere(comment ?? '', place);
      if (text === null) noteUnread(erasure, comment ?? '', 'assessments.comment');
      const masked = text === null ? null : maskText(person, text);
      if (masked === null || masked === text) continue;
      changed += 1;
      await db
        .updateTable('assessments')
        .set({ comment: sealer.seal(masked, place) })
        .where('tenant', '=', tenant)
        .where('id', '=', id)
        .execute();
    }
    return { rows: changed, next: rows.length < BATCH ? null : String(rows.at(-1)?.id) };
  },
};

/** Answers that are kept for the keys of others hold the comments once more. */
export const maskKeptComments: ErasureStep = {
  name: 'kept answers',
  kind: 'rows',
  run: async (db, erasure) => {
    const { tenant, person, sealer } = erasure;
    const { rows } = await sql<{ ctid: string; response: unknown }>`
      select ctid::text, response from idempotency_keys
      where tenant = ${tenant} and operation = 'submitAssessments' and response is not null for update
    `.execute(db);
    let changed = 0;
    for (const { ctid, response } of rows) {
      if (!Array.isArray(response)) continue;
      let isChanged = false;
      const masked = (response as readonly Record<string, unknown>[]).map((one) => {
        const { comment, mentor_id, ps_request_number } = one;
        if (typeof comment !== 'string') return one;
        const place = placeOfComment(tenant, Number(mentor_id), String(ps_request_number));
        const text = sealer.openIfKeyIsThere(comment, place);
        if (text === null) noteUnread(erasure, comment, 'idempotency_keys.response');
        const without = text === null ? null : maskText(person, text);
        if (without === null || without === text) return one;
        isChanged = true;
        return { ...one, comment: sealer.seal(without, place) };
      });
      if (!isChanged) continue;
      changed += 1;
      await sql`
        update idempotency_keys set response = ${JSON.stringify(masked)}::jsonb
        where tenant = ${tenant} and ctid = ${ctid}::tid
      `.execute(db);
    }
    return { rows: changed, next: null };
  },
};
