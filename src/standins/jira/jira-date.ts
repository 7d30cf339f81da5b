/** Jira writes instants as `2026-01-02T03:04:05.000+0000`, where ISO 8601 as JavaScript writes it ends with `Z`. */
export function toJiraDate(isoDate: string): string;
export function toJiraDate(isoDate: string | null): string | null;
export function toJiraDate(isoDate: string | null): string | null {
  return isoDate === null ? null : new Date(isoDate).toISOString().replace('Z', '+0000');
}
