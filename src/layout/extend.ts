import { breathe } from '../breathe.js';
import type { Watch } from '../progress.js';
import type { NeighborGraph } from '../shapes.js';
import type { Descent } from './descent.js';
import { putGradients } from './gradient.js';
import { emptyLists, isNear, type Lists, memberships } from './graph.js';
import type { LayoutPool } from './module.js';
import { outsideSpots } from './outside.js';
import { narrow, paddedTo, widen } from './padded.js';
import { seedOf } from './random.js';

/** Rounds in which new rows move to the mean of their neighbours, old and new, before they are optimised. */
export const MEANS = 10;
/** One part in this many of the layout's epochs, for rows that are placed one by one. */
const EPOCH_SHARE = 5;
/** Rounds of optimisation. Within one, each row sees the others where the round before left them. */
const ROUNDS = 8;
/** One part in this many of the layout's learning rate, in the first round: the map is there already. */
const RATE_SHARE = 4;
const ROWS_PER_CHUNK = 32;

/**
 * Places rows that come to a finished layout, whose rows stay where they are. Unlike `transform`, new rows see each other,
 * so that those of a new topic lie together. They start at the mean of their neighbours, and then take the steps of UMAP's
 * optimisation in rounds.
 *
 * Where lists hold old rows only, and `isApart` is set, a row's place doesn't depend on the other new rows.
 *
 * @param fixed positions of the old rows, rows × components
 * @param graph neighbours of the new rows; indices below the number of old rows are those, the new rows follow
 * @param neighbors how many of a list are used
 * @returns positions of the new rows; one at distance 0 of another row has its position
 */
export async function extendRows(
  pool: LayoutPool,
  fixed: Float32Array,
  graph: NeighborGraph,
  neighbors: number,
  descent: Descent,
  { signal }: Watch,
  isApart = false,
): Promise<Float32Array> {
  const { components } = descent;
  const old = fixed.length / components;
  const { rows } = graph;
  const { arena } = pool.kernel;
  const twins = findTwins(graph, old);
  const { lists, keys } = await listsOf(pool, graph, neighbors, twins, signal);
  const size = rows * lists.stride;
  const all = new Float32Array((old + rows) * components);
  all.set(fixed);
  const weighted = {
    ...{ stride: lists.stride, old, rows, components },
    indices: arena.i32(lists.indices, size),
    weights: arena.f32(lists.weights, size),
  };
  await moveToMeans(all, weighted, isApart ? 1 : MEANS, signal);

  const { pull, push } = putGradients(arena, descent, descent.repulsionStrength);
  const floats = paddedTo(components);
  const heads = arena.alloc(4 * rows * floats);
  const positions = arena.alloc(4 * (old + rows) * floats);
  const keysAt = arena.put(keys);
  const epochs = Math.ceil(descent.epochs / ROUNDS / (isApart ? EPOCH_SHARE : 1));
  for (let round = 0; round < ROUNDS && descent.epochs > 0; round++) {
    widen(all, components, arena.f32(positions, (old + rows) * floats), floats);
    widen(all.subarray(old * components), components, arena.f32(heads, rows * floats), floats);
    const rate = (descent.learningRate / RATE_SHARE) * (1 - round / ROUNDS);
    await pool.run(
      'placeRows',
      Math.ceil(rows / ROWS_PER_CHUNK),
      {
        ...{ rows, rowsPerChunk: ROWS_PER_CHUNK, epochs, keys: keysAt },
        ...{ stride: lists.stride, tails: lists.indices, weights: lists.weights },
        ...{ heads, vertices: isApart ? old : old + rows, positions, bytes: 4 * floats, pull, push },
        ...{ seed: seedOf(descent.seed) + round, negatives: descent.negativeSampleRate, learningRate: rate },
      },
      { signal },
    );
    narrow(arena.f32(heads, rows * floats), floats, all.subarray(old * components), components);
  }
  return newPlaces(all, twins, components);
}

/**
 * The places of new rows, those with a twin at the twin's.
 * @param all places of the old rows and, after them, of the new ones; those of new rows with a twin are overwritten
 */
