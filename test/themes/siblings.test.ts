import { expect, test } from 'vitest';
import { breathe } from '../../src/breathe.js';
import type { Matrix } from '../../src/shapes.js';
import { dropSiblings } from '../../src/themes/siblings.js';

/** Rows on the unit circle at these degrees. */
function atDegrees(degrees: number[]): Matrix {
  const data = Float32Array.from(
    degrees.flatMap((at) => [Math.cos, Math.sin].map((f) => f((at * Math.PI) / 180))),
  );
  return { data, rows: degrees.length, cols: 2 };
}

/** Nearest others: the rest of five rows that follow each other. */
const inFives = (row: number) => {
  const start = row - (row % 5);
  return Int32Array.of(0, 1, 2, 3, 4)
    .map((at) => start + at)
    .filter((other) => other !== row);
};

const FIRST = [10, 11, 12, 13, 14];
const SECOND = [60, 61, 62, 63, 64];
const rows = atDegrees([...FIRST, ...SECOND]);
const isFirst = (row: number) => row < 5;
const drop = async (score: (row: number) => number, linked = inFives, least = 5) => {
  const topic = new Int32Array(10);
  await dropSiblings(topic, 0, rows, score, linked, least, breathe());
  return [...topic];
};

test('a part that lies apart and scores lower loses the topic', async () => {
  expect(await drop((row) => (isFirst(row) ? 0.5 : 0.3))).toEqual([0, 0, 0, 0, 0, -1, -1, -1, -1, -1]);
  expect(await drop((row) => (isFirst(row) ? 0.3 : 0.5))).toEqual([-1, -1, -1, -1, -1, 0, 0, 0, 0, 0]);
});

test('a part that scores about as well keeps it', async () => {
  expect(await drop((row) => (isFirst(row) ? 0.5 : 0.43))).toEqual(Array(10).fill(0));
});

test('rows that list each other across the cut stay together, whatever they score', async () => {
  const all = (row: number) =>
    Int32Array.from({ length: 10 }, (_, at) => at).filter((other) => other !== row);
  expect(await drop((row) => (isFirst(row) ? 0.5 : 0.1), all)).toEqual(Array(10).fill(0));
});

test('a part of fewer rows than asked is not cut off', async () => {
  expect(await drop((row) => (isFirst(row) ? 0.5 : 0.1), inFives, 6)).toEqual(Array(10).fill(0));
});

test('rows of other topics are left alone', async () => {
  const topic = Int32Array.from([1, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
  await dropSiblings(topic, 0, rows, (row) => (isFirst(row) ? 0.5 : 0.1), inFives, 5, breathe());
  expect([...topic]).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
});

test('equal rows are one part', async () => {
  const topic = new Int32Array(20);
  await dropSiblings(topic, 0, atDegrees(Array(20).fill(30)), (row) => row, inFives, 5, breathe());
  expect([...topic]).toEqual(Array(20).fill(0));
});
