import type { FetchCall, RecordKind, SideRecord } from '../../cache/record-kind.ts';
import { type CommentAnswer, type IssueAnswer, projectAnswer, type UserAnswer, userAnswer } from './answers.ts';
import { toProjectRecord } from './project-kind.ts';
import { userValues } from './user-kind.ts';

export interface CompanionKinds {
  readonly users: RecordKind;
  readonly projects: RecordKind;
}

/** People and projects that arrived within issues and comments, each once; whoever asks for one next needs no call. */
export function companionsOf(
  kinds: CompanionKinds,
  issues: readonly IssueAnswer[],
  comments: readonly CommentAnswer[] = [],
): { put(call: FetchCall): void } {
  const users = new Map<string, SideRecord>();
  const projects = new Map<string, SideRecord>();
  const addUser = (user: UserAnswer): void => {
    if (!users.has(user.accountId)) users.set(user.accountId, { values: userValues(user) });
  };
  for (const { fields } of issues) {
    for (const person of [fields.assignee, fields.reporter]) {
      const parsed = userAnswer.safeParse(person);
      if (parsed.success) addUser(parsed.data);
    }
    const project = projectAnswer.safeParse(fields.project);
    if (!project.success || projects.has(project.data.id)) continue;
    projects.set(project.data.id, toProjectRecord(project.data, { lead: false }));
  }
  for (const { author } of comments) if (author) addUser(author);
  return {
    put: (call) => {
      if (users.size > 0) call.put(kinds.users, users);
      if (projects.size > 0) call.put(kinds.projects, projects);
    },
  };
}
