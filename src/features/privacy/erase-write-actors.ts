import { subjectOfActor } from '../upstream-writes/write-audit.ts';
import { type ErasureStep, noteUnread } from './erasure-step.ts';

/** Changes in a source of which it is not known yet what became: their entry of the audit log is going to tell of it without the person. */
export const eraseWriteActors: ErasureStep = {
  name: 'changes under way',
  kind: 'rows',
  run: async (db, erasure) => {
    const { tenant, person, sealer } = erasure;
    const rows = await db
      .selectFrom('upstream_writes')
      .select(['id', 'actor'])
      .where('tenant', '=', tenant)
      .where('actor', 'is not', null)
      .execute();
    const theirs = rows.flatMap(({ id, actor }) => {
      if (actor === null) return [];
      const { subject, isUnread } = subjectOfActor(sealer, actor, { tenant, id });
      if (isUnread) noteUnread(erasure, actor, 'upstream_writes.actor');
      return person.has('subject', subject) ? [id] : [];
    });
    if (theirs.length > 0)
      await db
        .updateTable('upstream_writes')
        .set({ actor: null })
        .where('tenant', '=', tenant)
        .where('id', 'in', theirs)
        .execute();
    return { rows: theirs.length, next: null };
  },
};
