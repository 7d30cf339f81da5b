import { z } from 'zod';
import { listsTag, recordTag } from '../../cache/tags.ts';
import { salesforceObjects } from './fields.ts';
import { toId18 } from './ids.ts';

/** What a notice of Salesforce concerns. */
export interface SalesforceChangeNotice {
  /** Names the delivery: sent again, it is the same one. */
  readonly id: string;
  readonly tags: readonly string[];
  /** Objects and ids that were passed over: those that the graph does not serve, and what is no id. */
  readonly ignored: number;
}

const MAX_CHANGES = 2_000;

const notice = z.object({
  id: z.string().min(1).max(200),
  changes: z
    .array(
      z.object({
        object: z.string().max(100),
        id: z.string().max(100),
        changeType: z.enum(['CREATE', 'UPDATE', 'DELETE', 'UNDELETE']),
      }),
    )
    .max(MAX_CHANGES),
});

const typeByObject = new Map(Object.values(salesforceObjects).map(({ name, type }) => [name.toLowerCase(), type]));

/** Reads the body that a relay in the org sends (docs/webhooks.md); null for what is none. */
export function readSalesforceChangeNotice(body: unknown): SalesforceChangeNotice | null {
  const parsed = notice.safeParse(body);
  if (!parsed.success) return null;
  const tags = new Set<string>();
  let ignored = 0;
  for (const { object, id } of parsed.data.changes) {
    const type = typeByObject.get(object.toLowerCase());
    const id18 = toId18(id);
    if (type === undefined || id18 === null) {
      ignored += 1;
      continue;
    }
    tags.add(recordTag(type, id18));
    tags.add(listsTag(type));
  }
  return { id: parsed.data.id, tags: [...tags], ignored };
}
