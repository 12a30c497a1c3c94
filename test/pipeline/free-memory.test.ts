import { expect, test, vi } from 'vitest';
import text from '../../build/wasm/neighbors.js';
import { freeMemory } from '../../src/pipeline/free-memory.js';
import { openPool, type Pool } from '../../src/wasm/pool.js';
import { warmThreads } from '../helpers/threads.js';

const LARGE = { rows: 1_000_000, cols: 384 };

/** A pool's memory after some hundred megabytes were taken; in a function of its own, whose frame holds nothing later. */
function used({ kernel: { arena } }: Pool): WeakRef<WebAssembly.Memory> {
  arena.alloc(300 * 2 ** 20);
  return new WeakRef(arena.memory);
}

test.each([1, 3])(
  'a large memory of a closed pool of %i threads is freed, though the pool is held',
  async (threads) => {
    // Threads that still start when their pool is closed hold its memory longer.
    await warmThreads(threads);
    const pool = await openPool({ text }, { threads });
    const memory = used(pool);
    pool.close();
    // The other threads take some time to end.
    await vi.waitFor(async () => {
      await freeMemory(LARGE);
      expect(memory.deref() === undefined).toBe(true);
    });
    expect(pool.threads).toBe(threads);
  },
);
