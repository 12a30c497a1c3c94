import { expect, test } from 'vitest';
import neighbors from '../../build/wasm/neighbors.js';
import { compile } from '../../src/wasm/kernel.js';
import { giveBack, readQuota, type Thread, takeThread } from '../../src/wasm/thread.js';

const state = async () => ({
  module: await compile(neighbors, true),
  memory: new WebAssembly.Memory({ initial: 1, maximum: 65_536, shared: true }),
  control: new Int32Array(new SharedArrayBuffer(4)),
  thread: 1,
});

async function started(): Promise<Thread> {
  const thread = takeThread();
  await thread.send(await state());
  return thread;
}

/** Whether a thread is among those that would be used next. */
function isKept(thread: Thread): boolean {
  const taken = Array.from({ length: 8 }, takeThread);
  for (const one of taken) giveBack(one);
  return taken.includes(thread);
}

test('a thread that is given back is kept, and has let go of its module', async () => {
  const thread = await started();
  giveBack(thread);
  expect(isKept(thread)).toBe(true);
  await expect(thread.send({ name: 'pack', chunks: 1, args: [] })).rejects.toThrow(/undefined/);
});

test('two threads taken at once are two', async () => {
  const one = await started();
  const other = takeThread();
  expect(other).not.toBe(one);
  giveBack(one);
  giveBack(other);
});

test('a thread given back while it starts finishes its start and is taken again', async () => {
  const thread = takeThread();
  const start = thread.send(await state());
  giveBack(thread);
  await start;
  expect(isKept(thread)).toBe(true);
});

test('a thread given back while it works is ended, and its pending call rejects', async () => {
  const thread = await started();
  // Chunks of nothing, for a long time.
  const work = thread.send({ name: 'refine', chunks: 2_000_000_000, args: [0] });
  giveBack(thread);
  await expect(work).rejects.toThrow('a thread ended while it worked');
  expect(isKept(thread)).toBe(false);
});

test("a container's quota of processor time counts as processors, rounded up; without one there is no limit", () => {
  const files = (given: Record<string, string>) => (path: string) => {
    const found = given[path.replace('/sys/fs/cgroup/', '')];
    if (found === undefined) throw new Error(`no such file: ${path}`);
    return found;
  };
  expect(readQuota(files({ 'cpu.max': '150000 100000\n' }))).toBe(2);
  expect(readQuota(files({ 'cpu.max': 'max 100000\n' }))).toBe(Infinity);
  const older = (quota: string) => ({ 'cpu/cpu.cfs_quota_us': quota, 'cpu/cpu.cfs_period_us': '100000\n' });
  expect(readQuota(files(older('400000\n')))).toBe(4);
  expect(readQuota(files(older('-1\n')))).toBe(Infinity);
  expect(readQuota(files({}))).toBe(Infinity);
  expect(readQuota(undefined)).toBe(Infinity);
});
