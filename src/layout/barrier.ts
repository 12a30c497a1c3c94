import type { Arena } from '../wasm/arena.js';

/**
 * A counter of finished chunks for assembly/layout/barrier.ts, on a cache line of its own: | finished | whether this
 * thread may sleep |. A page's own thread may not.
 */
export function putBarrier(arena: Arena): number {
  const counter = arena.alloc(192) + 64;
  resetBarrier(arena, counter);
  return counter;
}

/** Before each run that counts with it. */
export function resetBarrier(arena: Arena, counter: number): void {
  const maySleep = globalThis.process?.versions?.node === undefined ? 0 : 1;
  arena.i32(counter, 2).set([0, maySleep]);
}
