import { AVERAGED_COLUMNS } from './averaged-columns.js';
import type { AveragedPool } from './averaged-module.js';

/** Rounds in which rows move towards the mean of their neighbours, and which share of the way they go in each. */
export const ROUNDS = 15;
const STEP = 0.7;
/** Rows that move in one call: a few milliseconds. So few are moved by this thread alone, which would wait longer for another than that takes. */
const MOVED_PER_CHUNK = 16_384;

/** Row i's edges lie between `offsets[i]` and `offsets[i + 1]`; those of weight 0 are none. */
export interface Edges {
  offsets: Int32Array;
  /** Where they lead: numbers of places. */
  tails: Int32Array;
  weights: Float32Array;
}

/**
 * In each round all rows at once move part of the way to the weighted mean of their neighbours, near ones weighing more.
 * @param places rows × `AVERAGED_COLUMNS`: those that stay, if any, then those that move, one for each list of edges
 * @returns all places after the rounds
 */
export async function moveToNeighbors(
  { kernel: { arena }, run }: AveragedPool,
  places: Float32Array,
  edges: Edges,
  { signal, report }: { signal?: AbortSignal; report?: (round: number) => void },
): Promise<Float32Array> {
  const rows = edges.offsets.length - 1;
  const graph = {
    ...{
      offsets: arena.put(edges.offsets),
      tails: arena.put(edges.tails),
      weights: arena.put(edges.weights),
    },
    ...{ first: places.length / AVERAGED_COLUMNS - rows, rows, rowsPerChunk: MOVED_PER_CHUNK, step: STEP },
  };
  // Both hold the places that stay.
  let [before, after] = [arena.put(places), arena.put(places)];
  for (let round = 0; round < ROUNDS; round++) {
    const args = { ...graph, places: before, next: after };
    await run('moveRows', Math.ceil(rows / MOVED_PER_CHUNK), args, { signal });
    [before, after] = [after, before];
    report?.(round + 1);
  }
  return arena.f32(before, places.length).slice();
}
