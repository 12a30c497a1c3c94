import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { beforeAll, expect, test } from 'vitest';
import { keptRuns } from '../../src/stages/kept.js';
import type { Fault } from '../helpers/faults.js';
import { testFolder } from '../helpers/folder.js';
import { runCommand } from '../helpers/run.js';

const MAIN = new URL('../../build/cli/main.js', import.meta.url).pathname;
const folder = testFolder();
const stages = join(folder.path, 'cache', 'stages');
const code = readFileSync(new URL('../helpers/faults.ts', import.meta.url), 'utf8');
const preload = `data:text/javascript,${encodeURIComponent(transformSync(code, { loader: 'ts', format: 'esm' }).code)}`;

/** Sixty texts in three groups, with their vectors in a column. */
const rows = Array.from({ length: 60 }, (_, row) => {
  const at = [row % 3 === 0 ? 9 : 0, row % 3 === 1 ? 9 : 0, Math.sin(row), Math.cos(3 * row)];
  return `"word${row % 3} text ${row}","[${at}]"`;
});
const input = folder.write('rows.csv', `text,at\n${rows.join('\n')}\n`);

/** Runs the command into `out`; all stages are kept, and `fault` is injected on files below its root. */
function run(out: string, fault?: Fault & { root: string }) {
  const args = ['cluster', input, '--text', 'text', '--vectors', 'at', '--epochs', '20', '--out', out];
  return runCommand(process.execPath, [...(fault ? ['--import', preload] : []), MAIN, ...args], {
    env: {
      NO_COLOR: '1',
      DENSCAPE_CACHE: join(folder.path, 'cache'),
      DENSCAPE_KEEP_SECONDS: '0',
      ...(fault ? { DENSCAPE_TEST_FAULT: JSON.stringify(fault) } : {}),
    },
  });
}

/** Checksums of all files, by name. */
const filesOf = (out: string) =>
  Object.fromEntries(
    readdirSync(out).map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(out, name)))
        .digest('hex'),
    ]),
  );

const undisturbed = join(folder.path, 'undisturbed');
beforeAll(async () => {
  mkdirSync(stages, { recursive: true });
  expect((await run(undisturbed)).code).toBe(0);
});

test('a run that ends well leaves no stages in the cache', async () => {
  expect(await keptRuns(stages)).toEqual([]);
});

test('a run killed after neighbours, and again after the tree, ends with the bytes of an undisturbed one', async () => {
  const out = join(folder.path, 'out');
  const kill = { call: 'rename', at: 2, kind: 'SIGKILL', root: stages } as const;
  const kept = async () => (await keptRuns(stages)).flatMap((found) => found.stages);
  expect((await run(out, kill)).code).toBe(null);
  expect(await kept()).toEqual(['neighbors']);
  // The neighbours are there, so the second stage that this run would keep is the layout.
  expect((await run(out, kill)).code).toBe(null);
  expect(await kept()).toEqual(['neighbors', 'tree']);
  const { code, stderr } = await run(out);
  expect(code).toBe(0);
  expect(stderr.match(/\w+(?= taken from an earlier run)/g)).toEqual(['neighbours', 'tree']);
  expect(filesOf(out)).toEqual(filesOf(undisturbed));
  expect(await kept()).toEqual([]);
});
