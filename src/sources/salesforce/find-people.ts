import { Receipt } from '../../platform/receipt.ts';
import { user } from './fields.ts';
import { toId18 } from './ids.ts';
import type { QueryQueue } from './query-queue.ts';
import { anyOf, type Condition, isIn, select, text } from './soql.ts';

/** A person as a source knows them, in plain text. */
export interface FoundPerson {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
}

const MAX_FOUND = 200;

/**
 * Users of these ids (15 or 18 characters) or with these addresses, past every cache, because what is asked for is not to be kept. One query; fails with
 * the UPSTREAM_ codes.
 */
export async function findUsers(
  queue: QueryQueue,
  wanted: { readonly ids: readonly string[]; readonly emails: readonly string[] },
  signal: AbortSignal,
): Promise<readonly FoundPerson[]> {
  const conditions: Condition[] = [];
  if (wanted.ids.length > 0) conditions.push(isIn('Id', wanted.ids.map(text)));
  if (wanted.emails.length > 0)
    conditions.push(isIn('Email', wanted.emails.map(text)), isIn('Username', wanted.emails.map(text)));
  if (conditions.length === 0) return [];
  const statement = select({
    columns: ['Id', 'Name', 'Email'],
    from: user.name,
    where: [anyOf(conditions)],
    orderBy: [],
    limit: MAX_FOUND,
  });
  const { records } = await queue.query(statement, [{ signal, receipt: new Receipt(), priority: 'background' }]);
  return records.flatMap(({ Id, Name, Email }) => {
    const id = toId18(String(Id));
    if (id === null) return [];
    return [{ id, name: typeof Name === 'string' ? Name : null, email: typeof Email === 'string' ? Email : null }];
  });
}
