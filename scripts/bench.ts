/**
 * `npm run bench`: every benchmark of bench/, one after the other, each in a process of its own, and one table of what they found. Only
 * ratios that were measured in the same run are compared. Ends with 1 when a benchmark fails or something promised does not hold.
 *
 *   npm run bench [-- part of a file's name …]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import type { BenchReport } from '../bench/support/report.ts';
import { tableOf } from '../bench/support/report.ts';

const LONGEST_MS = 300_000;
const directory = join(import.meta.dirname, '..', 'bench');
const wanted = process.argv.slice(2);
const files = globSync('*.ts', { cwd: directory })
  .sort()
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)));

const reports: BenchReport[] = [];
for (const file of files) {
  const startedAt = performance.now();
  process.stderr.write(`${basename(file, '.ts')} … `);
  const child = fork(join(directory, file), [], { timeout: LONGEST_MS });
  child.on('message', (message) => reports.push(message as BenchReport));
  const [code] = (await once(child, 'exit')) as [number | null];
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  process.stderr.write(code === 0 ? `${seconds} s\n` : `FAILED after ${seconds} s\n`);
  if (code !== 0) process.exitCode = 1;
}
console.log(`\nNode ${process.version}, ${availableParallelism()} cores\n${tableOf(reports)}`);
