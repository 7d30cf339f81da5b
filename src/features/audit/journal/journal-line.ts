/**
 * A line of a journal: `<tenant>\tE\t<entry>\n`, or `I` for a sealed identity. The JSON goes to PostgreSQL as it stands here, so nothing is
 * parsed on the way. An entry begins with its place in the file, `{"n":7,`.
 */
export interface JournalLine {
  readonly tenant: string;
  readonly kind: 'E' | 'I';
  readonly json: string;
}

export function toJournalLine({ tenant, kind, json }: JournalLine): string {
  return `${tenant}\t${kind}\t${json}\n`;
}

/** Null: it is none. */
export function parseJournalLine(line: string): JournalLine | null {
  const tenantEnd = line.indexOf('\t');
  const kind = line[tenantEnd + 1];
  if (tenantEnd < 1 || line[tenantEnd + 2] !== '\t' || (kind !== 'E' && kind !== 'I')) return null;
  return { tenant: line.slice(0, tenantEnd), kind, json: line.slice(tenantEnd + 3) };
}
