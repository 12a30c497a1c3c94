import { Barrier as barrierLayout } from '../../build/wasm/layout.js';
import type { Arena } from '../wasm/arena.js';
import { setStruct } from '../wasm/struct.js';

/** A counter of finished chunks for assembly/layout/barrier.ts, on a cache line of its own (64 bytes). */
export function putBarrier(arena: Arena): number {
  const counter = arena.alloc(64 + 64 + 64) + 64;
  resetBarrier(arena, counter);
  return counter;
}

/** Before each run that counts with it. */
export function resetBarrier(arena: Arena, counter: number): void {
  // A page's own thread may not sleep.
  const maySleep = globalThis.process?.versions?.node === undefined ? 0 : 1;
  setStruct(arena, barrierLayout, counter, { finished: 0, maySleep });
}
