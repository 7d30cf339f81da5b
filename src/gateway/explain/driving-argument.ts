import type { DrivingArgument } from './pending-read.ts';
import type { StartedField } from './walked-objects.ts';

const DEFAULT_SIZES = { first: true, last: true } as const;

/** The argument of this field that says how many; the one of a field above holds when this has none, or when that says more. */
export function drivingArgument({
  objects,
  field,
  definition,
  path,
  args,
  plan,
}: StartedField): DrivingArgument | null {
  const place = { field: `${objects.type.name}.${field.name}`, path };
  const lists = Object.entries(args).filter(([, value]) => Array.isArray(value));
  const [list] = lists;
  let own: DrivingArgument | null = null;
  if (typeof args.last === 'number') own = { ...place, name: 'last', value: args.last, isDefault: false };
  else if (definition.args.some(({ name }) => name in DEFAULT_SIZES)) {
    const isDefault = typeof args.first !== 'number';
    const rows = Math.max(0, ...plan.rows.map(({ most }) => most));
    own = { ...place, name: 'first', value: isDefault ? rows : Number(args.first), isDefault };
  } else if (list) own = { ...place, name: list[0], value: (list[1] as unknown[]).length, isDefault: false };
  if (own === null) return null;
  return objects.argument && objects.argument.value > own.value ? objects.argument : own;
}
