// A process that adds rows is killed at ten moments; the run must open, and the next add must write the bytes that an
// undisturbed one writes.
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { openRun } from '../../src/index.js';
import { npyPieces } from '../../src/run/npy.js';
import { denscape } from '../helpers/cli.js';
import { testFolder } from '../helpers/folder.js';
import { type News, range, readNews } from './news.js';

const folder = testFolder();
const at = (name: string) => join(folder.path, name);
const MAIN = new URL('../../build/cli/main.js', import.meta.url).pathname;

let news: News;
let wanted: Record<string, string>;
let seconds: number;

const put = (name: string, rows: readonly number[]) => {
  writeFileSync(at(`${name}.jsonl`), rows.map((row) => `${JSON.stringify(news.rows[row])}\n`).join(''));
  writeFileSync(
    at(`${name}.npy`),
    Buffer.concat([...npyPieces(news.vectors(rows))].map((piece) => Buffer.from(piece as Uint8Array))),
  );
  return [at(`${name}.jsonl`), '--vectors', at(`${name}.npy`)];
};

const bytesOf = (path: string): Record<string, string> =>
  Object.fromEntries(readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'latin1')]));

let first: string[];
let more: string[];

beforeAll(async () => {
  news = await readNews();
  first = put('first', range(0, 80));
  // As many again: the reduced space is made anew.
  more = put('more', range(80, 160));
  const made = await denscape([
    'cluster',
    ...first,
    '--text',
    'title,description',
    '--epochs',
    '5',
    '--out',
    at('base'),
  ]);
  expect(made.stderr).not.toMatch(/^error/m);
  cpSync(at('base'), at('whole'), { recursive: true });
  const start = performance.now();
  expect((await denscape(['add', at('whole'), ...more])).code).toBe(0);
  seconds = (performance.now() - start) / 1000;
  wanted = bytesOf(at('whole'));
});

test.each(range(1, 11))(
  'killed at moment %i of ten, the run opens, and the next add writes the same bytes',
  async (moment) => {
    const path = at('killed');
    rmSync(path, { recursive: true, force: true });
    cpSync(at('base'), path, { recursive: true });
    const child = spawn(process.execPath, [MAIN, 'add', path, ...more], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    if (moment <= 5) await Promise.race([sleep((moment / 6) * seconds * 1000), ended]);
    else await Promise.race([whenWriting(path, moment - 6, child), ended]);
    child.kill('SIGKILL');
    await ended;
    const opened = await openRun(path);
    expect([80, 160]).toContain(opened.texts.length);
    expect((await denscape(['add', path, ...more])).code).toBe(0);
    const found = bytesOf(path);
    // A run that was complete when it was killed has the rows already: its history has one more line.
    if (opened.texts.length === 160) expect((await openRun(path)).labels).toEqual(opened.labels);
    else expect(found).toEqual(wanted);
  },
);

/** Waits until some drafts of the new files are there. */
async function whenWriting(path: string, drafts: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null && !child.killed) {
    const part = readdirSync(path).find((name) => name.endsWith('.part'));
    if (part) {
      const files = (() => {
        try {
          return readdirSync(join(path, part)).length;
        } catch {
          return Number.POSITIVE_INFINITY; // done already
        }
      })();
      if (files >= drafts * 4) return;
    }
    await sleep(1);
  }
}
