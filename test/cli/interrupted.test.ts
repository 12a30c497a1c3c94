import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { transformSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { clearCache } from '../../src/embed/index.js';
import { checkRunFolder } from '../../src/files/run-folder.js';
import { runFileNames } from '../../src/pipeline/run-files.js';
import { type EmbeddingServer, startEmbeddingServer } from '../helpers/embedding-server.js';
import type { Fault } from '../helpers/faults.js';
import { testFolder } from '../helpers/folder.js';
import { smallRows, toCsv } from '../helpers/small-run.js';

const MAIN = new URL('../../build/cli/main.js', import.meta.url).pathname;
const folder = testFolder();
const cache = join(folder.path, 'cache');
const names = runFileNames({ format: 'csv' });
const faults = transformSync(readFileSync(new URL('../helpers/faults.ts', import.meta.url), 'utf8'), {
  loader: 'ts',
  format: 'esm',
}).code;
const preload = `data:text/javascript,${encodeURIComponent(faults)}`;

let server: EmbeddingServer;
let input: string;
let oldFiles: Record<string, string>;
let newFiles: Record<string, string>;

interface Started {
  child: ChildProcess;
  stderr: () => string;
  ended: Promise<number | string | null>;
}

/** Starts the command line on `file`; `fault` is injected on files below `out`. */
function start(
  file: string,
  out: string,
  options: { fault?: Fault; url?: string; more?: string[]; env?: NodeJS.ProcessEnv; stdout?: number } = {},
): Started {
  const { fault, url = server.url, more = ['--model', 'openai:small', '--base-url', url], env } = options;
  // Without the run's own files, which are binary and more: test/run/kill.test.ts kills a process that writes those.
  const args = ['cluster', file, '--out', out, '--epochs', '2', '--no-save', ...more];
  const child = spawn(process.execPath, [...(fault ? ['--import', preload] : []), MAIN, ...args], {
    env: {
      ...process.env,
      NO_COLOR: '1',
      DENSCAPE_CACHE: cache,
      ...(fault ? { DENSCAPE_TEST_FAULT: JSON.stringify({ ...fault, root: out }) } : {}),
      ...env,
    },
    stdio: ['ignore', options.stdout ?? 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stdout?.resume();
  child.stderr?.on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<number | string | null>((resolve) =>
    child.once('close', (code, signal) => resolve(signal ?? code)),
  );
  return { child, stderr: () => stderr, ended };
}

function filesOf(path: string): Record<string, string> {
  return Object.fromEntries(readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'utf8')]));
}

/** A folder that an older run wrote. */
function oldFolder(name: string): string {
  const out = join(folder.path, name);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
  for (const [file, content] of Object.entries(oldFiles)) writeFileSync(join(out, file), content);
  return out;
}

beforeAll(async () => {
  server = await startEmbeddingServer();
  const before = folder.write('before.csv', toCsv(smallRows('older')));
  input = folder.write('news.csv', toCsv(smallRows('newer')));
  const [older, newer] = [join(folder.path, 'older'), join(folder.path, 'newer')];
  expect(await start(before, older).ended).toBe(0);
  expect(await start(input, newer).ended).toBe(0);
  oldFiles = filesOf(older);
  newFiles = filesOf(newer);
  expect(Object.keys(newFiles).sort()).toEqual(['.denscape.json', ...names].sort());
  expect(newFiles['clusters.csv']).not.toBe(oldFiles['clusters.csv']);
});
afterAll(() => server.close());

/** Calls that a run makes below its output folder (62 when this was written); the last six renames are the files'. */
const CALLS_BELOW = 62;
const RENAMES_BELOW = 14;
/** While drafts are written, while they are put in their places, and between. */
const WRITING: Fault[] = [
  ...[2, 11, 20, 29, 38, 43, 47, CALLS_BELOW].map((at) => ({ call: 'any', at, kind: 'SIGKILL' }) as const),
  ...Array.from(
    { length: names.length + 2 },
    (_, n) => ({ call: 'rename', at: RENAMES_BELOW - n, kind: 'SIGKILL' }) as const,
  ),
];

describe('kill -9', () => {
  /** What is there after the next run has looked at the folder: all old files or all new ones, and nothing else. */
  async function expectWhole(out: string, moment: string): Promise<'old' | 'new'> {
    await checkRunFolder(out, names, {});
    const found = filesOf(out);
    const isNew = found['clusters.csv'] === newFiles['clusters.csv'];
    expect(found, moment).toEqual(isNew ? newFiles : oldFiles);
    return isNew ? 'new' : 'old';
  }

  test('at 15 moments while files are written leaves all old files or, with the next run, all new ones', async () => {
    const seen = { old: 0, new: 0 };
    expect(WRITING).toHaveLength(15);
    for (const fault of WRITING) {
      const out = oldFolder('killed');
      expect(['SIGKILL', 0]).toContain(await start(input, out, { fault }).ended);
      seen[await expectWhole(out, `${fault.call} ${fault.at}`)]++;
    }
    expect(seen.old).toBeGreaterThan(5);
    expect(seen.new).toBeGreaterThan(5);
  });

  test('at 15 moments of the whole run leaves all old files or all new ones', async () => {
    const out = join(folder.path, 'timed');
    for (let moment = 0; moment < 15; moment++) {
      oldFolder('timed');
      const { child, ended } = start(input, out);
      await Promise.race([sleep(moment * 80), ended]);
      child.kill('SIGKILL');
      await ended;
      await expectWhole(out, `${moment * 80} ms`);
    }
    expect(await start(input, out).ended).toBe(0);
    expect(filesOf(out)).toEqual(newFiles);
  });
});

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s', (signal, code) => {
  test(`while files are written ends with ${code}, all old files or all new ones, and nothing else`, async () => {
    for (const at of [3, 27, 50]) {
      const out = oldFolder('signalled');
      const run = start(input, out, { fault: { call: 'any', at, kind: signal } });
      expect(await run.ended).toBe(code);
      expect(run.stderr()).toMatch(/stopped\n$/);
      const found = filesOf(out);
      expect([oldFiles, newFiles]).toContainEqual(found);
    }
  });

  test(`while an endpoint is waited for ends with ${code} and the old files`, async () => {
    const silent = await startEmbeddingServer();
    silent.hang();
    const out = oldFolder('waiting');
    const run = start(folder.write('other.csv', toCsv(smallRows(signal))), out, { url: silent.url });
    await silent.requested();
    run.child.kill(signal);
    expect(await run.ended).toBe(code);
    expect(filesOf(out)).toEqual(oldFiles);
    silent.close();
  });
});

