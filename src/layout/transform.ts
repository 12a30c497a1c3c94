import type { Watch } from '../progress.js';
import type { NeighborGraph } from '../shapes.js';
import type { Descent } from './descent.js';
import { putGradients } from './gradient.js';
import { emptyLists, isNear, memberships } from './graph.js';
import type { LayoutPool } from './module.js';
import { outsideSpots } from './outside.js';
import { narrow, paddedTo, widen } from './padded.js';
import { seedOf } from './random.js';

/** A finished layout as a map to place new rows on. */
export interface Placed {
  points: Float32Array;
  rows: number;
  descent: Descent;
}

/** One part in this many of the layout's epochs: the map is fixed, so new rows converge sooner. */
const EPOCH_SHARE = 5;
/** One part in this many of the layout's learning rate: new rows start near their final position. */
const RATE_SHARE = 4;
const ROWS_PER_CHUNK = 32;

/**
 * Places new rows: at the mean of their neighbours' points, weighted by membership, then optimised against the fixed
 * points (McInnes, Healy and Melville 2018; umap-learn's `transform`). A row at distance 0 of a row of the layout
 * takes its point; one without neighbours is placed outside the layout.
 */
export async function placeRows(
  pool: LayoutPool,
  layout: Placed,
  graph: NeighborGraph,
  neighbors: number,
  watch: Watch,
): Promise<Float32Array> {
  const { components } = layout.descent;
  const { arena } = pool.kernel;
  const { rows } = graph;
  const epochs = Math.ceil(layout.descent.epochs / EPOCH_SHARE);
  const lists = emptyLists(arena, rows, neighbors);
  const size = rows * lists.stride;
  const indices = arena.i32(lists.indices, size);
  const distances = arena.f32(lists.weights, size);
  const keys = new Int32Array(rows);
  const twins = new Int32Array(rows).fill(-1);
  const bits = new Int32Array(graph.distances.slice().buffer);
  for (let i = 0; i < rows; i++) {
    let to = i * lists.stride;
    for (let at = i * graph.neighbors; at < i * graph.neighbors + neighbors; at++) {
      if (!isNear(graph.indices[at], graph.distances[at])) continue;
      if (graph.distances[at] === 0 && twins[i] < 0) twins[i] = graph.indices[at];
      indices[to] = graph.indices[at];
      distances[to++] = graph.distances[at];
      keys[i] = Math.imul(keys[i] ^ graph.indices[at], 0x7feb352d) + bits[at];
    }
  }
  await memberships(pool, lists, false, watch.signal);

  const ids = arena.i32(lists.indices, size);
  const values = arena.f32(lists.weights, size);
  const start = new Float32Array(rows * components);
  const outside = outsideSpots(layout.points, components, 1);
  for (let i = 0; i < rows; i++) {
    const [begin, end] = [i * lists.stride, (i + 1) * lists.stride];
    const place = start.subarray(i * components, (i + 1) * components);
    const twin = twins[i];
    const total = values.subarray(begin, end).reduce((sum, w) => sum + w, 0);
    const most = values.subarray(begin, end).reduce((top, w) => Math.max(top, w), 0);
    if (twin >= 0) place.set(layout.points.subarray(twin * components, (twin + 1) * components));
    else if (total === 0) place.set(outside);
    else {
      for (let e = begin; e < end; e++) {
        for (let d = 0; d < components; d++) {
          place[d] += (values[e] / total) * layout.points[ids[e] * components + d];
        }
      }
    }
    for (let e = begin; e < end; e++) values[e] = twin < 0 && most > 0 ? values[e] / most : 0;
  }
  const { pull, push } = putGradients(arena, layout.descent, layout.descent.repulsionStrength);
  const floats = paddedTo(components);
  const heads = arena.alloc(4 * rows * floats);
  const positions = arena.alloc(4 * layout.rows * floats);
  widen(start, components, arena.f32(heads, rows * floats), floats);
  widen(layout.points, components, arena.f32(positions, layout.rows * floats), floats);
  const { seed, negativeSampleRate, learningRate } = layout.descent;
  await pool.run(
    'placeRows',
    Math.ceil(rows / ROWS_PER_CHUNK),
    {
      ...{ rows, rowsPerChunk: ROWS_PER_CHUNK, epochs, keys: arena.put(keys) },
      ...{ stride: lists.stride, tails: lists.indices, weights: lists.weights },
      ...{ heads, vertices: layout.rows, positions, bytes: 4 * floats, pull, push },
      ...{ seed: seedOf(seed), negatives: negativeSampleRate, learningRate: learningRate / RATE_SHARE },
    },
    { signal: watch.signal },
  );
  const placed = new Float32Array(rows * components);
  narrow(arena.f32(heads, rows * floats), floats, placed, components);
  return placed;
}
