/** A JSON object; its keys were checked where it came in. */
export type JsonObject = Record<string, unknown>;

/**
 * JSON Merge Patch (RFC 7386): a key with null is removed, an object is merged into what is there, anything else takes its place. Neither
 * argument is changed.
 */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const merged: JsonObject = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else if (isObject(value)) {
      const before = Object.hasOwn(target, key) ? target[key] : undefined;
      merged[key] = mergePatch(isObject(before) ? before : {}, value);
    } else merged[key] = value;
  }
  return merged;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
