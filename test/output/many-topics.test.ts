import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { printSummary } from '../../src/cli/summary.js';
import { toSvg, writeTopicsCsv } from '../../src/output/index.js';
import type { ClusterResult } from '../../src/pipeline/result.js';
import { testFolder } from '../helpers/folder.js';
import { topic } from './clustering.js';

const folder = testFolder();
// More than a function call takes arguments.
const COUNT = 130_000;
const topics = Array.from({ length: COUNT }, (_, id) => ({ ...topic(id), exemplars: [id] }));

test('130,000 topics are written to topics.csv, the summary and the picture', async () => {
  const texts = topics.map(({ id }) => `text ${id}`);
  const file = join(folder.path, 'topics.csv');
  await writeTopicsCsv(file, topics, texts);
  expect(statSync(file).size).toBeGreaterThan(COUNT);
  expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(COUNT + 2);

  const facts = { rows: COUNT, noise: 0 };
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    const result = { topics, themeTopics: [], texts, facts, costs: [] } as unknown as ClusterResult;
    printSummary(result, { files: [] });
    expect(write.mock.calls.flat().join('')).toContain('130,000 topics');
  } finally {
    write.mockRestore();
  }

  const few = { labels: Int32Array.of(0), probabilities: Float64Array.of(1), points: Float32Array.of(0, 0) };
  expect(toSvg({ topics, ...few })).toContain('<svg');
});
