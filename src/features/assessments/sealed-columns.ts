import type { SealedColumn } from '../../platform/sealing/seal-again.ts';
import type { SealedPlace } from '../../platform/sealing/sealer.ts';

/** Addresses are the same in either case, and hardly anybody knows how theirs is written in a database. */
export const normalEmail = (email: string): string => email.trim().normalize('NFC').toLowerCase();

export const MENTOR_EMAIL_INDEX = 'mentors.email';

/** What of this slice is sealed at rest. Names are not: lists are in their order, page by page. */
export const assessmentSealedColumns: readonly SealedColumn[] = [
  {
    table: 'mentors',
    column: 'email',
    key: 'id',
    row: ['id'],
    index: { column: 'email_index', purpose: MENTOR_EMAIL_INDEX, normalised: normalEmail },
  },
  { table: 'assessments', column: 'comment', key: 'id', row: ['mentor_id', 'ps_request_number'] },
];

export function placeOfEmail(tenant: string, mentorId: number): SealedPlace {
  return { table: 'mentors', column: 'email', row: [tenant, mentorId] };
}

/** By what is known of an assessment before it is stored. */
export function placeOfComment(tenant: string, mentorId: number, psRequestNumber: string): SealedPlace {
  return { table: 'assessments', column: 'comment', row: [tenant, mentorId, psRequestNumber] };
}
