export interface GraphqlAnswer {
  readonly status: number;
  // The shape is the operation's own; tests say what they expect of it.
  // biome-ignore lint/suspicious/noExplicitAny: tests walk into answers whose shape only the operation knows.
  readonly data: any;
  readonly errors: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
}

/** Sends one operation by POST to any gateway. */
export async function sendOperation(
  url: string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<GraphqlAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const body = (await response.json()) as Partial<GraphqlAnswer>;
  return {
    status: response.status,
    data: body.data,
    errors: body.errors ?? [],
    extensions: body.extensions ?? {},
    headers: response.headers,
  };
}
