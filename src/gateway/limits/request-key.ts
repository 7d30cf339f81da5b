/** What is remembered of a request is found by: the same text as a body and as a query string are two requests. */
export function requestKey(isPost: boolean, search: string, bodyText: string): string {
  return isPost ? `P${bodyText}` : `G${search}`;
}
