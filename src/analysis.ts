import type { Clock } from './clock.js';
import { type Hdbscan, type HdbscanOptions, hdbscan, recut } from './hdbscan/index.js';
import { layout } from './layout/index.js';
import { openSearcher } from './neighbors/open.js';
import type { Searcher } from './neighbors/searcher.js';
import type { ClusterOptions } from './options.js';
import type { Watch } from './progress.js';
import type { Matrix, NeighborGraph } from './shapes.js';
import { trustworthiness } from './trustworthiness.js';
import type { Space } from './vectors.js';

/** What `cluster()` uses where an option is left out. */
export const DEFAULTS = {
  neighbors: 50,
  minClusterSize: 3,
  seed: 42,
  layoutNeighbors: 80,
  minDist: 0.1,
} as const;

/** As topic tools do it: five dimensions over fifteen neighbours, points of one topic on top of each other. */
const REDUCED = { components: 5, neighbors: 15, minDist: 0 } as const;

export interface Analysis {
  fit: Hdbscan;
  /** rows × 2. */
  points: Float32Array;
  /** The rows' neighbours in the space of their vectors. */
  graph: NeighborGraph;
  /** Who searched for neighbours. */
  engine: string;
  /** Of the picture, on a sample; undefined where vectors are elsewhere or rows too few. */
  trustworthiness?: number;
}

/** How many neighbours the tree starts from. */
export const neighborsOf = ({ neighbors = 'auto' }: ClusterOptions): number =>
  neighbors === 'auto' ? DEFAULTS.neighbors : neighbors;

/** Neighbours, tree and clusters, picture. */
export async function analyse(space: Space, options: ClusterOptions, clock: Clock): Promise<Analysis> {
  const watch: Watch = { signal: options.signal, onProgress: options.onProgress };
  const layoutNeighbors = options.layout?.neighbors ?? DEFAULTS.layoutNeighbors;
  const minSamples = options.minSamples ?? options.minClusterSize ?? DEFAULTS.minClusterSize;
  const wanted = Math.max(neighborsOf(options), layoutNeighbors, minSamples);
  const neighbors = Math.max(1, Math.min(wanted, space.rows - 1));
  const searcher =
    space.vectors && (await openSearcher(space.vectors, { threads: options.threads, ...watch }));
  try {
    const graph = await clock.time('neighbors', () => findNeighbors(space, searcher, neighbors, watch));
    const fit = await clock.time('tree', () => fitSpace(space, graph, searcher, options, watch, clock));
    searcher?.close();
    const points = await clock.time('layout', () =>
      picture(graph, layoutNeighbors, space.vectors, options, watch),
    );
    const trusted = space.vectors && (await trustworthiness(space.vectors, points, watch.signal));
    return {
      fit,
      points,
      graph,
      engine: searcher?.engine ?? 'milvus',
      trustworthiness: Number.isNaN(trusted) ? undefined : trusted,
    };
  } finally {
    searcher?.close();
  }
}

async function findNeighbors(
  space: Space,
  searcher: Searcher | undefined,
  neighbors: number,
  watch: Watch,
): Promise<NeighborGraph> {
  if (searcher) return searcher.search(neighbors, watch);
  if (!space.search) throw new Error('a space without vectors needs a server that searches');
  return space.search(neighbors, watch);
}

/** The tree over the rows' own space, or over five dimensions laid out from it. */
async function fitSpace(
  space: Space,
  graph: NeighborGraph,
  searcher: Searcher | undefined,
  options: ClusterOptions,
  watch: Watch,
  clock: Clock,
): Promise<Hdbscan> {
  const minClusterSize = options.minClusterSize ?? DEFAULTS.minClusterSize;
  const settings: HdbscanOptions = {
    minClusterSize,
    minSamples: options.minSamples ?? minClusterSize,
    alpha: options.alpha,
    clusterSelectionMethod: options.clusterSelectionMethod,
    clusterSelectionEpsilon: options.clusterSelectionEpsilon,
    maxClusterSize: options.maxClusterSize,
    allowSingleCluster: options.allowSingleCluster,
    ...watch,
  };
  const fit = await (async () => {
    if (options.space === 'reduced') {
      const seed = options.seed ?? DEFAULTS.seed;
      const { points, rows, components } = await layout(graph, {
        ...REDUCED,
        neighbors: Math.min(REDUCED.neighbors, graph.neighbors),
        seed,
        vectors: space.vectors,
        threads: options.threads,
        ...watch,
      });
      return hdbscan({ data: points, rows, cols: components }, { ...settings, threads: options.threads });
    }
    if (options.squared) {
      const widen = async (rows: Int32Array, wider: number) =>
        squaredGraph(await (searcher?.widen(rows, wider, watch) ?? findWider(space, rows, wider, watch)));
      const approximate = space.recall !== undefined || searcher?.exact === false;
      return hdbscan(squaredGraph(graph), { ...settings, widen, approximate });
    }
    if (searcher) {
      return hdbscan(graph, {
        ...settings,
        points: space.rows > 0 ? space.vectors : undefined, // no rows, no dimensions
        scanner: searcher,
        approximate: !searcher.exact,
      });
    }
    return hdbscan(graph, {
      ...settings,
      approximate: space.recall !== undefined,
      widen: space.recall ? undefined : (rows, wider) => findWider(space, rows, wider, watch),
    });
  })();
  if (space.recall)
    fit.exactness.recall = await clock.time('neighbors', async () => space.recall?.(graph, watch));
  return options.clusters === undefined ? fit : { ...fit, ...recut(fit, { clusters: options.clusters }) };
}

async function findWider(
  space: Space,
  rows: Int32Array,
  neighbors: number,
  watch: Watch,
): Promise<NeighborGraph> {
  if (!space.search) throw new Error('a space without vectors needs a server that searches');
  return space.search(neighbors, watch, rows);
}

/** The original gave HDBSCAN the squares that a database returns. */
function squaredGraph(graph: NeighborGraph): NeighborGraph {
  return { ...graph, distances: graph.distances.map((distance) => distance * distance) };
}

async function picture(
  graph: NeighborGraph,
  neighbors: number,
  vectors: Matrix | undefined,
  options: ClusterOptions,
  watch: Watch,
): Promise<Float32Array> {
  const { points } = await layout(graph, {
    minDist: DEFAULTS.minDist,
    ...options.layout,
    neighbors: Math.min(neighbors, graph.neighbors),
    seed: options.layout?.seed ?? options.seed ?? DEFAULTS.seed,
    vectors,
    threads: options.threads,
    ...watch,
  });
  return points;
}
