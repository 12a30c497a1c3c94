// Programs that the threads of a pool run next to kernels.
import { pathToFileURL } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import text from '../../build/wasm/neighbors.js';
import { turn } from '../../src/breathe.js';
import { openPool, type Pool } from '../../src/wasm/pool.js';
import type { Program } from '../../src/wasm/thread.js';
import { testFolder } from '../helpers/folder.js';
import { warmThreads } from '../helpers/threads.js';

const folder = testFolder();
const open: Pool[] = [];

afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

async function pool(threads: number): Promise<Pool> {
  await warmThreads(threads);
  const opened = await openPool({ text }, { threads });
  open.push(opened);
  return opened;
}

/**
 * Counts chunks: `places` int32 from the pointer `at` on, one per chunk, raised by `init.by`. The first chunk of this thread waits
 * until another thread has counted one where `init.waits`, so that both are seen to work.
 */
const counting = (body = '') => `
export async function open({ memory }, init) {
  ${body}
  return async (chunk, thread, at) => {
    const counts = new Int32Array(memory.buffer);
    const seen = new Int32Array(init.seen);
    if (chunk === init.fails) throw new Error('chunk ' + chunk + ' fails');
    Atomics.add(seen, thread, 1);
    if (init.waits && thread === 0) while (Atomics.load(seen, 1) === 0) await new Promise((done) => setImmediate(done));
    Atomics.add(counts, at / 4 + chunk, init.by);
  };
}`;

/** The program in this thread, and the module's address for the others, whose text may differ. */
async function program(name: string, others = counting()) {
  const here = pathToFileURL(folder.write(`${name}-here.mjs`, counting())).href;
  const url = pathToFileURL(folder.write(`${name}.mjs`, others)).href;
  return { opened: (await import(/* @vite-ignore */ here)) as Program, module: { url } };
}

interface Init {
  by: number;
  seen: SharedArrayBuffer;
  waits?: boolean;
  fails?: number;
}

const init = (more: Partial<Init> = {}): Init => ({ by: 1, seen: new SharedArrayBuffer(16), ...more });

/** Runs 200 chunks and returns how often each was done. */
async function counts({ kernel: { arena }, runProgram }: Pool): Promise<number[]> {
  const at = arena.alloc(200 * 4);
  arena.i32(at, 200).fill(0);
  await runProgram(200, [at]);
  return [...arena.i32(at, 200)];
}

const each = (times: number) => new Array<number>(200).fill(times);

test('every chunk is done once, by this thread and by another', async () => {
  const both = await pool(2);
  const { opened, module } = await program('both');
  const given = init({ waits: true });
  await both.open(opened, module, given);
  expect(await counts(both)).toEqual(each(1));
  const [here, there] = new Int32Array(given.seen);
  expect(here + there).toBe(200);
  expect(there).toBeGreaterThan(0);
});

test('one thread does all of it', async () => {
  const alone = await pool(1);
  const { opened, module } = await program('alone');
  await alone.open(opened, module, init());
  expect(await counts(alone)).toEqual(each(1));
});

test('a thread that can’t load the program leaves it to the others, and runs kernels as before', async () => {
  const both = await pool(2);
  const { opened, module } = await program('broken', 'throw new Error("no such thing here")');
  const given = init();
  await both.open(opened, module, given);
  expect(await counts(both)).toEqual(each(1));
  expect([...new Int32Array(given.seen)]).toEqual([200, 0, 0, 0]);
  const bad = [4_000_000_000, 800, 1, 0, 1, 0, 0, 0, 100];
  await expect(both.run('pack', 7, bad)).rejects.toThrow(/out of bounds/);
});

test('a later program takes the place of an earlier one, and what is given twice is opened once', async () => {
  const both = await pool(2);
  const { opened, module } = await program('later');
  const [first, second] = [init(), init({ by: 5 })];
  let times = 0;
  const watched: Program = {
    open: (thread, given) => {
      times++;
      return opened.open(thread, given);
    },
  };
  await both.open(watched, module, first);
  await both.open(watched, module, first);
  expect(times).toBe(1);
  expect(await counts(both)).toEqual(each(1));
  await both.open(watched, module, second);
  expect(await counts(both)).toEqual(each(5));
});

test('an error in a chunk ends the job, and the next job works', async () => {
  const both = await pool(2);
  const { opened, module } = await program('failing');
  await both.open(opened, module, init({ fails: 20 }));
  await expect(counts(both)).rejects.toThrow('chunk 20 fails');
  await both.open(opened, module, init());
  expect(await counts(both)).toEqual(each(1));
});

test('pools that are closed while their threads start leave these to later pools as they should be', async () => {
  const { opened, module } = await program('closed');
  for (let round = 0; round < 30; round++) {
    const one = await openPool({ text }, { threads: 4 });
    await one.open(opened, module, init());
    expect(await counts(one)).toEqual(each(1));
    one.close();
    for (let turns = round % 4; turns > 0; turns--) await turn();
  }
});
