import { describe, expect, it } from 'vitest';
import { createLogger, describeError } from '../../../src/platform/log.ts';

describe('the log', () => {
  it('writes one JSON line per event whatever the text holds', () => {
    const lines: string[] = [];
    createLogger('info', { write: (line) => lines.push(line) }).info(
      { name: 'a\r\nb\u2028\u2029\u0085\u009b31m\u001b[31m\u202e', '\u2028': 'as a name too' },
      'hello\nworld',
    );
    expect(lines).toHaveLength(1);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(lines[0]?.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e]/);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      name: 'a\r\nb\u2028\u2029\u0085\u009b31m\u001b[31m\u202e',
      '\u2028': 'as a name too',
      msg: 'hello\nworld',
    });
  });

  it('cuts what is long, and says so', () => {
    const lines: string[] = [];
    const log = createLogger('info', { write: (line) => lines.push(line) });
    let deep: object = {};
    for (let depth = 0; depth < 10_000; depth += 1) deep = { deep };
    log.info({ text: 'x'.repeat(1_000_000), many: Array(1_000).fill(1) }, 'long');
    log.info({ texts: Array(1_000).fill('y'.repeat(3_000)), deep }, 'much');
    log.info({ ['k'.repeat(1_000_000)]: 1, ...Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [n, n])) });
    const [long, much, named] = lines.map((line) => JSON.parse(line) as Record<string, string[]>);
    expect(long?.text).toMatch(/^x{4000}… \(1000000 characters\)$/);
    expect(long?.many).toHaveLength(101);
    expect(much?.texts?.at(-1)).toBe('… (1000 items)');
    expect(Object.keys(named ?? {}).length).toBeLessThan(110);
    for (const line of lines) expect(line.length).toBeLessThan(32_000);
  });

  it('redacts secrets at the depths in use', () => {
    const lines: string[] = [];
    const log = createLogger('info', { write: (line) => lines.push(line) });
    log.info(
      {
        token: 'canary',
        request: { headers: { authorization: 'canary', cookie: 'canary' } },
        jira: { apiToken: 'canary' },
      },
      'call',
    );
    expect(lines.join('')).not.toContain('canary');
  });

  it('describes an error by name, message, code and causes alone', () => {
    const error = new Error('outer', {
      cause: Object.assign(new Error('inner'), { code: 'ECONNREFUSED', config: { secret: 'canary' } }),
    });
    expect(describeError(error)).toEqual({
      name: 'Error',
      message: 'outer',
      cause: { name: 'Error', message: 'inner', code: 'ECONNREFUSED' },
    });
  });
});
