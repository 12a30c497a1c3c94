import { describe, expect, test } from 'vitest';
import { binOfEach, binsOf, countBins, medianOf } from '../../src/map/page/facets.js';
import {
  activeFilters,
  addOutline,
  type Filters,
  keyOf,
  NO_FILTERS,
  NO_TOPIC,
  NOISE,
  setRange,
  togglePicked,
  without,
} from '../../src/map/page/filters.js';
import { Grid } from '../../src/map/page/grid.js';
import { codeMask, intersection, outlineMask, rangeMask, topicMask } from '../../src/map/page/masks.js';
import { rowsByValue } from '../../src/map/page/order.js';
import { makeScene, switchedOn } from '../../src/map/page/scene.js';
import { spread, tellingWords, wordsOf } from '../../src/map/page/telling-words.js';

const square = (left: number, top: number, right: number, bottom: number) => [
  ...[left, top, right, top],
  ...[right, bottom, left, bottom],
];

describe('filters', () => {
  test('each that is set is listed, and taking each away leaves none', () => {
    let filters: Filters = { ...NO_FILTERS, topic: 3, query: 'oil', span: [1, 0, 10] };
    filters = { ...filters, ...togglePicked(filters, 0, 2) };
    filters = { ...filters, ...togglePicked(filters, 0, -1) };
    filters = { ...filters, ...setRange(filters, 2, [1, 5]) };
    filters = { ...filters, ...addOutline(filters, square(0, 0, 1, 1), 'new') };
    expect(activeFilters(filters).map(({ kind }) => kind)).toEqual([
      'topic',
      'search',
      'outlines',
      'picked',
      'range',
      'span',
    ]);
    for (const filter of activeFilters(filters)) filters = { ...filters, ...without(filters, filter) };
    expect(filters).toEqual(NO_FILTERS);
    expect(activeFilters({ ...NO_FILTERS, query: '  ' })).toEqual([]);
    expect(activeFilters({ ...NO_FILTERS, topic: NOISE })).toHaveLength(1);
    expect(NO_FILTERS.topic).toBe(NO_TOPIC);
  });

  test('a category that is picked twice is put back; the last one takes the filter away', () => {
    let filters: Filters = { ...NO_FILTERS };
    for (const code of [1, 2, 1]) filters = { ...filters, ...togglePicked(filters, 4, code) };
    expect(filters.picked).toEqual(new Map([[4, new Set([2])]]));
    expect(togglePicked(filters, 4, 2).picked).toEqual(new Map());
  });

  test('a new outline replaces, added and removed ones join those before', () => {
    let filters: Filters = { ...NO_FILTERS };
    for (const mode of ['new', 'add', 'remove'] as const)
      filters = { ...filters, ...addOutline(filters, square(0, 0, 1, 1), mode) };
    expect(filters.outlines.map(({ adds }) => adds)).toEqual([true, true, false]);
    expect(addOutline(filters, [], 'new').outlines).toHaveLength(1);
  });

  test('those that let through the same have the same key', () => {
    const key = (codes: number[]) => keyOf({ kind: 'picked', column: 1, codes: new Set(codes) });
    expect(key([1, 2])).toBe(key([2, 1]));
    expect(key([1, 2])).not.toBe(key([1]));
  });
});

