import { pino } from 'pino';
import { Counter, Gauge, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { Job, type JobOptions } from '../../../src/jobs/job.ts';

async function job(run: JobOptions['run'], intervalMs = 60_000) {
  const registry = new Registry();
  const registers = [registry];
  const lines: Record<string, unknown>[] = [];
  const log = pino(
    { base: null },
    { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const runs = new Counter({ name: 'runs', help: '.', labelNames: ['job', 'outcome'] as const, registers });
  const lastDone = new Gauge({ name: 'last', help: '.', labelNames: ['job'] as const, registers });
  const subject = new Job({ name: 'test', intervalMs, log, metrics: { runs, lastDone }, run });
  const counts = async () =>
    Object.fromEntries((await runs.get()).values.map(({ labels, value }) => [labels.outcome, value]));
  return { subject, lines, counts };
}

test('runs again and again, one round at a time', async () => {
  let underWay = 0;
  let most = 0;
  let rounds = 0;
  const { subject } = await job(async () => {
    most = Math.max(most, (underWay += 1));
    await new Promise((resolve) => setTimeout(resolve, 3));
    underWay -= 1;
    rounds += 1;
    return 'done';
  }, 1);
  await expect.poll(() => rounds).toBeGreaterThan(3);
  await Promise.all([subject.runNow(), subject.runNow()]);
  await subject.stop();
  expect(most).toBe(1);
});

test('a job that fails is logged once, counted each time, and told of when it works again', async () => {
  let fails = true;
  const { subject, lines, counts } = await job(async () => {
    if (fails) throw new Error('PostgreSQL is away.');
    return 'idle';
  });
  for (let round = 0; round < 3; round += 1) expect(await subject.runNow()).toBe('failed');
  fails = false;
  await subject.runNow();
  await subject.stop();
  expect(await counts()).toEqual({ failed: 3, idle: 1 });
  expect(lines.map(({ level }) => level)).toEqual([40, 30]);
});

test('a stop aborts the round under way, waits for it, and lets none begin after it', async () => {
  let ended = 0;
  const { subject } = await job(async (signal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    ended += 1;
    return 'done';
  }, 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await subject.stop();
  expect(ended).toBe(1);
  expect(await subject.runNow()).toBe('idle');
  expect(ended).toBe(1);
});
