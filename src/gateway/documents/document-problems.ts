import {
  type ASTNode,
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  getLocation,
  Kind,
  print,
  validate,
} from 'graphql';
import type { DocumentJudge } from '../limits/document-verdict.ts';

/** What is wrong with a document, and where. */
export interface DocumentProblem {
  readonly message: string;
  /** In the file that the place belongs to; null where the document was parsed without places. */
  readonly place: { readonly file: string; readonly line: number } | null;
}

/** What the gateway would refuse a document for, whoever sends it: the schema, and the limits that no variable changes. */
export function documentProblems(
  document: DocumentNode,
  schema: GraphQLSchema,
  judge: Pick<DocumentJudge, 'judge'>,
): DocumentProblem[] {
  const verdict = judge.judge(print(document));
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  // Before validation, which takes long for what is refused here.
  if (verdict.kind === 'refused') return [{ message: verdict.error.message, place: placeOf(operation) }];
  return validate(schema, document).map((error: GraphQLError) => ({
    message: error.message,
    place: placeOf(error.nodes?.[0] ?? operation),
  }));
}

/** Where a node stands in its file. */
export function placeOf(node: ASTNode | undefined): DocumentProblem['place'] {
  if (!node?.loc) return null;
  const { source, start } = node.loc;
  return { file: source.name, line: getLocation(source, start).line + source.locationOffset.line - 1 };
}
