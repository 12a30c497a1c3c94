import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type ClusterOptions,
  type ClusterResult,
  cluster,
  type Progress,
  UserError,
} from '../../src/index.js';
import { readTable } from '../../src/read/index.js';

const NEWS = new URL('../fixtures/news/', import.meta.url).pathname;
const expected = JSON.parse(readFileSync(join(NEWS, 'expected.json'), 'utf8')) as Record<
  string,
  { labels: number[]; clusters: number; noise: number }
>;
const bytes = readFileSync(join(NEWS, 'vectors_870x384.f32'));
const stored = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);

/** A model that knows the stored vectors by their texts. */
let storedModel: NonNullable<ClusterOptions['model']>;
const folder = mkdtempSync(join(tmpdir(), 'denscape-pipeline-'));

beforeAll(async () => {
  const table = await readTable(join(NEWS, 'ag_news_870.csv'));
  const [titles, descriptions] = ['title', 'description'].map(
    (name) => table.values[table.columns.indexOf(name)],
  );
  const rowOf = new Map(titles.map((title, row) => [`${title}\n${descriptions[row]}`, row]));
  storedModel = {
    embed: (texts) =>
      texts.map((text) => {
        const row = rowOf.get(text);
        if (row === undefined) throw new Error(`no stored vector for ${text}`);
        return stored.slice(row * 384, (row + 1) * 384);
      }),
  };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The same partition, whatever the numbers. */
function renumbered(labels: ArrayLike<number>): number[] {
  const seen = new Map<number, number>();
  return Array.from(labels, (label) => {
    if (label < 0) return -1;
    const known = seen.get(label) ?? seen.size;
    seen.set(label, known);
    return known;
  });
}

/** Hubert and Arabie 1985. */
function adjustedRandIndex(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const pairs = (n: number) => (n * (n - 1)) / 2;
  const both = new Map<string, number>();
  const left = new Map<number, number>();
  const right = new Map<number, number>();
  for (let i = 0; i < a.length; i++) {
    both.set(`${a[i]} ${b[i]}`, (both.get(`${a[i]} ${b[i]}`) ?? 0) + 1);
    left.set(a[i], (left.get(a[i]) ?? 0) + 1);
    right.set(b[i], (right.get(b[i]) ?? 0) + 1);
  }
  const sum = (counts: Map<unknown, number>) =>
    [...counts.values()].reduce((total, n) => total + pairs(n), 0);
  const chance = (sum(left) * sum(right)) / pairs(a.length);
  return (sum(both) - chance) / ((sum(left) + sum(right)) / 2 - chance);
}

describe('870 news rows', () => {
  const news = join(NEWS, 'ag_news_870.csv');
  const text = ['title', 'description'];
  /** What the program that denscape replaces did. */
  const original = { space: 'raw', minClusterSize: 3, minSamples: 3 } as const;

  test('stored vectors give the labels of the oracle, proven exact', async () => {
    const result = await cluster(news, { ...original, text, model: storedModel });
    expect(renumbered(result.labels)).toEqual(expected['graph-mcs3-ms3'].labels);
    expect(result.fit.exactness.certified).toBe(true);
    expect(result.topics.map(({ size }) => size)).toEqual(
      [...result.topics.map(({ size }) => size)].sort((a, b) => b - a),
    );
    for (const { id, size, name, exemplars } of result.topics) {
      expect(result.labels.filter((label) => label === id)).toHaveLength(size);
      expect(name).not.toBe('');
      for (const row of exemplars) expect(result.labels[row]).toBe(id);
    }
  });

  test.each(['mcs5-ms5', 'mcs10-ms5'])('other sizes agree with the oracle too: %s', async (name) => {
    const [minClusterSize, minSamples] = (name.match(/\d+/g) ?? []).map(Number);
    const result = await cluster(news, {
      ...{ text, model: storedModel, space: 'raw', minClusterSize, minSamples },
    });
    expect(renumbered(result.labels)).toEqual(expected[`vectors-${name}`].labels);
  });

  test('fewer neighbours take the same clusters', async () => {
    const few = await cluster(news, {
      ...original,
      text,
      model: storedModel,
      neighbors: 5,
      layout: { neighbors: 5, epochs: 10 },
    });
    expect(renumbered(few.labels)).toEqual(expected['vectors-mcs3-ms3'].labels);
    expect(few.fit.exactness.certified).toBe(true);
  });

  test('embedded here, they come within 0.97 of it', async () => {
    const result = await cluster(news, { ...original, text, model: 'minilm' });
    expect(adjustedRandIndex(result.labels, expected['graph-mcs3-ms3'].labels)).toBeGreaterThanOrEqual(0.97);
  });

  test('clusters: 12 gives twelve topics', async () => {
    const result = await cluster(news, { text, model: storedModel, clusters: 12, layout: { epochs: 1 } });
    expect(result.topics).toHaveLength(12);
  });

  test('the reduced space keeps more rows in topics', async () => {
    const result = await cluster(news, { text, model: storedModel, space: 'reduced', layout: { epochs: 1 } });
    const noise = result.labels.filter((label) => label < 0).length;
    expect(noise).toBeLessThan(870 * 0.3);
  });
});

describe('few rows, odd rows', () => {
  /** Texts of one topic lie together: the vector depends on the first word. */
  const byWord: ClusterOptions['model'] = {
    embed: (texts) =>
      texts.map((text) => {
        const angle = text.startsWith('cat') ? 0 : text.startsWith('dog') ? 1.5 : 3;
        const jitter = (text.length % 7) * 0.001;
        return Float32Array.of(Math.cos(angle + jitter), Math.sin(angle + jitter), 0);
      }),
  };
  const everyFile = async (result: ClusterResult) => {
    await result.writeCsv(join(folder, 'clusters.csv'));
    await result.writeJson(join(folder, 'clusters.json'));
    await result.writeMap(join(folder, 'map.html'));
    await result.writeReport(join(folder, 'report.md'));
    return readFileSync(join(folder, 'clusters.csv'), 'utf8');
  };

  test.each([0, 1, 2, 3, 10])('%i rows give as many labels and every file', async (rows) => {
    const texts = Array.from({ length: rows }, (_, i) => `${['cat', 'dog'][i % 2]} ${'x'.repeat(i)}`);
    const result = await cluster(texts, { model: byWord });
    expect(result.labels).toHaveLength(rows);
    expect(Array.from(result.points).every(Number.isFinite)).toBe(true);
    expect((await everyFile(result)).trimEnd().split('\n')).toHaveLength(rows + 1);
  });

  test('a blank text stays in the output, labelled -1, and does not disturb the others', async () => {
    const texts = ['cat a', 'cat bb', 'cat ccc', 'dog a', 'dog bb', 'dog ccc'];
    const options: ClusterOptions = { model: byWord, minSamples: 2 };
    const whole = await cluster(texts, options);
    const holes = await cluster(['', ...texts, '  '], options);
    expect(Array.from(holes.labels)).toEqual([-1, ...whole.labels, -1]);
    expect(holes.facts.blankTexts).toBe(2);
    expect(await everyFile(holes)).toContain('cat a,0,');
  });

  test('rows in another order get the same clusters', async () => {
    const texts = Array.from(
      { length: 60 },
      (_, i) => `${['cat', 'dog', 'eel'][i % 3]} ${'y'.repeat(i % 11)}`,
    );
    const forward = await cluster(texts, { model: byWord, minClusterSize: 5 });
    const backward = await cluster([...texts].reverse(), { model: byWord, minClusterSize: 5 });
    expect(renumbered([...backward.labels].reverse())).toEqual(renumbered(forward.labels));
  });

  test('two runs give the same bytes', async () => {
    const texts = Array.from(
      { length: 60 },
      (_, i) => `${['cat', 'dog', 'eel'][i % 3]} ${'y'.repeat(i % 11)}`,
    );
    const first = await everyFile(await cluster(texts, { model: byWord, threads: 1 }));
    expect(await everyFile(await cluster(texts, { model: byWord, threads: 2 }))).toBe(first);
  });
});

describe('being watched', () => {
  const texts = Array.from({ length: 40 }, (_, i) => `text number ${i}`);
  const slow: ClusterOptions['model'] = {
    embed: (all) => all.map((text) => [text.length, 1, all.length % 3]),
  };

  test('progress names the stages in their order', async () => {
    const stages: string[] = [];
    const onProgress = ({ stage }: Progress) => {
      if (stages.at(-1) !== stage) stages.push(stage);
    };
    await cluster(texts, { model: slow, onProgress });
    const order = ['read', 'embed', 'neighbors', 'tree', 'layout', 'topics'];
    expect(order.filter((stage) => stages.includes(stage))).toEqual(
      [...new Set(stages)].filter((stage) => order.includes(stage)),
    );
  });

  test('an aborted signal ends the run with its reason', async () => {
    const stop = new AbortController();
    stop.abort(new Error('enough'));
    await expect(cluster(texts, { model: slow, signal: stop.signal })).rejects.toThrow('enough');
  });

  test('a signal in the middle ends it too', async () => {
    const stop = new AbortController();
    const onProgress = ({ stage }: Progress) => {
      if (stage === 'layout') stop.abort(new Error('enough'));
    };
    await expect(cluster(texts, { model: slow, signal: stop.signal, onProgress })).rejects.toThrow('enough');
  });

  test('an option that is wrong is refused before anything is read', async () => {
    await expect(cluster('absent.csv', { minClusterSize: 1 })).rejects.toThrow(UserError);
  });
});
