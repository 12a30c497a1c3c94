import type { Watch } from '../progress.js';
import type { Matrix } from '../shapes.js';
import type { Frame } from './frame.js';
import type { Job } from './job.js';
import type { NeighborsPool } from './module.js';
import type { LighterSearch, SearchWatch } from './searcher.js';

/**
 * Numbers of all rows, and columns, from which ONNX Runtime multiplies integers of 8 bits, where points allow it: below, making them and
 * measuring more candidates takes as long as they save. 3,000 × 384, 7,600 × 128 and 4,500 × 128 take the same in float32, 7,600 × 384 take
 * 0.12 in place of 0.15 s.
 */
export const WORTH_BYTES = { numbers: 1_000_000, cols: 64 };

/** Points in WebAssembly memory, and how they are moved before they are multiplied. */
export interface Space {
  readonly pool: NeighborsPool;
  readonly points: Matrix;
  readonly frame: Frame;
  /** The fields of a job that every scan of these points has. */
  readonly base: Job;
}

/** How a search multiplies. */
export interface Plan {
  /** How many candidates each row must keep for its k nearest. */
  keep: number;
  /** The row of each column, where columns are in another order than rows. */
  order?: Int32Array;
}

/** A program that multiplies all rows with all rows, such as ONNX Runtime. Without one, WebAssembly does. */
export interface Products {
  readonly engine: string;
  /** Relative rounding error of a product in addition to that of float32 sums. */
  readonly error: number;
  /** Prepares a search for k neighbours, which keeps `usual` candidates where products are in float32; called before `scan`. */
  plan(space: Space, k: number, usual: number, watch: Watch): Promise<Plan>;
  /** Offers every pair's score to the buffers of the job, whose slots are columns. */
  scan(space: Space, job: Job, watch: SearchWatch): Promise<void>;
  /** Query rows from which `scanForeign` is faster than WebAssembly. */
  readonly worthQueries: number;
  /** Passes every score of the query rows to the kernel's `offerForeign`. */
  scanForeign(space: Space, job: Job, queries: Int32Array, watch: Watch): Promise<void>;
  /** Offers the scores of query rows that are not among the points, `queries` of the job, to its buffers, and refines them. */
  scanOthers(space: Space, job: Job, watch: Watch): Promise<void>;
  /** Passes the scores of pairs of the task's rows to the kernel's `offerLighter`, and what that finds to the task. */
  scanLighter?(space: Space, job: Job, task: LighterSearch, watch: Watch): Promise<void>;
  /** The same program for other points. */
  forOthers(): Products;
}
