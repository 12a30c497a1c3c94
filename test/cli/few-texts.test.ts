import { join } from 'node:path';
import { expect, test } from 'vitest';
import { denscape } from '../helpers/cli.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();

/** Texts with vectors of their own, so that no model is needed. */
const lines = (rows: number) =>
  Array.from({ length: rows }, (_, row) =>
    JSON.stringify({
      text: `text number ${row}`,
      vector: [Math.sin(row), Math.cos(row), (row % 7) / 7, (row % 3) / 3],
    }),
  ).join('\n');

const cluster = (name: string, rows: number, ...more: string[]) =>
  denscape([
    ...['cluster', folder.write(`${name}.jsonl`, lines(rows)), '--vectors', 'vector'],
    ...['--out', join(folder.path, name), ...more],
  ]);

test('two texts get one sentence in place of an empty summary', async () => {
  const run = await cluster('two', 2);
  expect(run.code).toBe(0);
  expect(run.stdout).toMatch(
    /^2 texts are too few for topics, some dozens are needed; .*map\.html shows them\.\n$/,
  );
});

test('more neighbours than there are other rows are cut, and that is said', async () => {
  const run = await cluster('cut', 30, '--neighbors', '5000');
  expect(run.code).toBe(0);
  expect(run.stderr).toContain('5,000 neighbours are asked for and cut to 29: among 30 texts');
  expect((await cluster('usual', 30)).stderr).not.toContain('neighbours are asked for');
});
