import { chmodSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { embeddings } from '../../bench/data.js';
import { figuresOf } from '../../bench/figures.js';
import { ownCases } from '../../bench/own-cases.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();
const vectors = embeddings(204, 8);
const data = { vectors, texts: Array.from({ length: 204 }, (_, row) => `text number ${row}`) };
const timing = { peers: false, quick: true };

afterEach(() => vi.unstubAllEnvs());

test('each work is a case of a quarter, half and all rows, the same sizes for all', () => {
  const works = ['neighbors', 'neighbors, approximate', 'fit', 'layout', 'the whole command'];
  const sizes = ownCases(data, 10).map(({ name, size }) => [name, size.rows]);
  expect(sizes).toEqual(works.flatMap((name) => [51, 102, 204].map((rows) => [name, rows])));
});

test('neighbours, fit, layout and the whole command are run and their results checked', async () => {
  const smallest = ownCases(data, 10).filter(({ size }) => size.rows === 51);
  const figures = [];
  for (const one of smallest) figures.push(...(await figuresOf({ ...one, runs: 1 }, timing)));
  expect(figures.map(({ by, failed }) => [by, failed])).toEqual(smallest.map(() => ['denscape', undefined]));
  expect(figures.every(({ median }) => median !== undefined && median > 0)).toBe(true);
  expect(figures[2].found?.certified).toBe(true);
  expect(figures[4].peakMiB).toBeGreaterThan(20);
});

test('a peer that fails or takes too long has its reason in the table and is not tried on more rows', async () => {
  const python = folder.write(
    'python',
    '#!/bin/sh\nread job\ncase "$job" in *faiss*) sleep 60;; *) echo no >&2; exit 1;; esac\n',
  );
  chmodSync(python, 0o755);
  vi.stubEnv('DENSCAPE_PYTHON', python);
  const [first, second] = ownCases(data, 0.5).filter(({ name }) => name === 'neighbors');
  const approximate = ownCases(data, 30).find(({ name }) => name === 'neighbors, approximate');
  const failures = [];
  for (const one of [first, second, approximate]) {
    if (!one) throw new Error('a case is missing');
    const figures = await figuresOf({ ...one, once: true }, { ...timing, peers: true });
    expect(figures[0].median).toBeGreaterThan(0);
    failures.push(...figures.slice(1).map(({ failed }) => failed));
  }
  expect(failures).toEqual([
    'faiss-cpu, exact: took more than 0.5 s',
    'not tried: 51 rows took more than 0.5 s',
    'pynndescent: ended with 1: no',
    'usearch: ended with 1: no',
  ]);
});
