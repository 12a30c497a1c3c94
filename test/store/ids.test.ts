import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { checkIds, deriveIds, readShard, shardRows } from '../../src/store/ids.js';

describe('derived ids', () => {
  it('are the first 63 bits of SHA-256 over model and text', () => {
    const digest = createHash('sha256').update('minilm\0hello').digest();
    const expected = BigInt(`0x${digest.toString('hex').slice(0, 16)}`) >> 1n;
    expect(deriveIds('minilm', ['hello'])).toEqual([expected.toString()]);
  });

  it('follow the text into any row and differ between models', () => {
    const [a, b] = deriveIds('minilm', ['a', 'b']);
    expect(deriveIds('minilm', ['b', 'x', 'a'])).toEqual([b, expect.any(String), a]);
    expect(deriveIds('bge-m3', ['a'])[0]).not.toBe(a);
  });

  it('give equal texts rows of their own, the same set in any order', () => {
    const ids = deriveIds('m', ['a', 'a', 'b', 'a']);
    expect(new Set(ids).size).toBe(4);
    expect(deriveIds('m', ['b', 'a', 'a', 'a']).sort()).toEqual([...ids].sort());
    expect(deriveIds('m', ['a'])[0]).toBe(ids[0]);
  });

  it('stay inside INT64 and differ over 20,000 texts', () => {
    const ids = deriveIds(
      'm',
      Array.from({ length: 20_000 }, (_, i) => `text ${i}`),
    );
    expect(new Set(ids).size).toBe(20_000);
    expect(ids.every((id) => BigInt(id) >= 0n && BigInt(id) < 2n ** 63n)).toBe(true);
  });

  it('move on where a text spells another text and its count', () => {
    const ids = deriveIds('m', ['a', 'a', 'a\u00001']);
    expect(new Set(ids).size).toBe(3);
    expect(BigInt(ids[2])).toBe(BigInt(ids[1]) + 1n);
  });
});

describe('a column of ids', () => {
  it('is written as Milvus writes it', () => {
    expect(checkIds([' 7', '-0', '007x'.slice(0, 2)], 'key', 'VARCHAR')).toEqual([' 7', '-0', '00']);
    expect(checkIds([' 7', '-12', '9223372036854775807'], 'key', 'INT64')).toEqual([
      '7',
      '-12',
      '9223372036854775807',
    ]);
  });

  it.each([
    [['1', ''], 'column key, row 2: the id is blank; every row needs one'],
    [
      ['1', '1.5'],
      'column key, row 2: "1.5" is not a whole number of 64 bits, which the collection\'s ids are',
    ],
    [['9223372036854775808'], 'row 1: "9223372036854775808" is not a whole number'],
    [
      ['3', '4', '03'],
      'column key: rows 1 and 3 have the same id 03; ids must differ, or leave out the column',
    ],
  ])('%j is refused with its row', (ids, message) => {
    expect(() => checkIds(ids, 'key', 'INT64')).toThrow(UserError);
    expect(() => checkIds(ids, 'key', 'INT64')).toThrow(message);
  });
});

describe('shards', () => {
  it('together are all rows, each once', () => {
    for (const [rows, of] of [
      [10, 3],
      [7, 8],
      [0, 2],
      [5, 1],
    ]) {
      const all = Array.from({ length: of }, (_, i) => [...shardRows(rows, { part: i + 1, of })]).flat();
      expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, i) => i));
    }
  });

  it('2/8 is every eighth row from the second on', () => {
    expect(readShard('2/8')).toEqual({ part: 2, of: 8 });
    expect([...shardRows(20, readShard('2/8'))]).toEqual([1, 9, 17]);
  });

  it.each(['0/8', '9/8', '2', '2/0', 'a/b', '-1/2', '1/2/3'])('%s is refused', (text) => {
    expect(() => readShard(text)).toThrow(/is not PART\/PARTS with 1 <= PART <= PARTS, such as 2\/8/);
  });
});
