import { describe, expect, it } from 'vitest';
import { createLogger, describeError } from '../../../src/platform/log.ts';

describe('the log', () => {
  it('writes one JSON line per event whatever the text holds', () => {
    const lines: string[] = [];
    createLogger('info', { write: (line) => lines.push(line) }).info(
      { name: 'a\r\nb\u2028\u001b[31m' },
      'hello\nworld',
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: 'hello\nworld' });
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
