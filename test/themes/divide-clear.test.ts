import { describe, expect, test } from 'vitest';
import { pickRows } from '../../src/shapes.js';
import { topicBounds } from '../../src/themes/divide.js';
import { divideClear, divideInTwo, narrowBounds } from '../../src/themes/divide-clear.js';
import { bySize } from '../../src/themes/groups.js';
import { explainedShare, twoMeans } from '../../src/themes/two-means.js';
import { directions, nearestOthers, seeded } from './data.js';

/** Rows on a line: `apart` between the middles of two halves of equal spread. Even rows are in one half. */
function line(rows: number, apart: number) {
  const random = seeded(7);
  const data = Float32Array.from({ length: rows }, (_, row) => random() + (row % 2) * apart);
  return { data, rows, cols: 1 };
}

const alternating = (rows: number) => Uint8Array.from({ length: rows }, (_, row) => row % 2);

describe('twoMeans', () => {
  test('finds two heaps, and says how much of the variance they explain', () => {
    const points = line(40, 10);
    const parts = twoMeans(points);
    expect(parts.map((part) => part ^ parts[0])).toEqual(alternating(40));
    expect(explainedShare(points, parts)).toBeGreaterThan(0.98);
    const even = line(40, 0);
    expect(explainedShare(even, twoMeans(even))).toBeLessThan(0.85);
  });

  test('equal rows stay together', () => {
    const equal = { data: new Float32Array(12).fill(3), rows: 6, cols: 2 };
    expect(twoMeans(equal)).toEqual(new Uint8Array(6));
    expect(explainedShare(equal, twoMeans(equal))).toBe(0);
  });
});

describe('divideClear', () => {
  const one = bySize(new Int32Array(120));
  /** Rows above which clear parts are sought; no group is divided in any case. */
  const within = (clear: number) => ({ clear, most: 1000 });

  test('groups whose rows have their neighbours on their own side are divided, and the parts in turn', async () => {
    const vectors = directions(120, 16, 4, 0.05);
    const found = await divideClear({ vectors, graph: nearestOthers(vectors, 15) }, one, within(40), 5);
    expect(Array.from(found.size)).toEqual([30, 30, 30, 30]);
    for (let row = 4; row < 120; row++) expect(found.labels[row]).toBe(found.labels[row % 4]);
    expect(found.divided).toBe(1);
    expect(Array.from(found.parentOf)).toEqual([0, 0, 0, 0]);
  });

  test('a group without clear parts stays whole, and so does one within the bound or one that is said to', async () => {
    const even = directions(120, 64, 1, 1);
    const graph = nearestOthers(even, 15);
    expect((await divideClear({ vectors: even, graph }, one, within(40), 5)).count).toBe(1);
    const clear = directions(120, 16, 2, 0.05);
    const whole = await divideClear({ vectors: clear, graph: nearestOthers(clear, 15) }, one, within(120), 5);
    expect([whole.count, whole.divided]).toEqual([1, 0]);
    const isWhole = Uint8Array.of(1);
    const kept = await divideClear(
      { vectors: clear, graph: nearestOthers(clear, 15), isWhole },
      one,
      within(40),
      5,
    );
    expect(kept.count).toBe(1);
  });

  test('a group above the larger bound is divided whether or not its parts are clear', async () => {
    const even = directions(120, 64, 1, 1);
    const graph = nearestOthers(even, 15);
    const found = await divideClear({ vectors: even, graph }, one, { clear: 40, most: 70 }, 5);
    expect(found.count).toBeGreaterThan(1);
    expect(found.size[0]).toBeLessThanOrEqual(70);
    expect(found.divided).toBe(1);
  });

  test('parts are sought in the layout where there is one', async () => {
    const vectors = directions(120, 16, 2, 0.05);
    const graph = nearestOthers(vectors, 15);
    // Places that say nothing of the vectors: what is divided there has neighbours on both sides; two means of the vectors are clear still.
    const places = {
      data: Float32Array.from({ length: 120 }, (_, row) => (row >> 1) % 2),
      rows: 120,
      cols: 1,
    };
    const found = await divideClear({ vectors, places, graph }, one, within(100), 5);
    for (let row = 4; row < 120; row++) expect(found.labels[row]).toBe(found.labels[row % 4]);
    expect(found.count).toBe(2);
    expect(found.labels[0]).toBe(found.labels[1]);
  });

  test('no part is smaller than the smallest topic, and rows without a group stay so', async () => {
    const vectors = directions(120, 16, 2, 0.05);
    const graph = nearestOthers(vectors, 15);
    expect((await divideClear({ vectors, graph }, one, within(40), 61)).count).toBe(1);
    const outside = bySize(Int32Array.from({ length: 120 }, (_, row) => (row < 100 ? 0 : -1)));
    const found = await divideClear({ vectors, graph }, outside, within(60), 5);
    expect(Array.from(found.size)).toEqual([50, 50]);
    expect(found.labels.slice(100)).toEqual(new Int32Array(20).fill(-1));
  });

  test('an abort ends it', async () => {
    const vectors = directions(120, 16, 2, 0.05);
    const graph = nearestOthers(vectors, 15);
    const signal = AbortSignal.abort(new Error('stop'));
    await expect(divideClear({ vectors, graph }, one, within(40), 5, { signal })).rejects.toThrow('stop');
  });
});

