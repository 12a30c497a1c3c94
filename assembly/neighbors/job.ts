/**
 * What a scan works on: pointers and sizes, written by the host at the fields' offsets that the build exports.
 * A slot is a position in the list of query rows; when every row is queried, slot and row are the same.
 */
@unmanaged
export class Job {
  /** rows × d float32, as given. */
  data: usize;
  n: i32;
  d: i32;
  /** all rows in panels, see pack.ts. */
  packed: usize;
  /** their lowered squared norms, +∞ after row n. */
  norms: usize;
  /** panels of 8 rows. */
  panels: i32;
  /** row of every slot, int32; 0 when slots are rows. */
  ids: usize;
  /** row of every column, int32, where columns are in another order than rows: each slot is a row's column then. 0 elsewhere. */
  places: usize;
  /** the query rows in panels. */
  slotPacked: usize;
  slotNorms: usize;
  slots: i32;
  /** slots × capacity keys. */
  buffers: usize;
  capacity: i32;
  /** candidates that survive a full buffer. */
  keep: i32;
  /** neighbours wanted per slot. */
  k: i32;
  /** keys in each buffer, int32. */
  counts: usize;
  /** how many of them, from the front, hold true distances, int32. */
  exacts: usize;
  /** scores below enter the buffer, float32; −∞ after the last slot. */
  thresholds: usize;
  /** one int32 per block of rows. */
  locks: usize;
  /** SCRATCH bytes per thread. */
  scratch: usize;
  /** slots × k int32. */
  indices: usize;
  /** slots × k float32; of foreign edges slots float64. */
  distances: usize;
  /** one byte per slot, 1 where a neighbour may have been dropped. */
  uncertain: usize;
  /** panels of query rows per chunk, at most 16. */
  group: i32;
  /** component of every row, int32. */
  component: usize;
  /** the squared scale of the packed copy. */
  scale2: f64;
  /** mutual reachability's alpha. */
  alpha: f64;
  /** core distance of every row, float64. */
  core: usize;
  /**
   * What a row's products are multiplied by before they become scores, float32 per column, of foreign edges per slot; 0 where
   * products come with the columns' norms added, see `scoresAt`.
   */
  factors: usize;
  /** slots × d float32, where queries are not rows of the data (`ids` is 0 then); 0 elsewhere. */
  queries: usize;
  /** of `offerLighter`: the leaf of every component, int32, see there. */
  leaves: usize;
  leafCount: i32;
  /** per level l and leaf i, `leafCount` a level, the largest height from leaf i to leaf i + 2^l, float64. */
  heights: usize;
  /** per row what an edge of it that isn't known weighs at least, float64. */
  lowerBounds: usize;
  /** `quota` edges for every chunk: | row i32 | row i32 | weight f64 |. */
  found: usize;
  /** how many there are of each chunk, int32. */
  foundCounts: usize;
  quota: i32;
  /**
   * for every tile of `side` columns and every row in the order of columns, a lower bound of their scores, float32, `panels` times 8
   * a tile; 0 where a search notes none. −∞ for the row's own tile.
   */
  minima: usize;
  side: i32;
}

/** Rows of a block: 16 panels. */
export const BLOCK: i32 = 128;
/** Bytes of scratch per thread: one tile of scores. */
export const SCRATCH: usize = 65536;
