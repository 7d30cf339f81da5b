import { expect, it } from 'vitest';
import { checkJsonText } from '../../../../src/gateway/limits/json-text.ts';
import { checkVariables } from '../../../../src/gateway/limits/variable-values.ts';

const limits = { maxNesting: 3, maxValues: 4, maxExplainedFaults: 10, maxExplainedCharacters: 100 };

const said = (check: () => void): string => {
  try {
    check();
    return 'nothing';
  } catch (error) {
    return (error as Error).message;
  }
};

it.each([
  '{}',
  '[ ]',
  '{"a":1,"b":2,"c":3,"d":4}',
  '{"a":1,"b":2,"c":3,"d":4,"e":5}',
  '{"a":[],"b":{},"c":[ ],"d":{\n}}',
  '{"a":[1,2,3]}',
  '{"a":[1,2,3,4]}',
  '[[[[]]]]',
  '[[[[[]]]]]',
  '{"a":{"b":{"c":{"d":1}}}}',
  '{"a":{"b":{"c":{"d":{}}}}}',
  '{"a":"[[[[[[,,,,,,"}',
  '{"a":"\\"[[[[[[,,,,,,"}',
  '{"a":"\\\\","b":"\\\\\\",,,,,"}',
  '"[[[[[[[[[["',
])('counts before it is parsed what is counted afterwards: %s', (text) => {
  expect(said(() => checkJsonText(text, limits))).toBe(said(() => checkVariables(JSON.parse(text), limits)));
});

it.each(['', '{', '"', '"\\', ']]]]', '{"a', '\\\\\\"'])('leaves what is no JSON to the parser: %s', (text) => {
  expect(() => checkJsonText(text, limits)).not.toThrow();
});
