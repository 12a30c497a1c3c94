import { Barrier as barrierLayout } from '../../build/wasm/layout.js';
import type { Arena } from '../wasm/arena.js';
import { setStruct } from '../wasm/struct.js';

/** Bytes of a cache line. */
const LINE = 64;

/** A counter of finished chunks for assembly/layout/barrier.ts, on a cache line of its own (64 bytes). */
export function putBarrier(arena: Arena): number {
  const counter = arena.alloc(3 * LINE) + LINE;
  resetBarrier(arena, counter);
  return counter;
}

/** Before each run that counts with it. */
export function resetBarrier(arena: Arena, counter: number): void {
  setStruct(arena, barrierLayout, counter, { finished: 0, maySleep: maySleep() });
}

/** 1 where this thread may sleep, 0 in a page: its own thread may not. */
export const maySleep = (): number => (globalThis.process?.versions?.node === undefined ? 0 : 1);

/** Counters of 0, one for each of `count`, on cache lines of their own. */
export function putCounters(arena: Arena, count: number): number {
  const start = Math.ceil(arena.alloc(LINE * (count + 2)) / LINE) * LINE;
  arena.i32(start, (count * LINE) / 4).fill(0);
  return start;
}
