import { expect, test } from 'vitest';
import { Arena } from '../../src/wasm/arena.js';

const memory = () => new WebAssembly.Memory({ initial: 1, maximum: 65_536 });

test('allocations are aligned to 16 bytes, in order, from where the module ends', () => {
  const arena = new Arena(memory(), 1001);
  expect([arena.alloc(1), arena.alloc(16), arena.alloc(17), arena.alloc(0)]).toEqual([
    1008, 1024, 1040, 1072,
  ]);
});

test('memory grows by what is missing and keeps what was written', () => {
  const arena = new Arena(memory(), 0);
  const first = arena.put(Float32Array.of(1, 2, 3));
  arena.alloc(1_000_000);
  expect([...arena.f32(first, 3)]).toEqual([1, 2, 3]);
  expect(arena.memory.buffer.byteLength).toBe(16 * 65_536);
});

test('what was allocated after a mark is given back', () => {
  const arena = new Arena(memory(), 0);
  arena.alloc(32);
  const mark = arena.mark();
  const pointer = arena.alloc(320);
  arena.release(mark);
  expect(arena.alloc(8)).toBe(pointer);
});

test('part of a larger array is copied, not the whole', () => {
  const arena = new Arena(memory(), 0);
  const pointer = arena.put(Int32Array.of(1, 2, 3, 4).subarray(1, 3));
  expect([...arena.i32(pointer, 2)]).toEqual([2, 3]);
  expect(arena.mark()).toBe(16);
});

test('past 4 GiB it says how much was needed', () => {
  const arena = new Arena(memory(), 0);
  expect(() => arena.alloc(5 * 2 ** 30)).toThrow(
    new RangeError('needs 5.0 GiB of WebAssembly memory, 4 GiB is the most there is'),
  );
});
