import { readFileSync } from 'node:fs';
import { readTable } from '../../src/read/index.js';
import type { Matrix } from '../../src/shapes.js';

/** The 870 AG News rows of the fixture with their vectors. */
export interface News {
  rows: Record<string, string>[];
  /** The vectors of some rows, in the order given. */
  vectors(of: readonly number[]): Matrix;
}

export async function readNews(): Promise<News> {
  const folder = new URL('../fixtures/news/', import.meta.url);
  const table = await readTable(new URL('ag_news_870.csv', folder).pathname);
  const rows = Array.from({ length: table.rows }, (_, row) =>
    Object.fromEntries(table.columns.map((name, column) => [name, String(table.values[column][row])])),
  );
  const bytes = readFileSync(new URL('vectors_870x384.f32', folder));
  const all = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const cols = all.length / rows.length;
  return {
    rows,
    vectors: (of) => {
      const data = new Float32Array(of.length * cols);
      for (const [at, row] of of.entries()) data.set(all.subarray(row * cols, (row + 1) * cols), at * cols);
      return { data, rows: of.length, cols };
    },
  };
}

/** Numbers from `from` up to, not including, `to`. */
export const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, at) => from + at);

/** The same groups by other numbers: each row's group as its first row; noise stays −1. */
export function partition(labels: ArrayLike<number>): number[] {
  const first = new Map<number, number>();
  return Array.from(labels, (label, row) => {
    if (label < 0) return -1;
    if (!first.has(label)) first.set(label, row);
    return first.get(label) ?? -1;
  });
}
