/** Puts found items into the order of the keys; a key without an item gives null. Length and order are what DataLoader demands. */
export function oneByKey<Key, Item>(
  keys: readonly Key[],
  items: Iterable<Item>,
  keyOf: (item: Item) => Key,
): (Item | null)[] {
  const byKey = new Map<Key, Item>();
  for (const item of items) byKey.set(keyOf(item), item);
  return keys.map((key) => byKey.get(key) ?? null);
}

/** Groups items by key, in the order of the keys; within a group the order of the items is kept. A key without items gives []. */
export function manyByKey<Key, Item>(
  keys: readonly Key[],
  items: Iterable<Item>,
  keyOf: (item: Item) => Key,
): Item[][] {
  const byKey = new Map<Key, Item[]>(keys.map((key) => [key, []]));
  for (const item of items) byKey.get(keyOf(item))?.push(item);
  return keys.map((key) => byKey.get(key) ?? []);
}

/** Cuts a list into pieces of at most `size`. */
export function chunk<Item>(items: readonly Item[], size: number): Item[][] {
  const chunks: Item[][] = [];
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size));
  return chunks;
}