describe('rows that pass', () => {
  const points = Float32Array.of(0.1, 0.1, 0.5, 0.5, 0.9, 0.9, Number.NaN, Number.NaN);
  const grid = new Grid(points);

  test('by topic, noise, outline, range and category', () => {
    const labels = Int32Array.of(0, 1, -1, 1);
    expect([...topicMask(labels, 1)]).toEqual([0, 1, 0, 1]);
    expect([...topicMask(labels, NOISE)]).toEqual([0, 0, 1, 0]);
    const [inner, outer] = [
      { adds: true, corners: square(0, 0, 0.6, 0.6) },
      { adds: false, corners: square(0.4, 0.4, 1, 1) },
    ];
    expect([...outlineMask([inner], points, grid)]).toEqual([1, 1, 0, 0]);
    expect([...outlineMask([inner, outer], points, grid)]).toEqual([1, 0, 0, 0]);
    // A first one that removes leaves what lies outside it, rows without a place too.
    expect([...outlineMask([outer], points, grid)]).toEqual([1, 0, 0, 1]);
    const numbers = Float64Array.of(1, 2, 3, Number.NaN);
    expect([...rangeMask(numbers, 1, 3, false)]).toEqual([1, 1, 0, 0]);
    expect([...rangeMask(numbers, 1, 3, true)]).toEqual([1, 1, 1, 0]);
    expect([...codeMask(Int32Array.of(0, 1, -1, 2), new Set([-1, 2]))]).toEqual([0, 0, 1, 1]);
  });

  test('all of them: the intersection; none set lets everything through', () => {
    expect(intersection([])).toBeNull();
    expect([...intersection([Uint8Array.of(1, 1, 0), Uint8Array.of(1, 0, 1)])!]).toEqual([1, 0, 0]);
  });

  test('switches hide rows from the map and the choice; rows without a place are chosen, not drawn', () => {
    const labels = Int32Array.of(0, 1, -1, 0);
    const cut = { labels };
    const switched = switchedOn(points, cut, { noise: false, off: new Set([1]) });
    const scene = makeScene(cut, switched, Uint8Array.of(1, 1, 1, 1));
    expect([...scene.visible]).toEqual([1, 0, 0, 0]);
    expect([...scene.chosen]).toEqual([0, 3]);
    expect([...scene.isChosen]).toEqual([1, 0, 0, 1]);
    expect(scene.hidden).toBe(2);
    expect(scene.passing).toEqual(
      new Map([
        [0, 2],
        [1, 1],
        [-1, 1],
      ]),
    );
  });
});

describe('histograms of columns', () => {
  test('an outlier does not flatten the rest, and counts in the last bar', () => {
    const numbers = Float64Array.from({ length: 1000 }, (_, i) => (i === 7 ? 1e9 : i % 100));
    const bins = binsOf(numbers)!;
    expect(bins.high).toBeLessThan(200);
    expect(bins.most).toBe(1e9);
    const counts = countBins(bins, binOfEach(bins, numbers));
    expect(counts.reduce((sum, one) => sum + one, 0)).toBe(1000);
    expect(Math.max(...counts)).toBeLessThan(100);
  });

  test('few whole numbers have a bar each; no number has none', () => {
    const barsOf = (...values: number[]) => {
      const numbers = Float64Array.from(values);
      const bins = binsOf(numbers)!;
      return [...countBins(bins, binOfEach(bins, numbers))];
    };
    expect(barsOf(2019, 2023, 2020, 2020, Number.NaN)).toEqual([1, 2, 0, 0, 1]);
    expect(binsOf(Float64Array.of(Number.NaN))).toBeNull();
    expect(barsOf(5, 5)).toEqual([2]);
  });

  test('the middle number of the chosen rows is found in the order of all', () => {
    const numbers = Float64Array.of(9, 1, Number.NaN, 5, 3, 7);
    const order = rowsByValue(numbers, false);
    expect(medianOf(numbers, order, Uint8Array.of(1, 1, 1, 1, 1, 1), 5)).toBe(5);
    expect(medianOf(numbers, order, Uint8Array.of(1, 0, 0, 0, 0, 1), 2)).toBe(7);
    expect(medianOf(numbers, order, new Uint8Array(6), 0)).toBeNull();
  });
});

describe('telling words', () => {
  test('words are found in scripts with spaces and without', () => {
    expect([...wordsOf('The U.S. don’t re-open, the café!')]).toEqual(['the', 'don’t', 're-open', 'café']);
    expect([...wordsOf('石油价格')].join('')).toContain('石油');
  });

  test('the words of each side come out, common ones and chance ones don’t', () => {
    const side = (word: string) => ({
      texts: 200,
      counts: new Map([
        ['the', 200],
        [word, 60],
        [`once-${word}`, 1],
      ]),
    });
    const [ours, theirs] = tellingWords(side('oil'), side('goal'), 5);
    expect(ours.map(({ word, first, second }) => [word, first, second])).toEqual([['oil', 0.3, 0]]);
    expect(theirs.map(({ word }) => word)).toEqual(['goal']);
  });

  test('a sample is spread over all rows', () => {
    const rows = Int32Array.from({ length: 10_000 }, (_, row) => row);
    const sample = spread(rows, 100);
    expect(sample).toHaveLength(100);
    expect([sample[0], sample[99]]).toEqual([0, 9900]);
    expect(spread(rows.subarray(0, 3), 100)).toHaveLength(3);
  });
});
