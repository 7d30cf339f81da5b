/** One line of a benchmark. What was measured tells nothing by itself, the machine is whatever it is; the ratio to the peer does. */
export interface BenchRow {
  readonly what: string;
  /** As measured, with its unit. */
  readonly measured: string;
  /** Beside the peer, of the same run: `0.12 x`, `97 %`. */
  readonly ratio: string;
  /** What the ratio is of. */
  readonly peer: string;
  /** Where the project promises something; the run fails when it does not hold. */
  readonly promise?: { readonly text: string; readonly holds: boolean };
}

export interface BenchReport {
  readonly title: string;
  readonly rows: readonly BenchRow[];
}

/** Hands the rows to `npm run bench` when it started this process, and prints them otherwise. Last thing that a benchmark does. */
export function report(title: string, rows: readonly BenchRow[]): void {
  const broken = rows.filter(({ promise }) => promise?.holds === false);
  if (broken.length > 0) process.exitCode = 1;
  const result: BenchReport = { title, rows };
  if (process.send) process.send(result, () => process.disconnect?.());
  else console.log(tableOf([result]));
}

/** All rows side by side. */
export function tableOf(reports: readonly BenchReport[]): string {
  const cells = reports.map(({ title, rows }) => ({
    title,
    rows: rows.map(({ what, measured, ratio, peer, promise }) => [
      what,
      measured,
      ratio,
      peer,
      promise ? `${promise.text}: ${promise.holds ? 'holds' : 'BROKEN'}` : '',
    ]),
  }));
  const head = ['what', 'measured', 'ratio', 'beside', 'promised'];
  const widths = head.map((name, column) =>
    Math.max(name.length, ...cells.flatMap(({ rows }) => rows.map((row) => row[column]?.length ?? 0))),
  );
  const line = (row: readonly string[]) =>
    `  ${row.map((text, column) => (column === 1 || column === 2 ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0))).join('  ')}`.trimEnd();
  return [line(head), ...cells.flatMap(({ title, rows }) => ['', title, ...rows.map(line)])].join('\n');
}
