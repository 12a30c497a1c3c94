import { layoutLibraryOptions } from '../options/layout.js';
import { resolveOptions } from '../options/resolve.js';
import type { Watch } from '../progress.js';
import type { NeighborGraph } from '../shapes.js';
import { cores } from '../wasm/thread.js';
import { fitCurve } from './curve.js';
import { extendRows } from './extend.js';
import { withPool } from './module.js';
import { checkGraph, epochsFor, type LayoutOptions } from './options.js';

/** A layout that was made before. */
export interface Made {
  /** rows × components. */
  points: Float32Array;
  rows: number;
  /** Those that it was made with. */
  options: LayoutOptions;
}

/** Below so many new rows a thread takes longer to start than to work. */
const WORTH_THREADS = 1000;

/**
 * Places new rows on a layout that was made before, each by its own neighbours alone, so that its place doesn't depend on the
 * other new rows. This is closer to where `extendOnto` places it than UMAP's `transform` is, which also counts a row's distance
 * to its nearest neighbour.
 * @param graph neighbours of the new rows among those of the layout
 */
export async function placeOnto(made: Made, graph: NeighborGraph, watch: Watch = {}): Promise<Float32Array> {
  checkGraph(graph, made.rows);
  if (graph.rows === 0) return new Float32Array(0);
  const { descent, neighbors, threads } = settingsOf(made, graph);
  return withPool(threads, (pool) => extendRows(pool, made.points, graph, neighbors, descent, watch, true));
}

/**
 * Places new rows among those of a layout, which stay; new rows see each other. See `extendRows`.
 * @param graph neighbours of the new rows, among those of the layout and, after these, the new ones
 */
export async function extendOnto(made: Made, graph: NeighborGraph, watch: Watch = {}): Promise<Float32Array> {
  checkGraph(graph, made.rows + graph.rows);
  if (graph.rows === 0) return new Float32Array(0);
  const { descent, neighbors, threads } = settingsOf(made, graph);
  return withPool(threads, (pool) => extendRows(pool, made.points, graph, neighbors, descent, watch));
}

function settingsOf({ rows, options }: Made, graph: NeighborGraph) {
  const settings = resolveOptions(layoutLibraryOptions, options);
  const { components, learningRate, negativeSampleRate, repulsionStrength, seed } = settings;
  return {
    descent: {
      ...fitCurve(settings.minDist, settings.spread),
      ...{ components, learningRate, negativeSampleRate, repulsionStrength, seed },
      epochs: settings.epochs ?? epochsFor(rows),
    },
    neighbors: Math.min(graph.neighbors, settings.neighbors ?? graph.neighbors),
    threads: settings.threads ?? (graph.rows < WORTH_THREADS ? 1 : cores()),
  };
}
