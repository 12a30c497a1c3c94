import { readFileSync } from 'node:fs';
import type { Matrix } from '../../src/shapes.js';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/news/${name}`, import.meta.url));

function numbers<T>(name: string, make: (buffer: ArrayBuffer) => T): T {
  const bytes = fixture(name);
  return make(new Uint8Array(bytes).buffer);
}

/** The news rows as the store sees them; a text stands for each row. */
export const NEWS = 870;
export const newsVectors = (rows = NEWS): Matrix => ({
  data: numbers('vectors_870x384.f32', (buffer) => new Float32Array(buffer)).slice(0, rows * 384),
  rows,
  cols: 384,
});
export const newsTexts = (rows = NEWS): string[] =>
  Array.from({ length: rows }, (_, row) => `headline ${row}\nof the news`);
export const newsNeighbors = () => numbers('neighbours_870x50.i32', (buffer) => new Int32Array(buffer));
export const newsSquares = () =>
  numbers('squared_distances_870x50.f32', (buffer) => new Float32Array(buffer));
