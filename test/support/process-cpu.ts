import { readFileSync } from 'node:fs';

/** Of `CLK_TCK`, which Linux has fixed for programs. */
const MS_PER_TICK = 10;

/** CPU time that a process has used so far, its threads included, in milliseconds; as fine as the kernel counts it. */
export function cpuOfProcess(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}
