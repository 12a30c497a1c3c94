import { describe, expect, test } from 'vitest';
import { groupTable } from '../../src/statistics/groups.js';
import { wilson } from '../../src/statistics/share.js';
import { WordTable } from '../../src/statistics/words.js';
import { openDescriber } from '../../src/topics/index.js';

const topics = [
  { id: 0, name: 'oil' },
  { id: 7, name: 'goals' },
];

describe('topics by the values of a column', () => {
  // Of 20 rows of a 8 are in topic 0 and 2 in 7; of 20 rows of b 2 and 8; the rest is in none.
  const values = [...Array<string>(20).fill('a'), ...Array<string>(20).fill('b'), ''];
  const some = (first: number, second: number) => [
    ...Array<number>(first).fill(0),
    ...Array<number>(second).fill(7),
    ...Array<number>(20 - first - second).fill(-1),
  ];
  const labels = Int32Array.from([...some(8, 2), ...some(2, 8), 0]);
  const table = groupTable('section', values, labels, topics);

  test('have counts, shares and what the other values have; a row without a value is left out', () => {
    expect(table.blank).toBe(1);
    expect(table.values.map(({ value, rows }) => [value, rows])).toEqual([
      ['a', 20],
      ['b', 20],
    ]);
    const [a] = table.values;
    expect(a.topics.map(({ id, rows, share, elsewhere }) => [id, rows, share, elsewhere])).toEqual([
      [0, 8, 0.4, 0.1],
      [-1, 10, 0.5, 0.5],
      [7, 2, 0.1, 0.4],
    ]);
  });

  test('have the score of Monroe, Colaresi and Quinn, worked by hand', () => {
    // The prior weighs 20 rows, 10 of the 40 in topic 0: α = 5. Odds in a: (8 + 5) / (20 + 20 − 13), in b (2 + 5) / (40 − 7).
    const wanted = (Math.log(13 / 27) - Math.log(7 / 33)) / Math.sqrt(1 / 13 + 1 / 7);
    const [a, b] = table.values;
    expect(a.topics[0].score).toBeCloseTo(wanted, 12);
    expect(b.topics.find(({ id }) => id === 0)?.score).toBeCloseTo(-wanted, 12);
    expect(a.topics[1].score).toBeCloseTo(0, 12);
  });

  test('are over- and under-represented from 1.96 standard deviations on', () => {
    const many = (value: string, count: number) => Array<string>(count).fill(value);
    const labelled = Int32Array.from([...Array<number>(90).fill(0), ...Array<number>(10).fill(7)]);
    const other = Int32Array.from([...Array<number>(10).fill(0), ...Array<number>(90).fill(7)]);
    const both = groupTable(
      's',
      [...many('a', 100), ...many('b', 100)],
      Int32Array.from([...labelled, ...other]),
      topics,
    );
    expect(both.values[0].topics.map(({ id, tells }) => [id, tells])).toEqual([
      [0, 'over'],
      [7, 'under'],
    ]);
  });

  test('of a single value set nothing apart', () => {
    const one = groupTable('s', ['a', 'a', 'a'], Int32Array.of(0, 0, 7), topics);
    expect(one.values[0].topics.map(({ score, elsewhere }) => [score, elsewhere])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });
});

test('values stand by their rows, grades of a scale in their order with other values after them', () => {
  const orderOf = (values: string[]) =>
    groupTable('column', values, new Int32Array(values.length), topics).values.map(({ value }) => value);
  expect(orderOf(['b', 'a', 'c', 'c', 'b', 'c'])).toEqual(['c', 'b', 'a']);
  expect(orderOf(['10', '2', '9', '9', 'n/a', '4.5', '2', '2'])).toEqual(['2', '4.5', '9', '10', 'n/a']);
  expect(orderOf(['3,5', '1', '2,0', '2,0', '2,5', '5'])).toEqual(['1', '2,0', '2,5', '3,5', '5']);
  expect(orderOf(['500', '20', '20', '3000'])).toEqual(['20', '3000', '500']);
});

test('the interval of 8 of 20 is that of Wilson', () => {
  // (0.4 + 0.0960365 ± 1.959964 · sqrt(0.24 / 20 + 0.0024009)) / 1.192073
  expect(wilson(8, 20)).toEqual({ low: expect.closeTo(0.2188065, 6), high: expect.closeTo(0.6134185, 6) });
  expect(wilson(0, 10).low).toBe(0);
  expect(wilson(10, 10).high).toBe(1);
});

test('words set the texts of a value apart, common and rare ones do not', async () => {
  const texts = [
    ...Array.from({ length: 12 }, (_, at) => `The market price of crude oil rose again on day ${at}`),
    ...Array.from({ length: 12 }, (_, at) => `The market watched the football striker score on day ${at}`),
  ];
  const words = await WordTable.open(texts, { language: 'en' });
  const values = texts.map((_, row) => (row < 12 ? 'a' : 'b'));
  const table = groupTable('section', values, new Int32Array(24).fill(-1), [], words);
  const [a, b] = table.values.map((value) => value.words.map(({ word }) => word));
  expect(a).toContain('crude');
  expect(b).toContain('striker');
  expect([...a, ...b]).not.toContain('market');
  expect([...a, ...b]).not.toContain('the');
});

describe('words of texts that were divided before', () => {
  const rise = (at: number) => `Crude oil prices rose again on day ${at}`;
  const score = (at: number) => `The football striker's scores on day ${at}`;
  const texts = [
    ...Array.from({ length: 12 }, (_, at) => rise(at)),
    ...Array.from({ length: 12 }, (_, at) => score(at)),
  ];
  const rows = Array.from(texts.keys());

  test('are those of texts that were not, whatever order, copies and other texts there are', async () => {
    const { words } = await openDescriber({ texts: texts.slice(2).reverse(), language: 'en' });
    const all = [...texts, texts[5], '', 'A goalkeeper'];
    const alone = await WordTable.open(all, { language: 'en' });
    const table = await WordTable.open(all, { language: 'en' }, words);
    for (const some of [rows, [0, 1, 2, 24], [24, 25, 26]]) {
      const counts = table.counts(some);
      expect(new Map([...counts].sort())).toEqual(new Map([...alone.counts(some)].sort()));
    }
    expect(table.counts([26])).toEqual(new Map([['goalkeeper', 1]]));
  });

  test('are taken only where they were divided by the same language and read whole', async () => {
    const { words } = await openDescriber({ texts, language: 'en' });
    // Words that no dividing of these texts finds show which ones are used.
    const marked = {
      ...words,
      tokens: { ...words.tokens, words: words.tokens.words.map((word) => `${word}x`) },
    };
    const used = async (read: typeof words, language = 'en') =>
      (await WordTable.open(texts, { language }, read)).counts([0]).has('crudex');
    expect(await used(marked)).toBe(true);
    expect(await used(marked, 'fr')).toBe(false);
    expect(await used({ ...marked, isWhole: new Uint8Array(texts.length) })).toBe(false);
    // Particles of Korean are seen from all words together.
    const korean = { ...marked.tokens, words: [...marked.tokens.words, '독일'] };
    expect(await used({ ...marked, tokens: korean })).toBe(false);
  });
});
