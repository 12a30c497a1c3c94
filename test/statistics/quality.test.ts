import { describe, expect, test } from 'vitest';
import { hdbscan } from '../../src/hdbscan/index.js';
import { insertInvalid } from '../../src/hdbscan/invalid-rows.js';
import { coherence, diversity } from '../../src/statistics/coherence.js';
import { measureQuality } from '../../src/statistics/quality.js';
import { clusterStability } from '../../src/statistics/stability.js';

describe('coherence', () => {
  test('is the mean NPMI of pairs, worked by hand', async () => {
    // oil and price in 2 of 4 texts each, together in 2: ln(0.5 / 0.25) / −ln 0.5 = 1. oil and ball never together: −1.
    const texts = ['Oil price up', 'oil PRICE down', 'ball game', 'ball match'];
    expect(await coherence(texts, [{ keywords: ['oil', 'price'] }])).toBeCloseTo(1, 12);
    expect(await coherence(texts, [{ keywords: ['oil', 'ball'] }])).toBe(-1);
    expect(await coherence(texts, [{ keywords: ['oil', 'price', 'ball'] }])).toBeCloseTo((1 - 1 - 1) / 3, 12);
    expect(await coherence(texts, [{ keywords: ['oil'] }])).toBeUndefined();
  });

  test('of independent words is 0, of a phrase what its words give, of words without spaces too', async () => {
    const texts = ['a b', 'a', 'b', 'c'];
    expect(await coherence(texts, [{ keywords: ['a', 'b'] }])).toBeCloseTo(0, 12);
    const phrases = ['oil price war', 'the price of oil', 'war', 'peace'];
    expect(await coherence(phrases, [{ keywords: ['oil price', 'war'] }])).toBeCloseTo(
      Math.log(1) / -Math.log(0.25),
      12,
    );
    expect(
      await coherence(['石油价格', '石油价格', '足球', '比赛'], [{ keywords: ['石油', '价格'] }]),
    ).toBeCloseTo(1, 12);
    // With particles in the texts, without them in keywords.
    expect(
      await coherence(['독일은 영국의', '독일과 영국이', '바다', '산'], [{ keywords: ['독일', '영국'] }]),
    ).toBeCloseTo(1, 12);
  });
});

test('diversity is the share of different words', () => {
  expect(diversity([{ keywords: ['a', 'b'] }, { keywords: ['A', 'c'] }])).toBe(0.75);
  expect(diversity([])).toBeUndefined();
});

/** Points around centres, the clusters dealt out row by row so that a subsample has some of each. */
function points(centres: number[][], each: number) {
  const rows = centres.length * each;
  const data = new Float32Array(rows * 2);
  for (let row = 0; row < rows; row++) {
    const [x, y] = centres[row % centres.length];
    const turn = Math.floor(row / centres.length);
    data[2 * row] = x + Math.cos(turn * 2.4) * Math.sqrt(turn) * 0.1;
    data[2 * row + 1] = y + Math.sin(turn * 2.4) * Math.sqrt(turn) * 0.1;
  }
  return { data, rows, cols: 2 };
}
const noGraph = (rows: number) => ({
  indices: new Int32Array(0),
  distances: new Float32Array(0),
  rows,
  neighbors: 0,
});

test('far groups are found again in ten of ten subsamples', async () => {
  const far = points(
    [
      [0, 0],
      [50, 0],
      [0, 50],
    ],
    40,
  );
  const fit = await hdbscan(far, { minClusterSize: 10 });
  expect(fit.clusterCount).toBe(3);
  expect([...(await clusterStability(fit, noGraph(far.rows)))]).toEqual([10, 10, 10]);
});

test('rows without a place are left out, and groups of the others are found again', async () => {
  const far = points(
    [
      [0, 0],
      [50, 0],
    ],
    40,
  );
  far.data.fill(Number.NaN, 0, 2);
  far.data.fill(Number.NaN, 2 * 33, 2 * 35);
  const fit = await hdbscan(far, { minClusterSize: 10 });
  expect(fit.invalidRows).toBe(3);
  expect([...(await clusterStability(fit, noGraph(far.rows)))]).toEqual([10, 10]);
});

