import { withChecksum } from '../data/salesforce-id.ts';

const ID_FORM = /^(?:[A-Za-z0-9]{15}|[A-Za-z0-9]{18})$/;

/** The 15 characters that identify a record, from either form; undefined when this is no id. Case counts. */
export function id15(id: string): string | undefined {
  if (!ID_FORM.test(id)) return undefined;
  const short = id.slice(0, 15);
  return id.length === 15 || withChecksum(short) === id ? short : undefined;
}
