import { FailureError } from '../errors.js';
import type { Arena } from '../wasm/arena.js';

/** Byte offsets of assembly/neighbors/job.ts. */
const OFFSETS = {
  data: 0,
  n: 4,
  d: 8,
  packed: 12,
  norms: 16,
  panels: 20,
  ids: 24,
  slotPacked: 28,
  slotNorms: 32,
  slots: 36,
  buffers: 40,
  capacity: 44,
  keep: 48,
  k: 52,
  counts: 56,
  exacts: 60,
  thresholds: 64,
  locks: 68,
  scratch: 72,
  indices: 76,
  distances: 80,
  uncertain: 84,
  group: 88,
  component: 92,
  scale2: 96,
  alpha: 104,
  core: 112,
  queries: 116,
} as const;
const BYTES = 120;
const WIDE: ReadonlySet<string> = new Set(['scale2', 'alpha']);

/** Numbers and pointers of one scan; what is left out is 0. */
export type Job = Partial<Record<keyof typeof OFFSETS, number>>;

/** Writes a job into the arena and returns its pointer. */
export function putJob(arena: Arena, job: Job): number {
  const pointer = arena.alloc(BYTES);
  const view = new DataView(arena.memory.buffer, pointer, BYTES);
  for (const [name, offset] of Object.entries(OFFSETS)) {
    const value = job[name as keyof Job] ?? 0;
    if (WIDE.has(name)) view.setFloat64(offset, value, true);
    else view.setUint32(offset, value, true);
  }
  return pointer;
}

/** Rows of a block, as in assembly/neighbors/job.ts. */
export const BLOCK = 128;
/** Blocks of columns in a chunk of `offerTile`, as in assembly/neighbors/tiles.ts. */
export const TOGETHER = 4;
/** Bytes of scratch per thread, as there. */
export const SCRATCH = 65_536;

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
