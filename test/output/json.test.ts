import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { writeJson } from '../../src/output/index.js';
import { testFolder } from '../helpers/folder.js';
import { clustering, run, topic } from './clustering.js';

const folder = testFolder();
const file = join(folder.path, 'clusters.json');
const schema = JSON.parse(
  readFileSync(new URL('../../docs/schema/clusters-1.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ allErrors: true, strictTuples: false }).compile(schema);

async function written(...args: [Parameters<typeof writeJson>[1], Parameters<typeof writeJson>[2]]) {
  await writeJson(file, ...args);
  return JSON.parse(readFileSync(file, 'utf8'));
}

describe('clusters.json', () => {
  test('holds the numbers row by row and fits the published schema', async () => {
    const result = clustering(6);
    const read = await written(run(), result);
    expect(validate(read), JSON.stringify(validate.errors)).toBe(true);
    expect(read.format).toBe('denscape/clusters/1');
    expect(read.labels).toEqual([...result.labels]);
    expect(read.probabilities).toEqual([0.3333333, 0.3333333, 0, 0.3333333, 0.3333333, 0]);
    expect(read.points[5]).toBeNull();
    expect(read.points[1][0]).toBeCloseTo(Math.sin(2) * 10, 5);
    expect(read.topics).toEqual(result.topics);
    expect(read.outlierScores).toBeUndefined();
  });

  test('with every fact a run can have it fits the schema too', async () => {
    const facts = run({
      duplicateTexts: 1,
      model: 'minilm',
      store: 'memory',
      exactness: { certified: true, scannedRows: 4, rounds: 1, approximate: false, recall: null },
      trustworthiness: 0.91,
      versions: { node: '20' },
      command: 'denscape cluster news.csv',
      findings: ['1 row without text'],
      languages: [{ language: '', rows: 6 }],
    });
    const scores = { ...clustering(6), outlierScores: Float64Array.of(0, 0.5, 1, Number.NaN, 0, 0) };
    const read = await written(facts, scores);
    expect(validate(read), JSON.stringify(validate.errors)).toBe(true);
    expect(read.run).toEqual(facts);
    expect(read.outlierScores).toEqual([0, 0.5, 1, null, 0, 0]);
  });

  test('holds times where they are given, and fits the schema with them', async () => {
    const timings = [{ stage: 'embed', seconds: 1.23456, residentBytes: 5 }];
    await writeJson(file, run(), clustering(6), { timings });
    const read = JSON.parse(readFileSync(file, 'utf8'));
    expect(validate(read), JSON.stringify(validate.errors)).toBe(true);
    expect(read.timings).toEqual([{ stage: 'embed', seconds: 1.235 }]);
    expect(await written(run(), clustering(6))).not.toHaveProperty('timings');
  });

  test('no rows and no topics fit the schema', async () => {
    const none = { ...clustering(0), topics: [] };
    expect(validate(await written(run({ rows: 0, topics: 0, noise: 0, blankTexts: 0 }), none))).toBe(true);
  });

  test('odd texts survive', async () => {
    const name = '</script>\u2028\u0000"\\ \ud83d\ude00 \u202eabc';
    const read = await written(run({ source: name }), { ...clustering(3), topics: [topic(0, { name })] });
    expect(read.topics[0].name).toBe(name);
    expect(read.run.source).toBe(name);
  });

  test('many rows stream through in pieces and come back whole', async () => {
    const result = clustering(50_001);
    const read = await written(run({ rows: 50_001 }), result);
    expect(read.labels).toEqual([...result.labels]);
    expect(read.points).toHaveLength(50_001);
  });

  test('the same result gives the same bytes', async () => {
    await writeJson(file, run(), clustering(100));
    const first = readFileSync(file);
    await writeJson(file, run(), clustering(100));
    expect(readFileSync(file).equals(first)).toBe(true);
  });

  test.each([
    ['an unknown format', { format: 'denscape/clusters/2' }],
    ['a label below -1', { labels: [-2] }],
    ['a topic without a name', { topics: [{ ...topic(0), name: '' }] }],
    ['a point of three numbers', { points: [[1, 2, 3]] }],
    ['an unknown column', { extra: [] }],
  ])('the schema refuses %s', async (_, change) => {
    const read = await written(run(), clustering(3));
    expect(validate({ ...read, ...change })).toBe(false);
  });
});