describe('narrowBounds', () => {
  const bounds = { clear: 12, most: 40 };
  const two = bySize(Int32Array.from({ length: 60 }, (_, row) => row % 2));

  test('topics of a small file that are mixed have the narrow bound, and topics of one kind each do not', () => {
    expect(narrowBounds(directions(60, 64, 4, 0.05), two, bounds)).toEqual({ clear: 12, most: 12 });
    expect(narrowBounds(directions(60, 64, 2, 1), two, bounds)).toBe(bounds);
  });

  test('topics within the narrow bound say nothing, and neither do those of many rows', () => {
    const few = bySize(Int32Array.from({ length: 60 }, (_, row) => row % 6));
    expect(narrowBounds(directions(60, 64, 12, 0.05), few, bounds)).toBe(bounds);
    const many = bySize(Int32Array.from({ length: 600 }, (_, row) => row % 2));
    expect(narrowBounds(directions(600, 16, 4, 0.05), many, bounds)).toBe(bounds);
  });
});

describe('divideInTwo', () => {
  test('a group of several clear kinds doesn’t raise the bound for one without clear parts', async () => {
    const ten = directions(800, 64, 10, 0.05, 1);
    const even = directions(100, 64, 1, 1, 2);
    // 60 rows of nine kinds, 80 of the tenth, and 100 without clear parts. The first four kinds are one group.
    const some = Int32Array.from({ length: 800 }, (_, row) => row).filter(
      (row) => row % 10 === 9 || row < 600,
    );
    const vectors = {
      data: Float32Array.of(...pickRows(ten, some).data, ...even.data),
      rows: some.length + 100,
      cols: 64,
    };
    const kindOf = [
      ...Array.from(some, (row) => Math.max(0, (row % 10) - 3)),
      ...even.data.slice(0, 100).fill(7),
    ];
    const groups = bySize(Int32Array.from(kindOf));
    expect(Array.from(groups.size)).toEqual([240, 100, 80, 60, 60, 60, 60, 60]);
    const bounds = topicBounds(groups.size, vectors.rows);
    const rows = { vectors, graph: nearestOthers(vectors, 15) };
    const above = (sizes: Int32Array, most: number) => Array.from(sizes).filter((size) => size > most);
    expect(above((await divideClear(rows, groups, bounds, 5)).size, 80)).toEqual([100]);
    const found = await divideInTwo(rows, groups, bounds, 5);
    expect(found.most).toBeLessThan(bounds.most);
    expect(above(found.size, found.most)).toEqual([]);
    expect(found.divided).toBe(2);
    expect(Array.from(found.parentOf).filter((parent) => parent === 0)).toHaveLength(4);
    for (const [row, label] of found.labels.entries()) expect(found.parentOf[label]).toBe(groups.labels[row]);
  });
});