test('a group that is just large enough is lost where one of its rows is left out', async () => {
  // Rows 0, 10, 20 … are left out by the first subsample alone.
  const large = points(
    [
      [0, 0],
      [50, 0],
    ],
    40,
  );
  const data = new Float32Array(84 * 2);
  data.set(large.data);
  for (const [at, [x, y]] of [
    [100, 100],
    [100.1, 100],
    [100, 100.1],
    [100.1, 100.1],
  ].entries())
    data.set([x, y], (80 + at) * 2);
  const all = { data, rows: 84, cols: 2 };
  const fit = await hdbscan(all, { minClusterSize: 4, minSamples: 2 });
  const small = fit.labels[83];
  expect(fit.labels.filter((label) => label === small)).toHaveLength(4);
  // Rows 80 to 83 are left out by subsamples 0 to 3.
  expect((await clusterStability(fit, noGraph(84)))[small]).toBe(6);
});

test('the card has seven measures, each with a sentence, and says where one is not measured', async () => {
  const far = points(
    [
      [0, 0],
      [50, 0],
    ],
    30,
  );
  const fit = await hdbscan(far, { minClusterSize: 10 });
  const texts = Array.from({ length: 60 }, (_, row) => (row % 2 ? 'oil price' : 'ball game'));
  const topics = [
    ['oil', 'price'],
    ['ball', 'game'],
  ].map((keywords, id) => ({
    ...{ id, size: 30, persistence: 1, keywords, name: keywords[0], exemplars: [] },
  }));
  const { cardWith, foundAgain } = await measureQuality({
    fit,
    graph: noGraph(60),
    texts,
    topics,
    labels: fit.labels,
  });
  const card = cardWith(0.93);
  expect(card.map(({ name }) => name)).toEqual([
    ...['Share in topics', 'Separation (DBCV)', 'Mean strength', 'Trustworthiness'],
    ...['Coherence (NPMI)', 'Diversity', 'Stability'],
  ]);
  const value = (name: string) => card.find((line) => line.name === name)?.value;
  expect([
    value('Share in topics'),
    value('Coherence (NPMI)'),
    value('Diversity'),
    value('Stability'),
  ]).toEqual([1, 1, 1, 1]);
  expect(value('Separation (DBCV)')).toBeGreaterThan(0.8);
  expect(card.find(({ name }) => name === 'Trustworthiness')).toMatchObject({
    value: 0.93,
    shown: '0.93',
  });
  expect(cardWith(undefined).find(({ name }) => name === 'Trustworthiness')).toMatchObject({
    value: null,
    shown: 'not measured',
  });
  expect([...(foundAgain ?? [])]).toEqual([10, 10]);
  for (const { meaning } of card) expect(meaning).toMatch(/^[A-Z].{20,}\.$/);
});

test('above 100,000 rows stability is not measured, and the card says so; the other measures are there', async () => {
  const near = await hdbscan(
    points(
      [
        [0, 0],
        [50, 0],
      ],
      30,
    ),
    { minClusterSize: 10 },
  );
  const topics = [0, 1].map((id) => ({
    ...{ id, size: 30, persistence: 1, keywords: ['oil', 'price'], name: 'oil', exemplars: [] },
  }));
  const card = async (rows: number) => {
    // All rows after the first sixty have no coordinates, so that the tree is as small as without them.
    const fit = insertInvalid(
      near,
      Int32Array.from({ length: 60 }, (_, row) => row),
      rows,
    );
    const texts = new Array<string>(rows).fill('oil price');
    const input = {
      fit: { ...fit, points: undefined },
      graph: noGraph(rows),
      texts,
      topics,
      labels: fit.labels,
    };
    const { cardWith, foundAgain } = await measureQuality(input);
    return {
      isFound: foundAgain !== undefined,
      line: cardWith(0.9).find(({ name }) => name === 'Stability'),
    };
  };
  const many = await card(100_001);
  expect(many.line).toMatchObject({ value: null, shown: 'not measured above 100,000 rows' });
  expect(many.isFound).toBe(false);
  expect((await card(100_000)).isFound).toBe(true);
});
