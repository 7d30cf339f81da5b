import { z } from 'zod';

/**
 * The parts of Jira's answers that the gateway reads. Jira adds members at any time and leaves out what a permission or a privacy
 * setting hides, so everything else is ignored and almost everything is optional. Lists are parsed member by member: one that can't be
 * read must not cost the others.
 */
const idText = z.union([z.string().min(1), z.number().transform(String)]);

/** A list that drops members which do not fit, nulls among them (`/user/bulk` really answers those). */
function tolerantList<Item>(item: z.ZodType<Item>) {
  return z.array(z.unknown()).transform((members) =>
    members.flatMap((member) => {
      const parsed = item.safeParse(member);
      return parsed.success ? [parsed.data] : [];
    }),
  );
}

/** One that Jira may leave out. The list that an answer is about is never left out: without it, it is no answer of Jira's, and not "none". */
function optionalList<Item>(item: z.ZodType<Item>) {
  return tolerantList(item)
    .nullish()
    .transform((members) => members ?? []);
}

export const userAnswer = z.object({
  accountId: z.string().min(1),
  displayName: z.string().nullish(),
  emailAddress: z.string().nullish(),
  active: z.boolean().nullish(),
});
export type UserAnswer = z.infer<typeof userAnswer>;

export const userListAnswer = tolerantList(userAnswer);

export const projectAnswer = z.object({
  id: idText,
  key: z.string().min(1),
  name: z.string().nullish(),
  lead: userAnswer.nullish().catch(null),
});
export type ProjectAnswer = z.infer<typeof projectAnswer>;

/** `fields` holds exactly what was asked for, keyed by field id; reading the values is the model's part. */
export const issueAnswer = z.object({
  id: idText,
  key: z.string().min(1),
  fields: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((fields) => fields ?? {}),
  changelog: z.unknown().optional(),
});
export type IssueAnswer = z.infer<typeof issueAnswer>;

const issueError = z.object({ id: idText, errorMessage: z.string().nullish() });

export const bulkFetchAnswer = z.object({ issues: tolerantList(issueAnswer), issueErrors: optionalList(issueError) });
export type BulkFetchAnswer = z.infer<typeof bulkFetchAnswer>;

export const searchAnswer = z.object({
  issues: tolerantList(issueAnswer),
  nextPageToken: z.string().nullish(),
  isLast: z.boolean().nullish(),
});
export type SearchAnswer = z.infer<typeof searchAnswer>;

export const commentAnswer = z.object({
  id: idText,
  author: userAnswer.nullish().catch(null),
  body: z.unknown(),
  created: z.string(),
});
export type CommentAnswer = z.infer<typeof commentAnswer>;

export const commentPageAnswer = z.object({
  comments: tolerantList(commentAnswer),
  startAt: z.number().nullish(),
  total: z.number().nullish(),
});
export type CommentPageAnswer = z.infer<typeof commentPageAnswer>;

export const userPageAnswer = z.object({ values: tolerantList(userAnswer) });
export const projectPageAnswer = z.object({ values: tolerantList(projectAnswer) });

const fieldAnswer = z.object({ id: z.string().min(1), name: z.string(), custom: z.boolean().nullish() });
export type FieldAnswer = z.infer<typeof fieldAnswer>;
export const fieldListAnswer = tolerantList(fieldAnswer);

/** Comments with what programs have attached to them. */
export const commentListAnswer = z.object({
  values: tolerantList(
    z.object({ id: idText, properties: optionalList(z.object({ key: z.string(), value: z.unknown() })) }),
  ),
});
export type CommentListAnswer = z.infer<typeof commentListAnswer>;

const statusReference = z.object({ id: idText, name: z.string().min(1) });

/** An issue with where it stands, where it can go, and how its status has changed lately, the newest first. */
export const issueStatusAnswer = z.object({
  id: idText,
  key: z.string().min(1),
  fields: z.object({ status: statusReference }),
  transitions: optionalList(
    z.object({ id: idText, name: z.string(), to: statusReference, isAvailable: z.boolean().nullish() }),
  ),
  changelog: z
    .object({
      histories: optionalList(
        z.object({
          id: idText,
          author: z.object({ accountId: z.string() }).nullish().catch(null),
          items: optionalList(
            z.object({ field: z.string(), to: z.string().nullish(), fromString: z.string().nullish() }),
          ),
        }),
      ),
    })
    .nullish(),
});
export type IssueStatusAnswer = z.infer<typeof issueStatusAnswer>;

/** The changelog of an issue as far as changes of its key go. */
export const keyChangesAnswer = z.object({
  histories: optionalList(
    z.object({ items: optionalList(z.object({ field: z.string(), fromString: z.string().nullish() })) }),
  ),
});
