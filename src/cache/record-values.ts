export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** Values by the source's own field name, as the source sent them. Shared by all requests: never change one. */
export type RecordValues = Readonly<Record<string, JsonValue>>;
