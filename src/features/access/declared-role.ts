import type { ConstDirectiveNode, DirectiveNode, GraphQLField, GraphQLObjectType } from 'graphql';
import type { RoleName } from '../../platform/settings.ts';
import { roleNamed } from './viewer.ts';

const DIRECTIVE_NAME = 'requiresRole';

/** The element's own `@requiresRole`; null without one. Throws for two that contradict each other, or for a role that is none. */
export function declaredRole(element: GraphQLField<unknown, never> | GraphQLObjectType): RoleName | null {
  const nodes = [element.astNode, ...('extensionASTNodes' in element ? element.extensionASTNodes : [])];
  const roles = new Set(
    nodes
      .flatMap((node) => node?.directives ?? [])
      .filter((directive) => directive.name.value === DIRECTIVE_NAME)
      .map((directive) => roleOf(directive, element.name)),
  );
  if (roles.size > 1) throw new Error(`${element.name} has @${DIRECTIVE_NAME} with different roles. Keep one of them.`);
  const [role] = roles;
  return role ?? null;
}

function roleOf(directive: DirectiveNode | ConstDirectiveNode, elementName: string): RoleName {
  const value = directive.arguments?.find((argument) => argument.name.value === 'role')?.value;
  const role = value?.kind === 'EnumValue' ? roleNamed(value.value) : null;
  if (!role)
    throw new Error(`@${DIRECTIVE_NAME} on ${elementName} names no role. Write @${DIRECTIVE_NAME}(role: VIEWER), say.`);
  return role;
}
