import { type DocumentNode, type FieldNode, Kind, print, type SelectionNode, visit } from 'graphql';

/** The document in the form that Apollo's clients hash: its operation first, then its fragments by their names. */
export function sortedDocument(document: DocumentNode): DocumentNode {
  const key = (node: DocumentNode['definitions'][number]): string =>
    `${node.kind === Kind.OPERATION_DEFINITION ? 0 : 1}${'name' in node ? (node.name?.value ?? '') : ''}`;
  return {
    ...document,
    definitions: [...document.definitions].sort((a, b) => (key(a) === key(b) ? 0 : key(a) < key(b) ? -1 : 1)),
  };
}

/**
 * What two documents have in common that ask for the same: neither white space and comments, nor the order of definitions, nor the
 * `__typename` that clients add to every selection for their cache.
 */
export function formOf(document: DocumentNode): string {
  const plain = visit(document, {
    SelectionSet: {
      leave: (node) => {
        const kept = node.selections.filter((selection) => !isAddedTypename(selection));
        return kept.length > 0 && kept.length < node.selections.length ? { ...node, selections: kept } : undefined;
      },
    },
  });
  return print(sortedDocument(plain));
}

function isAddedTypename(selection: SelectionNode): selection is FieldNode {
  return (
    selection.kind === Kind.FIELD &&
    selection.name.value === '__typename' &&
    !selection.alias &&
    !selection.directives?.length
  );
}

/** The document without anything that may be about somebody: every text is empty, every number 0. */
export function withoutValues(document: DocumentNode): string {
  return print(
    visit(document, {
      StringValue: (node) => ({ ...node, value: '', block: false }),
      IntValue: (node) => ({ ...node, value: '0' }),
      FloatValue: (node) => ({ ...node, value: '0' }),
    }),
  );
}
