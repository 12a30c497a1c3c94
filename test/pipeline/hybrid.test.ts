import { expect, test } from 'vitest';
import { FailureError } from '../../src/errors.js';
import { hybridFew } from '../../src/pipeline/hybrid.js';
import type { Space } from '../../src/pipeline/vectors.js';

const space = (rows: number, hybrid: Space['hybrid']): Space => ({
  rows,
  hybrid,
  place: 'memory',
  truncated: 0,
  averaged: 0,
});
const counts: number[] = [];
const counted = async (count: number) => {
  counts.push(count);
  return { indices: new Int32Array(0), distances: new Float32Array(0), rows: 0, neighbors: count };
};

test('six rows are looked for, fewer where there are fewer others', async () => {
  await hybridFew(space(100, counted), {});
  await hybridFew(space(4, counted), {});
  expect(counts.splice(0)).toEqual([6, 3]);
});

test('nothing is searched without weights, of one row, and of more rows than searches are quick for', async () => {
  const said: string[] = [];
  const watch = { onProgress: ({ message = '' }) => void said.push(message) };
  expect(await hybridFew(space(100, undefined), watch)).toBeUndefined();
  expect(await hybridFew(space(1, counted), watch)).toBeUndefined();
  expect(said).toEqual([]);
  expect(await hybridFew(space(60_000, counted), watch)).toBeUndefined();
  expect(counts).toEqual([]);
  expect(said.join()).toContain('by meaning alone: searching by words as well is done up to 50,000 rows');
});

test('a search that the server refuses is said and costs the map its list, an abort ends the run', async () => {
  const said: string[] = [];
  const watch = {
    onProgress: ({ level, message }: { level?: string; message?: string }) =>
      void said.push(`${level}: ${message}`),
  };
  const refused = async () => {
    throw new FailureError('raw data of sparse is not given', { code: 'STORE_FAILED' });
  };
  expect(await hybridFew(space(9, refused), watch)).toBeUndefined();
  expect(said).toEqual([
    'warning: The map lists nearest texts by meaning alone: raw data of sparse is not given',
  ]);
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(hybridFew(space(9, refused), { signal })).rejects.toThrow('enough');
});
