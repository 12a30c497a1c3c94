import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type ClusterResult, cluster, openRun } from '../../src/index.js';
import { isAveraged } from '../../src/layout/averaged-columns.js';
import { seededRandom } from '../../src/layout/random.js';
import { maximumMatching } from '../../src/run/match.js';
import type { Run } from '../../src/run/run.js';
import { type Matrix, pickRows } from '../../src/shapes.js';
import { testFolder } from '../helpers/folder.js';
import { range } from './news.js';

const folder = testFolder();

const GROUPS = 24;
const COLS = 16;
const OWN = 4200;
const HELD = 400;

/** Rows around random centres, which are so near that some rows lie between two. */
function madeUp(): Matrix {
  const random = seededRandom(7);
  const centres = Float32Array.from({ length: GROUPS * COLS }, () => random.normal());
  const data = new Float32Array((OWN + HELD) * COLS);
  for (let at = 0; at < data.length; at++) {
    const group = Math.floor(at / COLS) % GROUPS;
    data[at] = centres[group * COLS + (at % COLS)] + 0.6 * random.normal();
  }
  return { data, rows: OWN + HELD, cols: COLS };
}

const every = madeUp();
const vectors = (rows: readonly number[]) => pickRows(every, Int32Array.from(rows));
// Texts of one word per group, so that nearly no time is spent on names.
const texts = (rows: readonly number[]) =>
  rows.map((row) => ({ text: `${'abcdefghijklmnopqrstuvwx'[row % GROUPS].repeat(4)} ${row}` }));
const clustered = (rows: readonly number[]): Promise<ClusterResult> =>
  cluster(texts(rows), { text: 'text', vectors: vectors(rows), layout: { epochs: 1 } });

const [own, held] = [range(0, OWN), range(OWN, OWN + HELD)];
let run: Run;

beforeAll(async () => {
  const path = join(folder.path, 'many');
  await (await clustered(own)).save(path);
  run = await openRun(path);
});

test('a run of thousands of rows in averaged vectors gives its own rows their fitted topics', async () => {
  expect(run.fit.points && isAveraged(run.fit.points)).toBe(true);
  expect(run.topics.length).toBeGreaterThanOrEqual(GROUPS / 2);
  const found = await run.predict(texts(own), { vectors: vectors(own) });
  expect(found.topics).toEqual(run.labels);
  expect(found.probabilities).toEqual(run.probabilities);
  expect(found.themes).toEqual(run.themes);
});

test('19 of 20 held-out rows have the topic that clustering all rows anew gives them', async () => {
  const { topics } = await run.predict(texts(held), { vectors: vectors(held) });
  const { labels } = await clustered([...own, ...held]);
  const weights = new Map<string, number>();
  for (const row of own) {
    const pair = `${run.labels[row]} ${labels[row]}`;
    if (run.labels[row] >= 0 && labels[row] >= 0) weights.set(pair, (weights.get(pair) ?? 0) + 1);
  }
  const pairs = [...weights].map(([pair, weight]) => {
    const [before, after] = pair.split(' ').map(Number);
    return { before, after, weight };
  });
  const same = new Map(maximumMatching(pairs).map(({ before, after }) => [before, after]));
  const both = range(0, HELD).filter((at) => topics[at] >= 0 && labels[OWN + at] >= 0);
  expect(both.length).toBeGreaterThan(HELD / 2);
  const agreeing = both.filter((at) => same.get(topics[at]) === labels[OWN + at]);
  expect(agreeing.length / both.length).toBeGreaterThanOrEqual(0.95);
  // Not of one topic alone: those that were agreed on are of most groups.
  expect(new Set(agreeing.map((at) => topics[at])).size).toBeGreaterThanOrEqual(GROUPS / 2);
});
