// A layout of a neighbour graph: UMAP (McInnes, Healy and Melville 2018) over given neighbours. Runs in Node and in
// browsers.
import type { Watch } from '../progress.js';
import type { NeighborGraph } from '../shapes.js';
import { cores } from '../wasm/thread.js';
import { fitCurve } from './curve.js';
import { type Descent, descend } from './descent.js';
import { fuzzyGraph } from './graph.js';
import { withPool } from './module.js';
import {
  checkGraph,
  type Layout,
  type LayoutOptions,
  type Settings,
  type Start,
  settingsFor,
} from './options.js';
import { outsideSpots } from './outside.js';
import { seededRandom } from './random.js';
import { startPositions } from './start.js';
import { placeRows } from './transform.js';
import { umapJs } from './umap-js.js';
import { foldRows, inDepthFirstOrder, type Vertices } from './vertices.js';

export * from '../entry/errors.js';
export type { Layout, LayoutOptions, Start, StartName } from './options.js';

/**
 * Lays rows out in few dimensions so that neighbours lie close: UMAP over the neighbours in `graph` (euclidean
 * distances, the row itself excluded; −1 marks an empty slot). The same graph, options and seed give the same bytes
 * on any number of threads. Identical rows (distance 0) share one point; rows without neighbours stand on a ring
 * around the others.
 *
 * @param graph nearest neighbours of every row, as `neighbors()` returns them
 * @param options see docs/options.md
 * @returns rows × components numbers, and `transform` to place new rows
 * @throws UserError for an invalid graph or option
 * @throws the reason of `options.signal` when aborted
 * @example
 * const { points } = await layout(await neighbors({ data, rows, cols }), { seed: 42 });
 */
export async function layout(graph: NeighborGraph, options: LayoutOptions = {}): Promise<Layout> {
  const settings = settingsFor(graph, options);
  const { components, neighbors, epochs, signal } = settings;
  signal?.throwIfAborted();
  const curve = fitCurve(settings.minDist, settings.spread);
  const descent: Descent = {
    ...curve,
    epochs,
    components,
    learningRate: settings.learningRate,
    negativeSampleRate: settings.negativeSampleRate,
    repulsionStrength: settings.repulsionStrength,
    seed: settings.seed,
  };
  const folded = foldRows(graph, neighbors);
  const vertices = folded.count < WORTH_ORDER ? folded : inDepthFirstOrder(folded, graph, neighbors);
  const { positions, start } = await vertexPositions(graph, vertices, settings, descent);
  centre(positions, components);
  const points = rowPositions(positions, vertices, components);
  return {
    ...{ points, rows: graph.rows, components, neighbors, epochs, ...curve, init: start },
    ...{ folded: vertices.folded, isolated: vertices.isolated },
    async transform(newRows: NeighborGraph, watch: Watch = {}) {
      checkGraph(newRows, graph.rows);
      const used = Math.min(neighbors, newRows.neighbors);
      return withPool(threadsFor(settings, newRows.rows), (pool) =>
        placeRows(pool, { points, rows: graph.rows, descent }, newRows, used, watch),
      );
    },
  };
}

/** Vertices from which their positions don't fit the caches. */
const WORTH_ORDER = 100_000;

/** Weights that few epochs would never use still shape the start. */
const DEFAULT_PRUNING = 500;

async function vertexPositions(
  graph: NeighborGraph,
  vertices: Vertices,
  settings: Settings,
  descent: Descent,
): Promise<{ positions: Float32Array; start: Start }> {
  if (vertices.count === 0) {
    return {
      positions: new Float32Array(0),
      start: { used: 'none', why: 'no two different rows are neighbours' },
    };
  }
  if (settings.engine === 'umap-js') return umapJs(graph, vertices, settings);
  const random = seededRandom(settings.seed);
  return withPool(threadsFor(settings, vertices.count), async (pool) => {
    const fuzzy = await fuzzyGraph(
      pool,
      graph,
      vertices,
      settings.neighbors,
      settings.epochs > 10 ? settings.epochs : DEFAULT_PRUNING,
      settings.signal,
    );
    const { positions, start } = await startPositions(pool, fuzzy, vertices, settings, random);
    return { positions: await descend(pool, fuzzy, positions, descent, random, settings), start };
  });
}

/** Moves the mean to the origin: pushes don't add up to 0, so the layout drifts. */
function centre(positions: Float32Array, components: number): void {
  const count = positions.length / components;
  for (let d = 0; d < components; d++) {
    let mean = 0;
    for (let at = d; at < positions.length; at += components) mean += positions[at] / count;
    for (let at = d; at < positions.length; at += components) positions[at] -= mean;
  }
}

/** From vertices to rows: identical rows share a point, isolated rows go on a ring around the others. */
function rowPositions(positions: Float32Array, vertices: Vertices, components: number): Float32Array {
  const rows = vertices.ofRow.length;
  const points = new Float32Array(rows * components);
  const outside = outsideSpots(positions, components, vertices.isolated);
  for (let i = 0; i < rows; i++) {
    const v = vertices.ofRow[i];
    const from = v >= 0 ? positions : outside;
    const at = (v >= 0 ? v : -1 - v) * components;
    for (let d = 0; d < components; d++) points[i * components + d] = from[at + d];
  }
  return points;
}

/** Below so many gradients a thread takes longer to start than to work. */
const WORTH_THREADS = 2e7;

function threadsFor(settings: Settings, rows: number): number {
  if (settings.threads !== undefined) return settings.threads;
  const firing = 2 * Math.log2(settings.neighbors + 1);
  const gradients = rows * firing * (1 + settings.negativeSampleRate) * settings.epochs;
  return gradients < WORTH_THREADS ? 1 : cores();
}
