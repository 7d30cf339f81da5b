import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';

/**
 * How many pairs of fields of a document have the same response name at the same place, whatever the types. Validation compares the two of
 * each, so this and not the length of the text tells how long it takes. Stops soon after `enough`. Only for documents that `checkShape`
 * let pass: it walks them written out.
 */
export function countFieldPairs(document: DocumentNode, enough: number): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const count: Count = { fragments, enough, pairs: 0, seen: new Set() };
  for (const definition of document.definitions)
    if (definition.kind === Kind.OPERATION_DEFINITION) countBeneath([definition.selectionSet], count);
  for (const [name, { selectionSet }] of fragments) if (!count.seen.has(name)) countBeneath([selectionSet], count);
  return count.pairs;
}

interface Count {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly enough: number;
  pairs: number;
  /** Fragments that were walked at some place. */
  readonly seen: Set<string>;
}

function countBeneath(sets: readonly SelectionSetNode[], count: Count): void {
  const beneath = new Map<string, { fields: number; readonly sets: SelectionSetNode[] }>();
  const spread = new Set<string>();
  const waiting = [...sets];
  for (let set = waiting.pop(); set; set = waiting.pop()) {
    for (const node of set.selections) {
      if (count.pairs > count.enough) return;
      if (node.kind === Kind.INLINE_FRAGMENT) waiting.push(node.selectionSet);
      else if (node.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = count.fragments.get(node.name.value);
        if (!fragment || spread.has(node.name.value)) continue;
        spread.add(node.name.value);
        count.seen.add(node.name.value);
        waiting.push(fragment.selectionSet);
      } else {
        const name = node.alias?.value ?? node.name.value;
        const same = beneath.get(name) ?? { fields: 0, sets: [] };
        // One with each that was there before.
        count.pairs += same.fields;
        same.fields += 1;
        if (node.selectionSet) same.sets.push(node.selectionSet);
        if (same.fields === 1) beneath.set(name, same);
      }
    }
  }
  for (const same of beneath.values()) if (same.sets.length > 0) countBeneath(same.sets, count);
}
