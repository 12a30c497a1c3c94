import { expect, test } from 'vitest';
import { Tree } from '../../build/wasm/kdtree.js';
import { Job } from '../../build/wasm/neighbors.js';
import { Arena } from '../../src/wasm/arena.js';
import { putStruct } from '../../src/wasm/struct.js';

test('a struct is written where the compiler puts its fields, and what is left out is 0', () => {
  const arena = new Arena(new WebAssembly.Memory({ initial: 1 }), 64);
  arena.u8(64, 512).fill(255);
  const pointer = putStruct(arena, Job, { n: 7, scale2: 0.5, alpha: 2, data: 4_000_000_000 });
  const view = new DataView(arena.memory.buffer, pointer, Job.bytes);
  expect(view.getUint32(Job.fields.data.at, true)).toBe(4_000_000_000);
  expect(view.getInt32(Job.fields.n.at, true)).toBe(7);
  expect(view.getFloat64(Job.fields.scale2.at, true)).toBe(0.5);
  expect(view.getFloat64(Job.fields.alpha.at, true)).toBe(2);
  expect(view.getUint32(Job.fields.norms.at, true)).toBe(0);
});

test.each([
  ['Job', Job],
  ['Tree', Tree],
])('the fields of %s follow one another without overlap, and end before its size', (_, layout) => {
  const fields = Object.values(layout.fields).sort((a, b) => a.at - b.at);
  const bytes = (type: string) => (type === 'f64' ? 8 : 4);
  for (const [place, { at, type }] of fields.entries()) {
    expect(at % bytes(type)).toBe(0);
    expect(at + bytes(type)).toBeLessThanOrEqual(fields[place + 1]?.at ?? layout.bytes);
  }
});
