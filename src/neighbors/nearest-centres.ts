import { moduleAt } from '../module-at.js';
import type { Matrix } from '../shapes.js';
import type { Pool } from '../wasm/pool.js';
import * as program from './centre-thread.js';
import { normsOf } from './near-order.js';
import { sharedArray } from './operands.js';

/** The nearest centre of each of `rows` points at pointer `data`, by all threads of a pool. */
export async function nearestCentres(
  { kernel: { arena }, open, runProgram }: Pick<Pool<unknown, unknown>, 'kernel' | 'open' | 'runProgram'>,
  data: number,
  rows: number,
  centres: Matrix,
  { signal, onShare }: { signal?: AbortSignal; onShare?: (share: number) => void } = {},
): Promise<Int32Array> {
  const own = sharedArray(Float32Array, centres.data.length);
  own.set(centres.data);
  const init = { data: own, norms: normsOf(centres), cols: centres.cols };
  await open(program, moduleAt(import.meta.url, 'centre-thread'), init);
  const mark = arena.mark();
  try {
    const cells = arena.alloc(rows * 4);
    const chunks = Math.ceil(rows / program.ROWS);
    const onChunk = (started: number) => onShare?.(Math.min(1, started / chunks));
    await runProgram(chunks, [data, rows, cells], { signal, onChunk });
    return arena.i32(cells, rows).slice();
  } finally {
    arena.release(mark);
  }
}
