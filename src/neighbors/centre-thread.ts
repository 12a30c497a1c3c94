// What each thread does to find the nearest centre of rows: it multiplies some of them with all centres.
import type { ProgramThread, Step } from '../wasm/thread.js';
import { loadNative } from './native.js';
import { nearestOf } from './near-order.js';
import { openSession } from './product-sessions.js';

/** Rows of a chunk. */
export const ROWS = 512;

/** Centres, in memory that threads share, and their squared norms. */
export interface Centres {
  readonly data: Float32Array;
  readonly norms: Float32Array;
  readonly cols: number;
}

/** Arguments of the step: pointer to the points, how many there are, and pointer to an int32 for each, its centre. */
export async function open({ memory }: ProgramThread, init: unknown): Promise<Step> {
  const { data, norms, cols } = init as Centres;
  const ort = await loadNative('onnxruntime-node');
  const session = await openSession(ort, 'float');
  // Copies, since ONNX Runtime takes no views of shared memory.
  const columns = new ort.Tensor('float32', data.slice(), [norms.length, cols]);
  const feeds = { columns, norms: new ort.Tensor('float32', norms.slice(), [norms.length]) };
  const queries = new Float32Array(ROWS * cols);
  return async (chunk, _thread, points, rows, cells) => {
    const row0 = chunk * ROWS;
    const count = Math.min(ROWS, rows - row0);
    const own = queries.subarray(0, count * cols);
    own.set(new Float32Array(memory.buffer, points + row0 * cols * 4, count * cols));
    const { scores } = await session.run({ ...feeds, rows: new ort.Tensor('float32', own, [count, cols]) });
    nearestOf(
      scores.data as Float32Array,
      norms.length,
      new Int32Array(memory.buffer, cells + row0 * 4, count),
    );
  };
}
