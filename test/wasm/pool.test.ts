import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import text from '../../build/wasm/neighbors.js';
import { openPool, type Pool } from '../../src/wasm/pool.js';
import { warmThreads } from '../helpers/threads.js';

const open: Pool[] = [];

async function pool(threads: number): Promise<Pool> {
  const opened = await openPool({ text }, { threads });
  open.push(opened);
  return opened;
}

afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** Packs rows of one number, so that every chunk leaves a trace: its panels' norms. */
async function packed(threads: number, rows: number): Promise<number[]> {
  const { kernel, run } = await pool(threads);
  const { arena } = kernel;
  const data = arena.put(Float32Array.from({ length: rows }, (_, row) => row));
  const centre = arena.put(Float32Array.of(0));
  const panels = Math.ceil(rows / 8);
  const panelData = arena.alloc(panels * 32);
  const norms = arena.alloc(panels * 32);
  const args = [data, rows, 1, centre, 1, 0, panelData, norms, panels];
  await run('pack', Math.ceil(panels / 16), args);
  return [...arena.f32(norms, rows)];
}

test('every chunk runs exactly once, on any number of threads', async () => {
  await warmThreads(3);
  const squares = Array.from({ length: 3000 }, (_, row) => Math.fround(row * row - 1e-36));
  for (const threads of [1, 2, 3]) expect(await packed(threads, 3000)).toEqual(squares);
});

test('the number of threads is the one given, and never below one', async () => {
  expect((await pool(3)).threads).toBe(3);
  expect((await pool(0)).threads).toBe(1);
});

test('no chunks is no work', async () => {
  const { run } = await pool(2);
  await expect(run('pack', 0, [])).resolves.toBeUndefined();
});

for (const threads of [1, 2]) {
  test(`a trap on ${threads} threads is an error once, and the pool works on afterwards`, async () => {
    const { run, kernel } = await pool(threads);
    // A pointer beyond the memory.
    const bad = [4_000_000_000, 800, 1, 0, 1, 0, 0, 0, 100];
    await expect(run('pack', 7, bad)).rejects.toThrow(/out of bounds/);
    const { arena } = kernel;
    const data = arena.put(Float32Array.of(3));
    const centre = arena.put(Float32Array.of(1));
    const out = arena.alloc(32);
    const norms = arena.alloc(32);
    await run('pack', 1, [data, 1, 1, centre, 1, 0, out, norms, 1]);
    expect(arena.f32(norms, 1)[0]).toBe(4);
  });

  test(`an unknown function on ${threads} threads is named`, async () => {
    const { run } = await pool(threads);
    await expect(run('nothing', 5, [])).rejects.toThrow();
    await expect(run('nothing', 1, [])).rejects.toThrow('the kernel has no function "nothing"');
  });

  test(`an abort ends a run of a million chunks on ${threads} threads with its reason`, async () => {
    const { run, kernel } = await pool(threads);
    const data = kernel.arena.put(new Float32Array(4096));
    const controller = new AbortController();
    const reason = new Error('enough');
    let started = 0;
    const onChunk = (count: number) => {
      started = count;
      controller.abort(reason);
    };
    const args = [data, 4096, 1, data, 1, 0, kernel.arena.alloc(16384), kernel.arena.alloc(16384), 512];
    const running = run('pack', 100_000_000, args, { signal: controller.signal, onChunk });
    await expect(running).rejects.toBe(reason);
    expect(started).toBeGreaterThan(0);
    expect(started).toBeLessThan(100_000_000);
  });
}

test('other threads assist once each, and their error is what the promise resolves to', async () => {
  await warmThreads(3);
  const { assist, kernel } = await pool(3);
  const { arena } = kernel;
  const data = arena.put(Float32Array.of(3));
  const centre = arena.put(Float32Array.of(1));
  const out = arena.alloc(32);
  const norms = arena.alloc(32);
  const { helpers, done } = assist('pack', [data, 1, 1, centre, 1, 0, out, norms, 1]);
  expect(helpers).toBe(2);
  expect(await done).toBeUndefined();
  expect(arena.f32(norms, 1)[0]).toBe(4);
  // A pointer beyond the memory.
  const failed = await assist('pack', [4_000_000_000, 800, 1, 0, 1, 0, 0, 0, 100]).done;
  expect(failed?.message).toMatch(/out of bounds/);
});

test('a pool of one thread has none that assist', async () => {
  const { assist } = await pool(1);
  const { helpers, done } = assist('pack', []);
  expect(helpers).toBe(0);
  expect(await done).toBeUndefined();
});

test('an aborted signal stops a run before it begins', async () => {
  const { run } = await pool(1);
  const reason = new Error('never mind');
  await expect(run('pack', 1, [], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test('closing twice is safe, and a run that is under way ends with an error', async () => {
  const one = await pool(2);
  const { arena } = one.kernel;
  const data = arena.put(new Float32Array(4096));
  const args = [data, 4096, 1, data, 1, 0, arena.alloc(16384), arena.alloc(16384), 512];
  const running = one.run('pack', 2_000_000, args, { onChunk: () => one.close() });
  await expect(running).rejects.toThrow('a thread ended while it worked');
  one.close();
});

test('idle threads do not keep a process alive', async () => {
  const script = `
    import { openPool } from './src/wasm/pool.ts';
    import text from './build/wasm/neighbors.js';
    await openPool({ text }, { threads: 3 });
    console.log('open');`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 });
  expect(stdout).toBe('open\n');
});
