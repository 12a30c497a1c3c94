import { describe, expect, test } from 'vitest';
import { embeddings } from '../../bench/data.js';
import { parts, readOwnData } from '../../bench/own-data.js';
import { npyPieces } from '../../src/run/npy.js';
import type { Matrix } from '../../src/shapes.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();
const vectors = embeddings(240, 8);
const npy = (name: string, matrix: Matrix) =>
  folder.write(name, Buffer.concat([...npyPieces(matrix)].map((piece) => Buffer.from(piece))));

/** A table with a blank text in its second row. */
const lines = Array.from({ length: vectors.rows }, (_, row) => `${row},${row === 1 ? '' : `text ${row}`}`);
const table = folder.write('own.csv', `id,said\n${lines.join('\n')}\n`);
const matrix = npy('own.npy', vectors);

describe('a file of one’s own', () => {
  test('vectors alone are taken as they are, and their rows get numbers as texts', async () => {
    const data = await readOwnData({ data: matrix });
    expect(data.vectors).toEqual(vectors);
    expect([data.texts[0], data.texts[239]]).toEqual(['row 0', 'row 239']);
  });

  test('a table has its rows with a text, each with its own vector', async () => {
    const { vectors: own, texts } = await readOwnData({ data: table, vectors: matrix, text: 'said' });
    expect(texts.slice(0, 2)).toEqual(['text 0', 'text 2']);
    expect(own.rows).toBe(239);
    for (let col = 0; col < 8; col++) expect(own.data[8 + col]).toBeCloseTo(vectors.data[16 + col], 6);
  });

  test('numbers that are not finite, and too few rows, are refused with the row or the number of rows', async () => {
    const data = vectors.data.slice();
    data[8 * 5 + 3] = Number.NaN;
    const odd = npy('odd.npy', { ...vectors, data });
    await expect(readOwnData({ data: odd })).rejects.toThrow('row 5 holds NaN');
    const few = npy('few.npy', { data: data.slice(0, 16), rows: 2, cols: 8 });
    await expect(readOwnData({ data: few })).rejects.toThrow('has 2 rows with a text; at least 204');
  });
});

test('parts are a quarter, half and all of the rows, each within the next, in the order of the file', () => {
  const texts = Array.from({ length: vectors.rows }, (_, row) => `row ${row}`);
  const all = parts({ vectors, texts });
  expect(all.map((part) => part.vectors.rows)).toEqual([60, 120, 240]);
  expect(all[2].texts).toEqual(texts);
  expect(all[1].texts).toEqual(expect.arrayContaining(all[0].texts));
  for (const part of all) {
    const rows = part.texts.map((text) => Number(text.slice(4)));
    expect(rows).toEqual([...rows].sort((a, b) => a - b));
    expect(part.vectors.data[3 * 8]).toBe(vectors.data[rows[3] * 8]);
  }
});
