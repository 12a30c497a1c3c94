import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { withLock } from '../../src/files/lock.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();

test('work under one lock never overlaps, work under another does', async () => {
  const lock = join(folder.path, 'one.lock');
  let inside = 0;
  let most = 0;
  const work = async (isExclusive: boolean) => {
    expect(isExclusive).toBe(true);
    most = Math.max(most, ++inside);
    await sleep(2);
    inside--;
  };
  await Promise.all(Array.from({ length: 20 }, () => withLock(lock, work)));
  expect(most).toBe(1);
  expect(existsSync(lock)).toBe(false);
  await withLock(lock, () => withLock(join(folder.path, 'other.lock'), work));
});

test('the lock ends with work that fails, and its file goes', async () => {
  const lock = join(folder.path, 'failing.lock');
  const failing = withLock(lock, async () => {
    throw new Error('no more');
  });
  await expect(failing).rejects.toThrow('no more');
  expect(existsSync(lock)).toBe(false);
  expect(await withLock(lock, async () => 7)).toBe(7);
});

test('a process that waits gets one message, and stops waiting when aborted', async () => {
  const lock = join(folder.path, 'waiting.lock');
  const stop = new AbortController();
  await withLock(lock, async () => {
    let told = 0;
    const onWait = () => {
      told++;
      setTimeout(() => stop.abort(new Error('stop')), 250);
    };
    await expect(withLock(lock, async () => {}, { onWait, signal: stop.signal })).rejects.toThrow('stop');
    expect(told).toBe(1);
  });
});

/** Takes the lock, writes a line, holds it for ever. */
const HOLDER = `
import { withLock } from ${JSON.stringify(new URL('../../src/files/lock.ts', import.meta.url).href)};
await withLock(process.argv[1], () => {
  process.stdout.write('held\\n');
  return new Promise(() => setInterval(() => {}, 1000));
});`;

test('of ten that wait for the lock of a killed process, one at a time gets it', async () => {
  const lock = join(folder.path, 'killed.lock');
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const child = spawn(process.execPath, ['--import', loader, '--input-type=module', '-e', HOLDER, lock], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  let [inside, most, done] = [0, 0, 0];
  const waiting = Array.from({ length: 10 }, () =>
    withLock(lock, async () => {
      most = Math.max(most, ++inside);
      await sleep(5);
      inside--;
      done++;
    }),
  );
  await sleep(150);
  expect(done).toBe(0);
  child.kill('SIGKILL');
  await Promise.all(waiting);
  expect({ most, done }).toEqual({ most: 1, done: 10 });
});

test('a lock’s file that a killed process left is no obstacle', async () => {
  const lock = join(folder.path, 'left.lock');
  writeFileSync(lock, '');
  expect(await withLock(lock, async (isExclusive) => isExclusive)).toBe(true);
});
