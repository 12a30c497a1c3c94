/**
 * What a scan works on: pointers and sizes, written by the host at the same offsets (src/neighbors/job.ts).
 * A slot is a position in the list of asking rows; when all rows ask, slot and row are the same.
 */
@unmanaged
export class Job {
  /** 0: rows × d float32, as given. */
  data: usize;
  /** 4 */
  n: i32;
  /** 8 */
  d: i32;
  /** 12: all rows in panels, see pack.ts. */
  packed: usize;
  /** 16: their lowered squared norms, +∞ after row n. */
  norms: usize;
  /** 20: panels of 8 rows. */
  panels: i32;
  /** 24: row of every slot, int32; 0 when slots are rows. */
  ids: usize;
  /** 28: the asking rows in panels. */
  slotPacked: usize;
  /** 32 */
  slotNorms: usize;
  /** 36 */
  slots: i32;
  /** 40: slots × capacity keys. */
  buffers: usize;
  /** 44 */
  capacity: i32;
  /** 48: candidates that survive a full buffer. */
  keep: i32;
  /** 52: neighbours asked for. */
  k: i32;
  /** 56: keys in each buffer, int32. */
  counts: usize;
  /** 60: how many of them, from the front, hold true distances, int32. */
  exacts: usize;
  /** 64: scores below enter the buffer, float32; −∞ after the last slot. */
  thresholds: usize;
  /** 68: one int32 per block of rows. */
  locks: usize;
  /** 72: SCRATCH bytes per thread. */
  scratch: usize;
  /** 76: slots × k int32. */
  indices: usize;
  /** 80: slots × k float32; of foreign edges slots float64. */
  distances: usize;
  /** 84: one byte per slot, 1 where a neighbour may have been dropped. */
  uncertain: usize;
  /** 88: panels of asking rows per chunk, at most 16. */
  group: i32;
  /** 92: component of every row, int32. */
  component: usize;
  /** 96: the squared scale of the packed copy. */
  scale2: f64;
  /** 104: mutual reachability's alpha. */
  alpha: f64;
  /** 112: core distance of every row, float64. */
  core: usize;
  /** 116: slots × d float32, where those who ask are not rows of the data; 0 elsewhere. `ids` is 0 then. */
  queries: usize;
}

/** Rows of a block: 16 panels. */
export const BLOCK: i32 = 128;
/** Bytes of scratch per thread: one tile of scores. */
export const SCRATCH: usize = 65536;
