import { type GraphQLSchema, isObjectType } from 'graphql';
import { sourceTag, typeTag } from '../cache/tags.ts';
import type { Resolvers } from '../generated/graphql.ts';
import { badUserInput, type GatewayError } from '../platform/errors.ts';
import { toId18 } from '../sources/salesforce/ids.ts';
import { type KeptSource, typesBySource } from './source-types.ts';

/** What an administrator's invalidation needs of the record cache. */
export interface AdministeredCache {
  invalidate(tags: readonly string[]): Promise<unknown>;
  countTagged(tags: readonly string[]): number;
}

const MAX_TAGS = 1_000;

/** `invalidateCache`. */
export function cacheAdministrationResolvers(cache: AdministeredCache): Resolvers {
  return {
    Mutation: {
      invalidateCache: async (_parent, { input }, _context, { schema }) => {
        const tags = tagsOf(input.tags, input.source, schema);
        // Before it happens: afterwards nothing is held.
        const invalidated = cache.countTagged(tags);
        await cache.invalidate(tags);
        return { invalidated };
      },
    },
  };
}

function tagsOf(
  tags: readonly string[] | null | undefined,
  source: KeptSource | null | undefined,
  schema: GraphQLSchema,
): readonly string[] {
  if ((tags == null) === (source == null)) {
    throw badUserInput('Name what to invalidate in one of two ways: either `tags`, or `source`.', {
      argument: 'input',
    });
  }
  // Answers from PostgreSQL are not held by source, and lists of a type have its tag too.
  if (source != null) return [sourceTag(source), ...typesBySource[source].map(typeTag)];
  if (tags == null || tags.length === 0 || tags.length > MAX_TAGS) {
    throw badUserInput(`\`tags\` takes 1 to ${MAX_TAGS} tags. Send them in several requests, or name a \`source\`.`, {
      argument: 'input.tags',
    });
  }
  return [...new Set(tags.map((tag, place) => tagOf(tag, place, schema)))];
}

/** `PsRequest`, `PsRequest[]`, `PsRequest:a0R…`. */
const tagForm = /^([A-Z][A-Za-z]{1,40})(?:(\[\])|:([\x21-\x7e]{1,250}))?$/;
const salesforceTypes: ReadonlySet<string> = new Set(typesBySource.SALESFORCE);
const keptTypes: ReadonlySet<string> = new Set(Object.values(typesBySource).flat());

function tagOf(tag: string, place: number, schema: GraphQLSchema): string {
  const [, type = '', lists, name] = tagForm.exec(tag) ?? [];
  if (!keptTypes.has(type) || !isObjectType(schema.getType(type))) throw unknownTag(tag, place);
  if (lists !== undefined || name === undefined) return tag;
  const held = asHeld(type, name);
  if (held === null) throw unknownTag(tag, place);
  return `${type}:${held}`;
}

/**
 * People write ids and keys in several ways; records are held under one. Records of Salesforce by their ids alone: whether one is known by
 * another name depends on what was read of it.
 */
function asHeld(type: string, name: string): string | null {
  if (type === 'JiraIssue' || type === 'JiraProject') return name.toUpperCase();
  return salesforceTypes.has(type) ? toId18(name) : name;
}

function unknownTag(tag: string, place: number): GatewayError {
  const shown = tag.length > 60 ? `${tag.slice(0, 60)}…` : tag;
  const types = [...keptTypes].join(', ');
  return badUserInput(
    `\`${shown}\` is no tag. Send \`PsRequest:<Salesforce id>\` or \`JiraIssue:<key>\` for a record, \`PsRequest[]\` for the lists of a type, \`PsRequest\` for both; types are ${types}.`,
    { argument: `input.tags[${place}]` },
  );
}
