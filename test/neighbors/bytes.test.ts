// Products of integers of 8 bits: which rows get them, and that results are those of float64 all the same.
import { describe, expect, test } from 'vitest';
import { loweredBy } from '../../src/neighbors/byte-operands.js';
import { openOnnx } from '../../src/neighbors/onnx.js';
import type { Matrix } from '../../src/shapes.js';
import { amongSome, bruteForce, bruteForeign, seeded } from './reference.js';

/** Opens an engine that tries bytes whatever the number of rows, and notes whether it took them. */
async function openWithBytes(points: Matrix, threads = 2) {
  const messages: string[] = [];
  const searcher = await openOnnx(points, { threads }, 1);
  return {
    searcher,
    search: (k: number) =>
      searcher.search(k, { onProgress: ({ message }) => message !== undefined && messages.push(message) }),
    usedBytes: () => messages.some((message) => message.startsWith('rows are multiplied in 8 bits')),
  };
}

const made = (rows: number, cols: number, value: (row: number, col: number) => number): Matrix => ({
  data: Float32Array.from({ length: rows * cols }, (_, at) => value(Math.floor(at / cols), at % cols)),
  rows,
  cols,
});

/** About normal. */
const bell = (random: () => number): number => random() + random() + random() + random() - 2;

const spread = (rows: number, cols: number, seed: number): Matrix => {
  const random = seeded(seed);
  return made(rows, cols, () => bell(random));
};

describe('rows that fit 8 bits get them, and the neighbours of float64 brute force', () => {
  const random = seeded(5);
  const some = spread(400, 64, 8);
  const cases: [string, Matrix][] = [
    ['1,300 × 64, two tiles', spread(1300, 64, 1)],
    ['a number of rows and columns that nothing divides', spread(517, 67, 2)],
    ['the rows far from zero', made(600, 70, () => 30 + bell(random))],
    ['one row a million times as long', made(700, 64, (row) => bell(random) * (row === 44 ? 1e6 : 1))],
    ['rows of very different lengths', made(700, 64, (row) => bell(random) * 1.02 ** (row % 300))],
    [
      'equal rows and empty rows',
      made(600, 64, (row, col) => (row % 40 === 0 ? 0 : some.data[(row % 400) * 64 + col])),
    ],
    ['tiny numbers', made(600, 64, () => bell(random) * 1e-18)],
  ];
  test.each(cases)('%s', async (_, points) => {
    const { searcher, search, usedBytes } = await openWithBytes(points);
    try {
      expect(await search(10)).toEqual(bruteForce(points, 10));
      expect(usedBytes()).toBe(true);
    } finally {
      searcher.close();
    }
  });
});

describe('rows that 8 bits blur too much are multiplied in float32', () => {
  const random = seeded(6);
  const cases: [string, Matrix][] = [
    ['one large number in each row', made(600, 80, (row, col) => (row % 80 === col ? 1000 : random() * 5))],
    [
      'neighbours nearer than a step of the integers',
      made(600, 64, (row, col) => Math.sin((row % 3) * 9 + col) + random() * 1e-4),
    ],
  ];
  test.each(cases)('%s', async (_, points) => {
    const { searcher, search, usedBytes } = await openWithBytes(points);
    try {
      expect(await search(10)).toEqual(bruteForce(points, 10));
      expect(usedBytes()).toBe(false);
    } finally {
      searcher.close();
    }
  });
});

test('any number of threads and a second search with another k give the same bits', async () => {
  const points = spread(600, 65, 9);
  for (const threads of [1, 2]) {
    const { searcher, search } = await openWithBytes(points, threads);
    try {
      expect(await search(7)).toEqual(bruteForce(points, 7));
      expect(await search(40)).toEqual(bruteForce(points, 40));
    } finally {
      searcher.close();
    }
  }
});

test('after a search with bytes, edges to other components are those of brute force, with limits and among some rows too', async () => {
  const { points, rows, component, core, among, expected } = amongSome(64);
  const limits = Float64Array.from(rows, (_, at) => 1 + (at % 3) / 2);
  const { searcher, search, usedBytes } = await openWithBytes(points);
  try {
    await search(10);
    expect(usedBytes()).toBe(true);
    expect(await searcher.nearestForeign(rows, component, core, 0.8, { among })).toEqual(expected);
    const within = await searcher.nearestForeign(rows, component, core, 0.8, { limits });
    expect(within).toEqual(bruteForeign(points, rows, component, core, 0.8, limits));
    expect(within.to.includes(-1)).toBe(true);
  } finally {
    searcher.close();
  }
});

test('rows multiplied in another order than given list ties, and edges of equal weight, by the lower row', async () => {
  const random = seeded(12);
  // Sums of 64 squares of 0, 1 and 2: few different distances.
  const points = made(700, 64, () => Math.floor(random() * 3));
  const rows = Int32Array.from({ length: 300 }, (_, at) => (at * 7) % 700);
  const component = Int32Array.from({ length: 700 }, (_, row) => row % 4);
  // Some core distances are above most distances, so that most edges of their rows weigh the same.
  const core = Float64Array.from({ length: 700 }, (_, row) => [0, 8, 9, 20][(row >> 3) % 4]);
  const { searcher, search, usedBytes } = await openWithBytes(points);
  try {
    expect(await search(12)).toEqual(bruteForce(points, 12));
    expect(usedBytes()).toBe(true);
    for (const asked of [rows, rows.slice(0, 3)]) {
      const edges = await searcher.nearestForeign(asked, component, core, 0.9);
      expect(edges).toEqual(bruteForeign(points, asked, component, core, 0.9));
    }
  } finally {
    searcher.close();
  }
});

test('rows in a view of shared memory are multiplied as well', async () => {
  const { data, ...size } = spread(500, 64, 3);
  const shared = new Float32Array(new SharedArrayBuffer(data.byteLength));
  shared.set(data);
  const { searcher, search } = await openWithBytes({ data: shared, ...size });
  try {
    expect(await search(10)).toEqual(bruteForce({ data, ...size }, 10));
  } finally {
    searcher.close();
  }
});

test('what norms are lowered by covers the error of any two rows’ product', () => {
  const random = seeded(4);
  for (let draw = 0; draw < 2000; draw++) {
    const [a, b, usual] = [random(), random(), random()].map((share) => 10 ** (-6 * share));
    // Of |a| |b| ≤ (s |a|² + |b|² / s) / 2 for any s: the product of both shares must reach the square of the error.
    const error = (1 + a) * (1 + b) - 1;
    expect(loweredBy(a, usual) * loweredBy(b, usual)).toBeGreaterThanOrEqual(error ** 2 * (1 - 1e-9));
  }
});
