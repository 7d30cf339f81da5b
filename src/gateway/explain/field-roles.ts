import type { GraphQLField, GraphQLObjectType } from 'graphql';
import { declaredRole } from '../../features/access/declared-role.ts';
import type { RoleName } from '../../platform/settings.ts';

/** The role that each field needs, as the schema declares it; read once. */
export class FieldRoles {
  readonly #byField = new Map<string, RoleName | null>();

  /** Null for a field without a rule, such as federation's own. */
  roleOf(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): RoleName | null {
    const coordinate = `${type.name}.${field.name}`;
    let role = this.#byField.get(coordinate);
    if (role === undefined) this.#byField.set(coordinate, (role = declaredRole(field) ?? declaredRole(type)));
    return role;
  }
}
