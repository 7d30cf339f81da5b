import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nativeIdOf, parseGlobalId, toGlobalId } from '../../../src/platform/global-id.ts';

describe('global ids', () => {
  it('give back type and native id', () => {
    expect(parseGlobalId(toGlobalId('PsRequest', 'a0R000000000001AAA'))).toEqual({
      type: 'PsRequest',
      nativeId: 'a0R000000000001AAA',
    });
  });

  it('never throw and never accept a text that is not exactly what they would make themselves', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        const parsed = parseGlobalId(text);
        if (parsed) expect(toGlobalId(parsed.type, parsed.nativeId)).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  it('do not take a number, a Salesforce id or a Jira key for a global id', () => {
    for (const id of ['PSR-00042', 'a0R000000000001AAA', 'a0R000000000001', 'PSD-7', ''])
      expect(parseGlobalId(id)).toBeNull();
  });

  it('of another type are refused with both types named', () => {
    expect(() => nativeIdOf(toGlobalId('Account', '001'), 'Mentor', 'mentorId')).toThrow(
      /`mentorId` is the id of an Account.*`id` of a Mentor/,
    );
  });
});
