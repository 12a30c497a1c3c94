import { expect, test } from 'vitest';
import neighbors from '../../build/wasm/neighbors.js';
import { bytesOf, compile, openKernel } from '../../src/wasm/kernel.js';

test('a module is compiled once, however often it is opened', () => {
  expect(compile(neighbors)).toBe(compile(neighbors));
});

test('a module is compiled for the memory of one thread, and for a shared one if asked', async () => {
  const imports = (memory: WebAssembly.Memory) => ({ env: { memory, abort: () => {} } });
  const limits = { initial: 1, maximum: 65_536 };
  const own = imports(new WebAssembly.Memory(limits));
  const shared = imports(new WebAssembly.Memory({ ...limits, shared: true }));
  await WebAssembly.instantiate(await compile(neighbors), own);
  await WebAssembly.instantiate(await compile(neighbors, true), shared);
  await expect(WebAssembly.instantiate(await compile(neighbors), shared)).rejects.toThrow('shared');
  await expect(WebAssembly.instantiate(await compile(neighbors, true), own)).rejects.toThrow('shared');
});

test('text becomes bytes, from the lowest to the highest', () => {
  expect([...bytesOf('0[]p!0#0%0%p')]).toEqual([0, 43, 44, 63, 64, 128, 192, 255]);
});

test('two kernels of one module have memories of their own', async () => {
  const [one, two] = await Promise.all([openKernel(neighbors), openKernel(neighbors)]);
  const pointer = one.arena.put(Float32Array.of(7));
  expect(two.arena.put(Float32Array.of(8))).toBe(pointer);
  expect(one.arena.f32(pointer, 1)[0]).toBe(7);
});

test('a module without heapBase is refused', async () => {
  // The smallest module there is: magic number and version, 0, 97, 115, 109, 1, 0, 0, 0.
  const empty = '0!Q!d!^1000';
  await expect(openKernel(empty)).rejects.toThrow('a kernel must export heapBase');
});
