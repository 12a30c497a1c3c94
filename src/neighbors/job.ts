import { Job as jobLayout } from '../../build/wasm/neighbors.js';
import { FailureError } from '../errors.js';
import type { Arena } from '../wasm/arena.js';
import { putStruct, type Struct } from '../wasm/struct.js';

export { BLOCK, SCRATCH, TOGETHER } from '../../build/wasm/neighbors.js';

/** Numbers and pointers of one scan, see assembly/neighbors/job.ts. */
export type Job = Struct<typeof jobLayout>;

/** Writes a job into the arena and returns its pointer. */
export const putJob = (arena: Arena, job: Job): number => putStruct(arena, jobLayout, job);

/** Runs allocations for k neighbours of `slots` rows; a memory that is too small becomes a FailureError. */
export function makeRoom<T>(slots: number, k: number, allocate: () => T): T {
  try {
    return allocate();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new FailureError(
      `${k} neighbours of ${slots.toLocaleString('en')} rows: ${error.message}; use fewer neighbours`,
    );
  }
}
