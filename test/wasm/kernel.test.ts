import { expect, test } from 'vitest';
import neighbors from '../../build/wasm/neighbors.js';
import { compile, openKernel } from '../../src/wasm/kernel.js';

test('a module is compiled once, however often it is opened', () => {
  expect(compile(neighbors)).toBe(compile(neighbors));
});

test('two kernels of one module have memories of their own', async () => {
  const [one, two] = await Promise.all([openKernel(neighbors), openKernel(neighbors)]);
  const pointer = one.arena.put(Float32Array.of(7));
  expect(two.arena.put(Float32Array.of(8))).toBe(pointer);
  expect(one.arena.f32(pointer, 1)[0]).toBe(7);
});

test('a module without heapBase is refused', async () => {
  // The smallest module there is: magic number and version.
  const empty = btoa(String.fromCharCode(0, 97, 115, 109, 1, 0, 0, 0));
  await expect(openKernel(empty)).rejects.toThrow('a kernel must export heapBase');
});
