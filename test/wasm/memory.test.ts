import { expect, test } from 'vitest';
import single from '../../build/wasm/neighbors.js';
import shared from '../../build/wasm/neighbors-shared.js';
import { giveMemory, takeMemory } from '../../src/wasm/memory.js';
import { openPool } from '../../src/wasm/pool.js';

/** Whether a memory is among those that would be taken next. */
function isKept(memory: WebAssembly.Memory, isShared: boolean): boolean {
  const taken = Array.from({ length: 8 }, () => takeMemory(isShared, 100));
  return taken.includes(memory);
}

test.each([false, true])('a memory that is given back is taken again, all zeros, shared: %s', (isShared) => {
  const memory = takeMemory(isShared, 100);
  memory.grow(3);
  new Uint8Array(memory.buffer).fill(7, 0, 150_000);
  giveMemory(memory, 150_000, isShared, 100);
  expect(isKept(memory, !isShared)).toBe(false);
  expect(new Uint8Array(memory.buffer).every((byte) => byte === 0)).toBe(true);
  expect(isKept(memory, isShared)).toBe(true);
});

test('a memory of another maximum, or a large one, is not taken again', () => {
  const other = takeMemory(false, 99);
  giveMemory(other, 0, false, 99);
  expect(isKept(other, false)).toBe(false);
  const large = new WebAssembly.Memory({ initial: 4200, maximum: 4300 });
  giveMemory(large, 0, false, 100);
  expect(isKept(large, false)).toBe(false);
});

test('a pool gives its memory back when it is closed, but not while a kernel runs', async () => {
  const options = { threads: 1, maximumBytes: 100 * 65_536 };
  const quiet = await openPool({ single, shared }, options);
  const { memory } = quiet.kernel.arena;
  quiet.close();
  quiet.close();
  expect(isKept(memory, false)).toBe(true);

  const busy = await openPool({ single, shared }, options);
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
