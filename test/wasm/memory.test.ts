import { expect, test } from 'vitest';
import text from '../../build/wasm/neighbors.js';
import { hdbscan } from '../../src/hdbscan/index.js';
import { layout } from '../../src/layout/index.js';
import { findNeighbors } from '../../src/neighbors/neighbors.js';
import { giveMemory, takeMemory } from '../../src/wasm/memory.js';
import { openPool } from '../../src/wasm/pool.js';

/** Whether a memory is among those that would be taken next. */
function isKept(memory: WebAssembly.Memory, isShared: boolean): boolean {
  const taken = Array.from({ length: 8 }, () => takeMemory(isShared, 100));
  return taken.includes(memory);
}

test.each([false, true])(
  'a memory that is given back is taken again, its first page zeros, shared: %s',
  (isShared) => {
    const memory = takeMemory(isShared, 100);
    memory.grow(3);
    new Uint8Array(memory.buffer).fill(7);
    giveMemory(memory, isShared, 100);
    expect(isKept(memory, !isShared)).toBe(false);
    expect(new Uint8Array(memory.buffer, 0, 65_536).every((byte) => byte === 0)).toBe(true);
    expect(isKept(memory, isShared)).toBe(true);
  },
);

test.each([1, 2])(
  'what a memory held before is no matter to what is worked out in it, on %i threads',
  async (threads) => {
    const rows = 600;
    const data = Float32Array.from({ length: rows * 3 }, (_, at) => Math.sin(at * at) + (at % 7));
    const dense = Float32Array.from({ length: rows * 64 }, (_, at) => Math.sin(at * at) + (at % 5));
    const work = async () => {
      const graph = await findNeighbors({ data, rows, cols: 3 }, 12, { engine: 'kdtree', threads });
      return [
        graph,
        await findNeighbors({ data: dense, rows, cols: 64 }, 12, { engine: 'wasm', threads }),
        await hdbscan(graph, { minClusterSize: 4, mst: 'prim' }),
        await hdbscan({ data, rows, cols: 3 }, { minClusterSize: 4, threads }),
        (await layout(graph, { seed: 1, threads })).points,
      ];
    };
    // None of the memories that are there now.
    const taken = [false, true].flatMap((isShared) => Array.from({ length: 8 }, () => takeMemory(isShared)));
    expect(taken).toHaveLength(16);
    const expected = await work();
    for (const isShared of [false, true]) {
      // More than are used at once, all NaN.
      for (let n = 0; n < 4; n++) {
        const memory = new WebAssembly.Memory({ initial: 200, maximum: 65_536, shared: isShared });
        new Uint8Array(memory.buffer).fill(0xff);
        giveMemory(memory, isShared);
      }
    }
    expect(await work()).toEqual(expected);
  },
);

test('a memory of another maximum, or a large one, is not taken again', () => {
  const other = takeMemory(false, 99);
  giveMemory(other, false, 99);
  expect(isKept(other, false)).toBe(false);
  const large = new WebAssembly.Memory({ initial: 4200, maximum: 4300 });
  giveMemory(large, false, 100);
  expect(isKept(large, false)).toBe(false);
});

test('a pool gives its memory back when it is closed, but not while a kernel runs', async () => {
  const options = { threads: 1, maximumBytes: 100 * 65_536 };
  const quiet = await openPool({ text }, options);
  const { memory } = quiet.kernel.arena;
  quiet.close();
  quiet.close();
  expect(isKept(memory, false)).toBe(true);

  const busy = await openPool({ text }, options);
  const { arena } = busy.kernel;
  const data = arena.put(new Float32Array(4096));
  const args = [data, 4096, 1, data, 1, 0, arena.alloc(16384), arena.alloc(16384), 512];
  let isStarted = false;
  const onChunk = () => {
    isStarted = true;
    busy.close();
  };
  await busy.run('pack', 20_000_000, args, { onChunk });
  expect(isStarted).toBe(true);
  expect(isKept(arena.memory, false)).toBe(false);
});
