import {
  defaultFieldResolver,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isObjectType,
} from 'graphql';

/** One field of an answer that is or holds records. */
export interface AnswerPlace {
  readonly parent: unknown;
  readonly args: Readonly<Record<string, unknown>>;
  readonly info: GraphQLResolveInfo;
  /** What its resolver gave: a model, a list, a connection, null, or a promise of one. */
  readonly answer: unknown;
}

interface NotingContext {
  readonly places?: AnswerPlace[];
}

type Resolver = GraphQLFieldResolver<unknown, NotingContext>;

/**
 * Notes with every request which of its fields were answered with records, in place: if some of them turn out to be stale, it can be told
 * where they are. It sits on the fields alone that have a resolver and give objects, never on plain ones, and takes no promise of its own.
 * Call it once, on the finished schema.
 */
export function noteAnswerPlaces(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const resolve = field.resolve as Resolver | undefined;
      if (!resolve || resolve === defaultFieldResolver || !isCompositeType(getNamedType(field.type))) continue;
      field.resolve = (parent, args, context: NotingContext, info) => {
        const answer = resolve(parent, args, context, info);
        context.places?.push({ parent, args, info, answer });
        return answer;
      };
    }
  }
}
