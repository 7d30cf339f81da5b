const keyPattern = /^[A-Z][A-Z0-9_]{0,254}-\d{1,12}$/;
const projectKeyPattern = /^[A-Z][A-Z0-9_]{0,254}$/;

/** An issue key as Jira writes it, from what a person typed: trimmed and upper-cased. Null for what is no key. */
export function normaliseIssueKey(text: string): string | null {
  const key = text.trim().toUpperCase();
  return keyPattern.test(key) ? key : null;
}

/** Null for what is no project key. */
export function normaliseProjectKey(text: string): string | null {
  const key = text.trim().toUpperCase();
  return projectKeyPattern.test(key) ? key : null;
}

/** Jira's numeric ids, as text. */
export function isNumericId(text: string): boolean {
  return /^[1-9]\d{0,17}$/.test(text);
}

export function projectOf(issueKey: string): string {
  return issueKey.slice(0, issueKey.lastIndexOf('-'));
}

/** Order of keys as Jira's `ORDER BY key`: by project, then by number. */
export function compareIssueKeys(left: string, right: string): number {
  const [leftProject, rightProject] = [projectOf(left), projectOf(right)];
  if (leftProject !== rightProject) return leftProject < rightProject ? -1 : 1;
  return Number(left.slice(leftProject.length + 1)) - Number(right.slice(rightProject.length + 1));
}
