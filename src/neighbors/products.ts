import type { Watch } from '../progress.js';
import type { Matrix } from '../shapes.js';
import type { Frame } from './frame.js';
import type { Job } from './job.js';
import type { NeighborsPool } from './module.js';

/**
 * Rows and columns from which ONNX Runtime multiplies integers of 8 bits, where points allow it: below, making them and measuring more
 * candidates takes as long as they save. At 7,600 × 384 both take the same, at 30,700 × 384 bytes take 1.5 s in place of 2.1 s.
 */
export const WORTH_BYTES = { rows: 12_000, cols: 64 };

/** A program that multiplies all rows with all rows, such as ONNX Runtime. Without one, WebAssembly does. */
export interface Products {
  readonly engine: string;
  /** Relative rounding error of a product in addition to that of float32 sums. */
  readonly error: number;
  /**
   * How many candidates each row must keep for its k nearest, where that isn't the `usual` number; called before `scan`. Left out
   * where it always is.
   */
  keepFor?(
    pool: NeighborsPool,
    job: Job,
    points: Matrix,
    frame: Frame,
    k: number,
    usual: number,
    watch: Watch,
  ): Promise<number>;
  /** Offers every pair's score to the buffers of the job. */
  scan(pool: NeighborsPool, job: Job, points: Matrix, frame: Frame, watch: Watch): Promise<void>;
  /** Passes every score of the query rows to the kernel's `offerForeign`. Left out where that would be slower than WebAssembly. */
  scanForeign?(
    pool: NeighborsPool,
    job: Job,
    points: Matrix,
    frame: Frame,
    queries: Int32Array,
    watch: Watch,
  ): Promise<void>;
  /** The same program for other points; `close` of this one ends both. Left out where there is none. */
  forOthers?(): Products;
  close(): void;
}
