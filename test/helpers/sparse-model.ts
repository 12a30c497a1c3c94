import { copyFile, cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Matrix, SparseRows } from '../../src/shapes.js';
import { sparseProduct, sparseRow } from '../../src/sparse-rows.js';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/embed/${name}`, import.meta.url));

/**
 * A model folder of BGE-M3's shape whose graph has the three outputs of its exporters: `dense_vecs`, `sparse_vecs` and
 * `colbert_vecs`. 1,024 numbers a vector, a few thousand tokens.
 */
export async function writeSparseModel(folder: string): Promise<string> {
  await cp(fixture('tiny-bge-m3'), folder, {
    recursive: true,
    filter: (path) => !/model_(fp16|int8)\.onnx$/.test(path),
  });
  await copyFile(fixture('tiny-bge-m3-heads.onnx'), join(folder, 'onnx', 'model.onnx'));
  return folder;
}

/** Texts of four subjects, some with words in common. */
export const TEXTS = [
  'Oil rises as storms close ports',
  'Storms close schools in the north',
  'Prices of oil and gas fall again',
  'A new phone with a better camera',
  'The camera of the phone is broken',
  'Unions are disappointed after talks',
  'Talks between unions and employers fail',
  'The gulf ports open again after storms',
];

/**
 * Reciprocal rank fusion written out: rows ranked by cosine, and those with a word in common by the product of weights; a row's
 * score is the sum of 1 / (60 + rank), ranks from 1. Equal scores by row.
 */
export function fused(
  { data, rows: count, cols }: Matrix,
  lexical: SparseRows,
  query: number,
): { id: number; score: number }[] {
  const own = sparseRow(lexical, query);
  const cosine = (row: number) =>
    data.subarray(row * cols, (row + 1) * cols).reduce((sum, x, c) => sum + x * data[query * cols + c], 0);
  const rows = Array.from({ length: count }, (_, row) => row);
  const byVector = [...rows].sort((a, b) => cosine(b) - cosine(a));
  const product = (row: number) => sparseProduct(sparseRow(lexical, row), own);
  const byWeights = rows.filter((row) => product(row) > 0).sort((a, b) => product(b) - product(a));
  const share = (list: number[], row: number) => (list.includes(row) ? 1 / (61 + list.indexOf(row)) : 0);
  return rows
    .map((id) => ({ id, score: share(byVector, id) + share(byWeights, id) }))
    .sort((a, b) => b.score - a.score || a.id - b.id);
}
