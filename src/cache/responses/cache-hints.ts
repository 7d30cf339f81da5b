import type { ConstDirectiveNode, GraphQLField, GraphQLNamedType } from 'graphql';

/** What `@cacheControl` says of one field or type. */
export interface CacheHint {
  /** Null: it says nothing about age. */
  readonly maxAgeSeconds: number | null;
  readonly isPrivate: boolean;
  readonly inheritsMaxAge: boolean;
}

/** The element's own `@cacheControl`, on its definition or an extension of it; null without one. Of several the most restrictive counts. */
export function cacheHintOf(element: GraphQLField<unknown, unknown> | GraphQLNamedType): CacheHint | null {
  const nodes = [element.astNode, ...('extensionASTNodes' in element ? element.extensionASTNodes : [])];
  let hint: CacheHint | null = null;
  for (const node of nodes) {
    for (const directive of node && 'directives' in node ? (node.directives ?? []) : []) {
      if (directive.name.value !== 'cacheControl') continue;
      const found = hintOf(directive);
      hint = hint === null ? found : stricter(hint, found);
    }
  }
  return hint;
}

function hintOf(directive: ConstDirectiveNode): CacheHint {
  let maxAgeSeconds: number | null = null;
  let isPrivate = false;
  let inheritsMaxAge = false;
  for (const { name, value } of directive.arguments ?? []) {
    if (name.value === 'maxAge' && value.kind === 'IntValue') maxAgeSeconds = Math.max(0, Number(value.value));
    if (name.value === 'scope' && value.kind === 'EnumValue') isPrivate = value.value === 'PRIVATE';
    if (name.value === 'inheritMaxAge' && value.kind === 'BooleanValue') inheritsMaxAge = value.value;
  }
  return { maxAgeSeconds, isPrivate, inheritsMaxAge };
}

function stricter(left: CacheHint, right: CacheHint): CacheHint {
  const ages = [left.maxAgeSeconds, right.maxAgeSeconds].filter((age) => age !== null);
  return {
    maxAgeSeconds: ages.length === 0 ? null : Math.min(...ages),
    isPrivate: left.isPrivate || right.isPrivate,
    inheritsMaxAge: left.inheritsMaxAge && right.inheritsMaxAge,
  };
}
