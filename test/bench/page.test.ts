import { expect, test } from 'vitest';
import { renderGrowth } from '../../bench/page.js';
import type { Figure } from '../../bench/report.js';

const figure = (by: string, rows: number, median: number | undefined): Figure => ({
  name: 'fit',
  size: { rows, cols: 4 },
  kind: 'function',
  by,
  median,
});
const machine = { processor: '', cores: 2, memoryGiB: 4, node: '', platform: '' };
const limits = { wasmGflops: 1, onnxGflops: 1, copyGBs: 1 };

test('growth is stated for every program with three sizes, by its own times', () => {
  const figures = [
    ...[100, 200, 400].map((rows) => figure('denscape', rows, rows / 100)),
    ...[100, 200, 400].map((rows) => figure('a peer', rows, (rows / 100) ** 2)),
    ...[100, 200, 400].map((rows) => figure('a slow peer', rows, rows < 400 ? 1 : undefined)),
  ];
  const titles = renderGrowth({ date: '', machine: { ...machine, limits }, figures })
    .split('\n')
    .filter((line) => line.startsWith('###'));
  expect(titles).toEqual([
    '### fit: time grows with rows (n) to the power of 1.00',
    '### fit, a peer: time grows with rows (n) to the power of 2.00',
  ]);
});
