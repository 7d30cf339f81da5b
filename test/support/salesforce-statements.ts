/** One SOQL statement that a stand-in was asked, as far as tests look at it. */
export interface SeenStatement {
  readonly from: string;
  readonly columns: readonly string[];
  /** Ids that its condition names. */
  readonly ids: readonly string[];
  readonly soql: string;
}

/** The statements in calls: alone by GET, or several in composite calls. */
export function statementsIn(
  calls: readonly { readonly path: string; readonly body?: string | null | undefined }[],
): SeenStatement[] {
  return calls
    .flatMap(({ path, body }) =>
      path.endsWith('/composite')
        ? (JSON.parse(body ?? '{}') as { compositeRequest: { url: string }[] }).compositeRequest.map(({ url }) => url)
        : [path],
    )
    .flatMap((url) => {
      const soql = new URL(url, 'http://salesforce.test').searchParams.get('q');
      return soql === null ? [] : [parse(soql)];
    });
}

function parse(soql: string): SeenStatement {
  const [, columns = '', from = ''] = /^SELECT (.*?) FROM (\w+)/.exec(soql) ?? [];
  const ids = [...soql.matchAll(/'([A-Za-z0-9]{18})'/g)].map(([, id = '']) => id);
  return { from, columns: columns.split(','), ids, soql };
}
