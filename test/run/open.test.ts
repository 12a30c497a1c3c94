import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ClusterOptions, ClusterResult } from '../../src/index.js';
import { cluster, openRun } from '../../src/index.js';
import { DATA_FILES } from '../../src/run/format.js';
import { testFolder } from '../helpers/folder.js';
import { smallOptions, smallRows } from '../helpers/small-run.js';

const folder = testFolder();
const at = (name: string) => join(folder.path, name);

let rows: Record<string, string | number | null>[];
let result: ClusterResult;

/** Every array, list and record that a result shows. */
const shownOf = ({ table, texts, labels, probabilities, outlierScores, ...rest }: ClusterResult) => ({
  ...{ table, texts, labels, probabilities, outlierScores },
  ...{ points: rest.points, topics: rest.topics, themes: rest.themes, themeTopics: rest.themeTopics },
  ...{ levels: rest.levels, nearestTopics: rest.nearestTopics, nearestStrengths: rest.nearestStrengths },
  ...{ assigned: rest.assigned, fit: rest.fit, filledRows: rest.filledRows, facts: rest.facts },
  vectors: rest.vectors,
});

const writtenBy = async (from: ClusterResult, to: string) => {
  mkdirSync(to, { recursive: true });
  await from.writeCsv(join(to, 'clusters.csv'));
  await from.writeTopicsCsv(join(to, 'topics.csv'));
  await from.writeJson(join(to, 'clusters.json'));
  await from.writeReport(join(to, 'report.md'));
  await from.writeMap(join(to, 'map.html'));
  return readdirSync(to).map((name) => readFileSync(join(to, name), 'utf8'));
};

beforeAll(async () => {
  rows = smallRows('first', 60).map((row, at) => ({
    ...row,
    year: 2000 + (at % 3),
    note: at % 2 ? 'x' : at,
  }));
  rows[7] = { title: '', text: '', year: null, note: null };
  result = await cluster(rows, { ...smallOptions, cache: false });
  await result.save(at('run'));
});

const kinds: [string, ClusterOptions][] = [
  ['reduced space, a row without text, cells of several kinds', {}],
  ['raw space', { space: 'raw', minClusterSize: 3 }],
  ['squared distances', { squared: true, minClusterSize: 3 }],
  ['exactly three topics', { clusters: 3 }],
  ['noise to the nearest topic', { noise: 'nearest', minClusterSize: 4 }],
];

describe.each(kinds)('a saved run (%s)', (name, options) => {
  test('opens as the result that it was, and writes the same bytes', async () => {
    const saved = await cluster(rows, { ...smallOptions, ...options, cache: false });
    const path = at(name);
    await saved.save(path);
    const opened = await openRun(path);
    expect(shownOf(opened)).toEqual(shownOf(saved));
    expect(await writtenBy(opened, at(`${name}-b`))).toEqual(await writtenBy(saved, at(`${name}-a`)));
  });
});

test('from a graph alone, which has no vectors, a run opens too', async () => {
  const {
    rows: count,
    indices,
    distances,
    neighbors,
  } = {
    ...{ rows: 4, neighbors: 2 },
    indices: Int32Array.of(1, 2, 0, 2, 1, 0, -1, -1),
    distances: Float32Array.of(1, 2, 1, 1, 1, 2, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY),
  };
  const graph = { rows: count, indices, distances, neighbors };
  const saved = await cluster(['a b', 'b c', 'c d', 'e f'], { graph, minClusterSize: 2, space: 'raw' });
  await saved.save(at('graph'));
  expect(shownOf(await openRun(at('graph')))).toEqual(shownOf(saved));
});

test('a run of no rows and a run of one row open', async () => {
  for (const texts of [[], ['only one']]) {
    const saved = await cluster(texts, { ...smallOptions, text: 'text', cache: false });
    await saved.save(at(`few-${texts.length}`));
    expect(shownOf(await openRun(at(`few-${texts.length}`)))).toEqual(shownOf(saved));
  }
});

test('the same run saved twice is the same bytes, and a moved folder opens', async () => {
  await result.save(at('again'));
  for (const name of readdirSync(at('run'))) {
    expect(readFileSync(join(at('again'), name)).equals(readFileSync(join(at('run'), name)))).toBe(true);
  }
  cpSync(at('again'), at('moved'), { recursive: true });
  rmSync(at('again'), { recursive: true });
  expect((await openRun(at('moved'))).labels).toEqual(result.labels);
});

test('no file names a folder of this machine', async () => {
  for (const name of readdirSync(at('run'))) {
    expect(readFileSync(join(at('run'), name)).includes(folder.path)).toBe(false);
    expect(readFileSync(join(at('run'), name)).includes(process.cwd())).toBe(false);
  }
});

describe('a folder that is not a sound run', () => {
  const copy = (name: string) => {
    cpSync(at('run'), at(name), { recursive: true });
    return at(name);
  };

  test.each(Object.values(DATA_FILES))('%s with one bit changed is named with its checksum', async (name) => {
    const path = copy(`bit-${name}`);
    const bytes = readFileSync(join(path, name));
    bytes[Math.floor(bytes.length / 2)] ^= 1;
    writeFileSync(join(path, name), bytes);
    await expect(openRun(path)).rejects.toThrow(
      new RegExp(
        `^${join(path, name)} is damaged: its SHA-256 is [0-9a-f]{64}, and run.json says [0-9a-f]{64}`,
      ),
    );
  });

  test('a file that is cut off or missing is named', async () => {
    const path = copy('cut');
    const file = join(path, DATA_FILES.rows);
    writeFileSync(file, readFileSync(file).subarray(0, -5));
    await expect(openRun(path)).rejects.toThrow(`${file} is damaged: it has`);
    rmSync(file);
    await expect(openRun(path)).rejects.toThrow(`${file} is missing`);
  });

  test('a run of another format says which version wrote it', async () => {
    const path = copy('later');
    const file = join(path, 'run.json');
    const run = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...run, format: 'denscape/run/9', denscape: '7.1.0' }));
    await expect(openRun(path)).rejects.toThrow(
      `${file} is in run format 9 of denscape 7.1.0, and this version reads 1; use that version, or cluster again`,
    );
  });

  test('a field of another type is named, and what is no run is said to be none', async () => {
    const path = copy('field');
    const file = join(path, 'run.json');
    const run = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...run, ids: { ...run.ids, nextTopic: 'x' } }));
    await expect(openRun(path)).rejects.toThrow(`${file} is damaged at ids.nextTopic`);
    writeFileSync(file, '{"format": "other"}');
    await expect(openRun(path)).rejects.toThrow(`${file} is not a run of denscape`);
    writeFileSync(file, '{"format"');
    await expect(openRun(path)).rejects.toThrow(`${file} is not JSON`);
    mkdirSync(at('empty'));
    await expect(openRun(at('empty'))).rejects.toThrow(`${at('empty')} holds no run`);
  });
});
