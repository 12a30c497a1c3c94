import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { embedTexts } from '../../src/embed/index.js';
import type { Matrix } from '../../src/shapes.js';
import { newsRows, options } from './embed-script.js';

const ROWS = 800;
// Two dozen processes start; on a busy machine each takes seconds.
const PATIENCE = 600_000;
const script = fileURLToPath(new URL('./embed-script.ts', import.meta.url));
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

let folder: string;
let undisturbed: Matrix;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'denscape-kill-'));
  undisturbed = (await embedTexts(newsRows(0, ROWS), { ...options, cache: false })).vectors;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts the script; `seen.done` is the last count it reported. */
function start(cache: string, from: number, rows: number) {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', loader, script, cache, `${from}`, `${rows}`],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const seen = { done: 0, last: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n').filter(Boolean)) {
      seen.last = line;
      if (line.startsWith('done ')) seen.done = Number(line.slice(5));
    }
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, seen, ended };
}

it(
  'killed at ten random moments, the next run has every reported row and the same vectors',
  async () => {
    const cache = join(folder, 'ten');
    let reported = 0;
    for (let kill = 0; kill < 10; kill++) {
      const { child, seen, ended } = start(cache, 0, ROWS);
      // From before the first line of work to the middle of a batch.
      const patience = Math.random() * (kill < 2 ? 400 : 150);
      if (kill >= 2) while (seen.done <= reported && child.exitCode === null) await sleep(5);
      await sleep(patience);
      child.kill('SIGKILL');
      await ended;
      expect(child.signalCode).toBe('SIGKILL');
      // What was reported before a kill is there after it: each run begins where the last one was seen.
      if (kill >= 2) expect(seen.done).toBeGreaterThanOrEqual(reported);
      reported = Math.max(reported, seen.done);
    }
    const result = await embedTexts(newsRows(0, ROWS), { ...options, cache });
    expect(reported).toBeGreaterThan(0);
    expect(result.cached).toBeGreaterThanOrEqual(reported);
    expect(result.cached + result.computed).toBe(ROWS);
    expect(result.vectors).toEqual(undisturbed);
  },
  PATIENCE,
);

it(
  'two processes with overlapping rows at once both finish, and a third finds all of them',
  async () => {
    const cache = join(folder, 'two');
    const one = start(cache, 0, 400);
    const two = start(cache, 200, 400);
    expect(await Promise.all([one.ended, two.ended])).toEqual([0, 0]);
    const { cached, computed, vectors } = await embedTexts(newsRows(0, 600), { ...options, cache });
    expect({ cached, computed }).toEqual({ cached: 600, computed: 0 });
    expect(vectors.data).toEqual(undisturbed.data.subarray(0, 600 * vectors.cols));
  },
  PATIENCE,
);
