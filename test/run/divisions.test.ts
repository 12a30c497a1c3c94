import { expect, test } from 'vitest';
import { SharedRows } from '../../src/run/divisions.js';

const topics = (...names: string[]) =>
  names.map((name, id) => ({ id, name, size: 10, persistence: 1, keywords: [name], exemplars: [] }));
/** So many times each pair of topics, −1 for none. */
const rows = (...counts: [a: number, b: number, times: number][]) => {
  const all = counts.flatMap(([a, b, times]) => new Array<[number, number]>(times).fill([a, b]));
  return [all.map(([a]) => a), all.map(([, b]) => b)] as const;
};
const partsOf = ({ parts }: { parts: { id: number; shared: number; share: number }[] }) =>
  parts.map(({ id, shared, share }) => [id, shared, share]);

test('a topic whose rows are in two topics of the other run is split, with the shares', () => {
  // Oil: 6 of 10 rows in 0, 3 in 1, one in none; gas is in 2 alone.
  const [first, second] = rows([0, 0, 6], [0, 1, 3], [0, -1, 1], [1, 2, 5], [-1, 2, 2]);
  const shared = new SharedRows(topics('oil', 'gas'), topics('crude', 'OPEC', 'gas'), first, second);
  const splits = shared.splits();
  expect(splits).toHaveLength(1);
  expect(splits[0]).toMatchObject({ id: 0, name: 'oil', size: 10, common: 10 });
  expect(splits[0].inNone).toBeCloseTo(0.1, 12);
  expect(partsOf(splits[0])).toEqual([
    [0, 6, 0.6],
    [1, 3, 0.3],
  ]);
  expect(shared.merges()).toEqual([]);
});

test('a topic that is made of two of the other run is merged, and the same the other way round', () => {
  const [first, second] = rows([0, 0, 6], [1, 0, 4], [2, 1, 9]);
  const shared = new SharedRows(topics('men', 'women', 'cars'), topics('sport', 'cars'), first, second);
  expect(shared.merges().map((division) => [division.id, partsOf(division)])).toEqual([
    [
      0,
      [
        [0, 6, 0.6],
        [1, 4, 0.4],
      ],
    ],
  ]);
  expect(shared.splits()).toEqual([]);
  const back = new SharedRows(topics('sport', 'cars'), topics('men', 'women', 'cars'), second, first);
  expect(back.splits()).toEqual(shared.merges());
});

test('a small topic that came out of a large one is a part; a few stray rows and single rows are not', () => {
  const [first, second] = rows([0, 0, 90], [0, 1, 5], [1, 1, 1], [0, 2, 5], [2, 2, 20], [2, 3, 1]);
  const shared = new SharedRows(topics('a', 'b', 'c'), topics('A', 'B', 'C', 'D'), first, second);
  // B consists of rows of a by five sixths; C holds five of a's hundred and is none of its parts.
  expect(shared.splits().map((division) => [division.id, partsOf(division)])).toEqual([
    [
      0,
      [
        [0, 90, 0.9],
        [1, 5, 0.05],
      ],
    ],
  ]);
});

test('the topic that most rows of another are in is found, and none where they are in none', () => {
  const [first, second] = rows([0, 1, 3], [0, 0, 2], [1, -1, 4]);
  const shared = new SharedRows(topics('a', 'b', 'only here'), topics('A', 'B'), first, second);
  expect(shared.mostOf('a', 0)).toMatchObject({ id: 1, shared: 3, share: 0.6 });
  expect(shared.mostOf('b', 0)).toMatchObject({ id: 0, shared: 2, share: 1 });
  expect(shared.mostOf('a', 1)).toBeUndefined();
  expect(shared.mostOf('a', 2)).toBeUndefined();
});
