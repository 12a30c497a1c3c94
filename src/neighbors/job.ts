import { Job as jobLayout } from '../../build/wasm/neighbors.js';
import { FailureError } from '../errors.js';
import type { Arena } from '../wasm/arena.js';
import { putStruct, type Struct } from '../wasm/struct.js';

export { BLOCK, SCRATCH, TOGETHER } from '../../build/wasm/neighbors.js';

/** Numbers and pointers of one scan, see assembly/neighbors/job.ts. */
export type Job = Partial<Struct<typeof jobLayout>>;

/** Writes a job into the arena and returns its pointer. */
export const putJob = (arena: Arena, job: Job): number => putStruct(arena, jobLayout, job);

/** Runs `allocate`, which needs memory for k neighbours of `slots` rows. @throws FailureError where there is not enough of it. */
export function allocateFor<T>(slots: number, k: number, allocate: () => T): T {
  try {
    return allocate();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new FailureError(
      `${k} neighbours of ${slots.toLocaleString('en')} rows: ${error.message}; use fewer neighbours`,
      { code: 'OUT_OF_MEMORY', option: 'neighbors', cause: error },
    );
  }
}
