import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { neighbors } from '../../src/entry/neighbors.js';
import { type ClusterOptions, cluster } from '../../src/index.js';
import { denscape } from '../helpers/cli.js';
import { testFolder } from '../helpers/folder.js';

const NEWS = new URL('../fixtures/news/', import.meta.url).pathname;
const news = join(NEWS, 'ag_news_870.csv');
const { labels } = JSON.parse(readFileSync(join(NEWS, 'expected.json'), 'utf8'))['graph-mcs3-ms3'] as {
  labels: number[];
};
const bytes = readFileSync(join(NEWS, 'vectors_870x384.f32'));
const vectors = {
  data: new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4),
  rows: 870,
  cols: 384,
};
const folder = testFolder();
const options: ClusterOptions = {
  text: ['title', 'description'],
  layout: { epochs: 1 },
  space: 'raw',
  minClusterSize: 3,
  minSamples: 3,
};

/** The same partition, whatever the numbers. */
function renumbered(found: ArrayLike<number>): number[] {
  const seen = new Map<number, number>();
  return Array.from(found, (label) => {
    if (label < 0) return -1;
    const known = seen.get(label) ?? seen.size;
    seen.set(label, known);
    return known;
  });
}

let npy: string;
beforeAll(() => {
  const header = `${"{'descr': '<f4', 'fortran_order': False, 'shape': (870, 384), }".padEnd(117)}\n`;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  npy = join(folder.path, 'news.npy');
  const start = Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), length, Buffer.from(header)]);
  writeFileSync(npy, Buffer.concat([start, bytes]));
});

describe('870 news rows from what the caller has', () => {
  test('a matrix gives the labels of the oracle, and its vectors are in the result', async () => {
    const result = await cluster(news, { ...options, vectors });
    expect(renumbered(result.labels)).toEqual(labels);
    expect(result.fit.exactness.certified).toBe(true);
    expect(result.facts.model).toBeUndefined();
    expect(result.vectors?.rows).toBe(870);
  });

  test('a .npy file does too', async () => {
    const result = await cluster(news, { ...options, vectors: npy });
    expect(renumbered(result.labels)).toEqual(labels);
  });

  test('so does a Parquet file that the command line wrote, and its text columns are untouched', async () => {
    const out = join(folder.path, 'out');
    const args = ['--text', 'title,description', '--epochs', '1', '--out', out];
    const first = await denscape(['cluster', news, '--vectors', npy, '--write-vectors', ...args]);
    expect(first.stderr).not.toContain('error');
    expect(first.code).toBe(0);
    const written = join(folder.path, 'kept.parquet');
    copyFileSync(join(out, 'vectors.parquet'), written);
    const result = await cluster(written, { ...options, vectors: 'embedding' });
    expect(renumbered(result.labels)).toEqual(labels);
    expect(result.table.columns.slice(0, 3)).toEqual(
      readFileSync(news, 'utf8').split('\n')[0].trim().split(',').slice(0, 3),
    );
    const map = join(folder.path, 'map.html');
    await result.writeMap(map);
    expect(readFileSync(map, 'utf8')).not.toContain('embedding');
  });

  test('a neighbour graph is clustered as it is', async () => {
    const graph = await neighbors(vectors, { neighbors: 50 });
    const result = await cluster(news, { ...options, graph });
    expect(renumbered(result.labels)).toEqual(labels);
    expect(result.facts.parameters.engine).toBe('given');
    expect(result.vectors).toBeUndefined();
  });
});

describe('rows without text', () => {
  const rows = ['cat a', '', 'cat b', 'dog a', 'dog b', 'cat c', 'dog c'];
  const data = Float32Array.from(
    rows.flatMap((text, at) => (text.startsWith('dog') ? [1, at / 50] : [at / 50, 1])),
  );

  test('keep their place: their vectors are not used, and the tree has them as noise', async () => {
    const given = { data: data.slice(), rows: 7, cols: 2 };
    given.data[2] = Number.NaN;
    const result = await cluster(rows, { vectors: given, minSamples: 1 });
    expect(result.labels[1]).toBe(-1);
    expect(result.fit.labels).toEqual(result.labels);
    expect(result.fit.invalidRows).toBe(1);
    expect(result.fit.points?.rows).toBe(7);
    for (const { id, exemplars } of result.topics) {
      for (const row of exemplars) expect(result.labels[row]).toBe(id);
    }
  });
});

describe('what does not fit is refused in one line', () => {
  const texts = ['one', 'two', 'three'];
  test.each<[string, ClusterOptions, string, string]>([
    [
      'fewer rows',
      { vectors: { data: new Float32Array(4), rows: 2, cols: 2 } },
      'vectors must have as many rows as rows, 3; got 2',
      'VECTORS_INVALID',
    ],
    [
      'a NaN',
      { vectors: { data: Float32Array.of(1, 2, 3, Number.NaN, 5, 6), rows: 3, cols: 2 } },
      'vectors must hold finite numbers; got NaN in row 1',
      'VECTORS_INVALID',
    ],
    [
      'no such column',
      { vectors: 'embedding' },
      'vectors must be a column of rows or a .npy file; got "embedding"; found text',
      'COLUMN_MISSING',
    ],
    [
      'vectors and a store',
      { vectors: 'v', store: { uri: './x.db' } },
      "vectors can't be used with `store.uri`, which embeds and keeps vectors itself; leave one of them out",
      'OPTION_INVALID',
    ],
  ])('%s', async (_, given, message, code) => {
    const error = await cluster(texts, given).catch((reason) => reason);
    expect(error.message).toContain(message);
    expect(error.code).toBe(code);
  });
});
