import { describe, expect, it } from 'vitest';
import { changeKeys, readKey } from '../../src/store/dynamic.js';

describe('keys of a row’s dynamic fields', () => {
  it('are set and taken out; the text of all others stays as it was', () => {
    const json = '{"id": 9007199254740993, "a,b": [1.0, {"x": "}\\""}], "topic": 3,"n":1e400}';
    const changed = changeKeys(
      json,
      new Map([
        ['topic', '7'],
        ['name', '"x"'],
        ['n', undefined],
      ]),
    );
    expect(changed).toBe('{"id": 9007199254740993,"a,b": [1.0, {"x": "}\\""}],"topic":7,"name":"x"}');
  });

  it.each(['', '{}', '  { } '])('are added to %j', (json) => {
    expect(changeKeys(json, new Map([['topic', '-1']]))).toBe('{"topic":-1}');
  });

  it('are found by their name, however it is escaped', () => {
    expect(changeKeys('{"t\\u006fpic": 1, "topics": 2}', new Map([['topic', '5']]))).toBe(
      '{"topics": 2,"topic":5}',
    );
  });

  it.each<[string, string, unknown]>([
    ['{"a": 5}', 'a', 5],
    ['{"a": 5}', 'b', null],
    ['{"a": null}', 'a', null],
    ['{"a": "x"}', 'a', 'x'],
    ['{"a": [1, "x"]}', 'a', '[1,"x"]'],
    ['{"a": 9007199254740993, "b": 1}', 'a', '9007199254740993'],
    ['{"b": 1, "a": [9007199254740993]}', 'a', '[9007199254740993]'],
    ['', 'a', null],
  ])('of %s: %s is %j', (json, key, value) => {
    expect(readKey(json, key)).toBe(value);
  });
});