/** Processes whose environment has the mark: a run and its children. */
function marked(mark: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark);
    } catch {
      return false;
    }
  });
}

test.runIf(existsSync('/proc/self/environ'))(
  'SIGTERM while a model runs ends its processes too',
  async () => {
    const mark = randomUUID();
    // Texts that no earlier test run has left in the cache.
    const texts = folder.write('many.csv', toCsv(smallRows(mark, 4000)));
    const env = { DENSCAPE_TEST_MARK: mark, DENSCAPE_CACHE: process.env.DENSCAPE_CACHE };
    const run = start(texts, join(folder.path, 'model'), { more: ['--model', 'minilm'], env });
    let ended: string | number | null | undefined;
    run.ended.then((code) => {
      ended = code;
    });
    while (marked(mark).length < 2 && ended === undefined) await sleep(20); // a session's process is there
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(143);
    while (marked(mark).length > 0) await sleep(20); // the test's own limit of time applies
    expect(existsSync(join(folder.path, 'model'))).toBe(false);
  },
);

test('closed pipes on both outputs do not stop the work', async () => {
  const out = oldFolder('piped');
  const run = start(input, out);
  run.child.stdout?.destroy();
  run.child.stderr?.destroy();
  expect(await run.ended).toBe(0);
  expect(filesOf(out)).toEqual(newFiles);
});

test.runIf(existsSync('/dev/full'))('a full disk behind standard output is a failure', async () => {
  const out = oldFolder('full');
  const run = start(input, out, { stdout: openSync('/dev/full', 'w') });
  expect(await run.ended).toBe(1);
  expect(run.stderr()).toContain('standard output: ENOSPC');
  expect(filesOf(out)).toEqual(newFiles);
});

test('two runs into one folder at once both end, and the files are those of one of them', async () => {
  const before = join(folder.path, 'before.csv');
  for (let round = 0; round < 2; round++) {
    const out = join(folder.path, `two-${round}`);
    const runs = [start(before, out), start(input, out)];
    expect(await Promise.all(runs.map(({ ended }) => ended))).toEqual([0, 0]);
    expect([oldFiles, newFiles]).toContainEqual(filesOf(out));
  }
});

test('a run during which the cache is cleared writes the same files', async () => {
  const out = join(folder.path, 'cleared');
  const run = start(input, out);
  let isOver = false;
  run.ended.then(() => {
    isOver = true;
  });
  vi.stubEnv('DENSCAPE_CACHE', cache);
  while (!isOver) {
    await clearCache();
    await sleep(5);
  }
  vi.unstubAllEnvs();
  expect(await run.ended).toBe(0);
  expect(filesOf(out)).toEqual(newFiles);
});