export function newPlaces(all: Float32Array, twins: Int32Array, components: number): Float32Array {
  const old = all.length / components - twins.length;
  for (const [row, twin] of twins.entries()) {
    if (twin >= 0) all.copyWithin((old + row) * components, twin * components, (twin + 1) * components);
  }
  return all.slice(old * components);
}

/** Fuzzy memberships of the nearest neighbours of new rows, in the arena, and a key of each list. */
export async function listsOf(
  pool: LayoutPool,
  graph: NeighborGraph,
  neighbors: number,
  twins: Int32Array,
  signal: AbortSignal | undefined,
): Promise<{ lists: Lists; keys: Int32Array }> {
  const { arena } = pool.kernel;
  const lists = emptyLists(arena, graph.rows, neighbors);
  const size = graph.rows * lists.stride;
  const keys = fillLists(graph, neighbors, lists.stride, twins, {
    indices: arena.i32(lists.indices, size),
    distances: arena.f32(lists.weights, size),
  });
  await memberships(pool, lists, true, signal);
  return { lists, keys };
}

/** Of each new row the first row, old or new, at distance 0, if that comes before it; else −1. */
export function findTwins(graph: NeighborGraph, old: number): Int32Array {
  const { rows, neighbors, indices, distances } = graph;
  const twins = new Int32Array(rows).fill(-1);
  for (let row = 0; row < rows; row++) {
    let first = old + row;
    for (let at = row * neighbors; at < (row + 1) * neighbors && distances[at] === 0; at++)
      if (indices[at] >= 0) first = Math.min(first, indices[at]);
    // A twin that is new may have an earlier one itself, beyond the end of this row's list.
    if (first < old + row) twins[row] = first >= old && twins[first - old] >= 0 ? twins[first - old] : first;
  }
  return twins;
}

/** Neighbours at a distance; of a row with a twin none, since it goes where the twin is. Returns a key of each list. */
function fillLists(
  graph: NeighborGraph,
  neighbors: number,
  stride: number,
  twins: Int32Array,
  lists: { indices: Int32Array; distances: Float32Array },
): Int32Array {
  const keys = new Int32Array(graph.rows);
  const bits = new Int32Array(graph.distances.slice().buffer);
  for (let row = 0; row < graph.rows; row++) {
    if (twins[row] >= 0) continue;
    let to = row * stride;
    for (let at = row * graph.neighbors; at < row * graph.neighbors + neighbors; at++) {
      if (!isNear(graph.indices[at], graph.distances[at])) continue;
      lists.indices[to] = graph.indices[at];
      lists.distances[to++] = graph.distances[at];
      keys[row] = Math.imul(keys[row] ^ graph.indices[at], 0x7feb352d) + bits[at];
    }
  }
  return keys;
}

export interface Weighted {
  indices: Int32Array;
  weights: Float32Array;
  stride: number;
  old: number;
  rows: number;
  components: number;
}

/** New rows to the weighted mean of their neighbours, again and again; without any that is placed, outside the layout. */
export async function moveToMeans(
  all: Float32Array,
  graph: Weighted,
  rounds: number,
  signal?: AbortSignal,
): Promise<void> {
  const { indices, weights, stride, old, rows, components } = graph;
  const isPlaced = new Uint8Array(old + rows).fill(1, 0, old);
  const pause = breathe(signal);
  for (let round = 0; round < rounds; round++) {
    const before = all.slice();
    const placedBefore = isPlaced.slice();
    for (let row = 0; row < rows; row++) {
      let total = 0;
      const mean = new Float64Array(components);
      for (let at = row * stride; at < (row + 1) * stride; at++) {
        if (!(weights[at] > 0) || placedBefore[indices[at]] === 0) continue;
        total += weights[at];
        for (let d = 0; d < components; d++) mean[d] += weights[at] * before[indices[at] * components + d];
      }
      if (total === 0) continue;
      isPlaced[old + row] = 1;
      for (let d = 0; d < components; d++) all[(old + row) * components + d] = mean[d] / total;
      await pause();
    }
  }
  const outside = outsideSpots(all.subarray(0, old * components), components, 1);
  for (let row = old; row < old + rows; row++) if (isPlaced[row] === 0) all.set(outside, row * components);
}
