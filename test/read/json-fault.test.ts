import { expect, test } from 'vitest';
import { faultIn } from '../../src/read/json-fault.js';

test.each([
  ['{"a": b}', 6],
  ['{"a" 1}', 5],
  ['{"a": 1,}', 8],
  ['[1, 2,]', 6],
  ['[1 2]', 3],
  ['[1]]', 3],
  ['{"a": "x\ny"}', 8],
  ['{"a": "\\q"}', 7],
  ['{a: 1}', 1],
  ['{"a": tru}', 6],
  ['[01]', 2],
  ['["a": 1]', 4],
  ['{"a", 1}', 4],
  ['<html>', 0],
  ['{]', 1],
])('%s goes wrong at character %i', (text, at) => {
  expect(() => JSON.parse(text)).toThrow();
  expect(faultIn(text)).toBe(at);
});

test.each(['', '{', '{"a"', '{"a":', '[1, ', '["open', '[[]'])('%j ends too early', (text) => {
  expect(faultIn(text)).toBe(text.length);
});

test('a text that is JSON has no fault before its end', () => {
  const text = '{"a": [1.5e-3, "x\\u00e9\\n", {}, [], null, true, {"b": -0}], "c": "" } ';
  expect(JSON.parse(text)).toBeDefined();
  expect(faultIn(text)).toBe(text.length);
});
