import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exitCode, explain } from '../../src/cli/exit.js';
import { checkRunFolder, replaceRunFiles } from '../../src/files/run-folder.js';
import { cluster } from '../../src/index.js';
import { runFileNames, writeRunFiles } from '../../src/pipeline/run-files.js';
import { CALLS, type Call, type Fault, injectFaults } from '../helpers/faults.js';
import { testFolder } from '../helpers/folder.js';
import { smallOptions, smallRows, toCsv } from '../helpers/small-run.js';

const folder = testFolder();
const out = join(folder.path, 'out');
const cache = join(folder.path, 'cache');
const names = runFileNames({ format: 'csv' });

type Files = Record<string, string>;

/** Every file below the output folder by its path. */
function filesOf(path: string): Files {
  const found: Files = {};
  for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' })) {
    if (statSync(join(path, name)).isFile()) found[name] = readFileSync(join(path, name), 'utf8');
  }
  return found;
}

function put(files: Files): void {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(out, name), content);
}

/** What the command line does with a file: look at the folder, cluster, write; and its exit code and message. */
async function wholeRun(input: string): Promise<{ code: number; line: string }> {
  const place = { input };
  try {
    await checkRunFolder(out, names, place);
    const result = await cluster(input, { ...smallOptions, cache });
    await replaceRunFiles(out, names, (draftOf) => writeRunFiles(result, names, draftOf, {}), place);
    return { code: 0, line: '' };
  } catch (error) {
    return { code: exitCode(error), line: explain(error, false) ?? '' };
  }
}

let oldFiles: Files;
let newFiles: Files;
let input: string;
let counts: Record<Call, number>;
beforeAll(async () => {
  const before = folder.write('before.csv', toCsv(smallRows('older')));
  input = folder.write('news.csv', toCsv(smallRows('newer')));
  expect(await wholeRun(before)).toEqual({ code: 0, line: '' });
  oldFiles = filesOf(out);
  rmSync(cache, { recursive: true });
  const faults = injectFaults(folder.path);
  expect(await wholeRun(input)).toEqual({ code: 0, line: '' });
  faults.restore();
  ({ counts } = faults);
  newFiles = filesOf(out);
  expect(Object.keys(newFiles).sort()).toEqual([...names, '.denscape.json'].sort());
  for (const name of names) expect(newFiles[name]).not.toBe(oldFiles[name]);
});

async function faultyRun(fault: Fault) {
  put(oldFiles);
  rmSync(cache, { recursive: true, force: true });
  const faults = injectFaults(folder.path, fault);
  const { code, line } = await wholeRun(input);
  faults.restore();
  return { code, line, hasStruck: faults.hasStruck(), files: filesOf(out) };
}

/** A part of the message of each error. */
const SAID: Record<string, string> = {
  ENOSPC: 'no space left on the disk',
  EIO: 'the disk reports an error (EIO)',
  EDQUOT: 'the disk quota is used up',
  EMFILE: 'too many files open (EMFILE)',
};

describe('a run whose disk fails once', () => {
  describe.each(CALLS)('at %s', (call) => {
    test.each(Object.keys(SAID))('with %s leaves all old files or all new ones', async (kind) => {
      expect(counts[call]).toBeGreaterThan(0);
      // Every second call with one kind of error, those between with the next.
      for (let at = 1 + (Object.keys(SAID).indexOf(kind) % 2); at <= counts[call]; at += 2) {
        const { code, line, hasStruck, files } = await faultyRun({ call, at, kind });
        const place = `${call} ${at}: ${line}`;
        expect(hasStruck, place).toBe(true);
        // A vector cache that can't be written costs time, not the run.
        expect(files, place).toEqual(code === 0 ? newFiles : oldFiles);
        if (code === 0) continue;
        expect(code, place).toBe(1);
        expect(line, place).toContain(SAID[kind]);
        expect(line.split('\n'), place).toHaveLength(1);
        expect(line, place).toContain(folder.path);
        expect(line, place).not.toContain('.part');
      }
    });
  });
});

describe('a run whose disk fails for good', () => {
  test.each(CALLS)('from any %s on leaves the old files, and the next run the new ones', async (call) => {
    for (let at = 1; at <= counts[call]; at++) {
      const kind = at % 2 === 0 ? 'ENOSPC' : 'EIO';
      const { code, line, files } = await faultyRun({ call, at, kind, lasting: true });
      const place = `${call} ${at}: ${line}`;
      expect(code, place).toBe(1);
      expect(files, place).toEqual(oldFiles);
      expect(await wholeRun(input), place).toEqual({ code: 0, line: '' });
      expect(filesOf(out), place).toEqual(newFiles);
    }
  });
});

test('writes that take half of what they are given end in whole files', async () => {
  const { code, files } = await faultyRun({ call: 'write', at: 1, lasting: true, kind: 'short' });
  expect(code).toBe(0);
  expect(files).toEqual(newFiles);
});

test('a disk that is full from any write on leaves the old files', async () => {
  for (let at = 1; at <= counts.write; at++) {
    const { code, line, files } = await faultyRun({ call: 'write', at, kind: 'full' });
    expect({ code, files }, `write ${at}: ${line}`).toEqual({ code: 1, files: oldFiles });
    expect(line).toMatch(/out\/?[\w.]*: no space left on the disk/);
  }
});

describe('on a real disk of 512 KiB (a tmpfs: root on Linux only)', () => {
  const disk = join(folder.path, 'disk');
  let isMounted = false;
  beforeAll(() => {
    mkdirSync(disk);
    isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', disk]).status === 0;
  });
  afterAll(() => {
    if (isMounted) spawnSync('umount', [disk]);
  });

  test('a run that does not fit leaves the old files, and fits when space is made', async ({ skip }) => {
    skip(!isMounted, 'this user or system mounts no tmpfs');
    const place = join(disk, 'out');
    const write = async (input: string) => {
      const result = await cluster(input, { ...smallOptions, cache: false });
      await replaceRunFiles(place, names, (draftOf) => writeRunFiles(result, names, draftOf, {}), {});
    };
    await write(join(folder.path, 'before.csv'));
    const before = filesOf(place);
    // Less is left for the new files with every round, down to nothing.
    const ballast = join(disk, 'ballast');
    for (let left = 96; left >= 0; left -= 4) {
      writeFileSync(ballast, '');
      const { bavail, bsize } = statfsSync(disk);
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - left * 1024)));
      await expect(write(input), `${left} KiB left`).rejects.toThrow(/no space left on the disk/);
      expect(filesOf(place), `${left} KiB left`).toEqual(before);
    }
    rmSync(ballast);
    await write(input);
    expect(filesOf(place)).toEqual(newFiles);
  });
});
