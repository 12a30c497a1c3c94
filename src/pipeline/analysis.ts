import { type GraphOptions, type Hdbscan, hdbscan } from '../hdbscan/index.js';
import { layout } from '../layout/index.js';
import { openSearcher } from '../neighbors/open.js';
import type { Searcher } from '../neighbors/searcher.js';
import { graphOptions, pointOptions } from '../options/hdbscan.js';
import { layoutLibraryOptions } from '../options/layout.js';
import { pickOptions } from '../options/resolve.js';
import type { Settings } from '../options/table.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import type { Clock } from './clock.js';
import { cutTree, type Grouping, groupRows, planTree, type TreePlan, treeSize } from './grouping.js';
import { trustworthiness } from './trustworthiness.js';
import type { Space } from './vectors.js';

/** What `neighbors: 'auto'` searches. */
const AUTO_NEIGHBORS = 50;

/** As topic tools do it: five dimensions over fifteen neighbours, points of one topic on top of each other. */
const REDUCED = { components: 5, neighbors: 15, minDist: 0 } as const;

export type AnalysisSettings = Pick<Settings, 'neighbors' | 'tree' | 'layout'>;

export interface Analysis {
  /** HDBSCAN's tree and its own cut; topics may differ from it, see `grouping`. */
  fit: Hdbscan;
  grouping: Grouping;
  /** rows × 2. */
  points: Float32Array;
  /** The rows' neighbours in the space of their vectors. */
  graph: NeighborGraph;
  /** Name of the program that searched for neighbours. */
  engine: string;
  /** Of the picture, on a sample; undefined where vectors are elsewhere or rows too few. */
  trustworthiness?: number;
}

/** How many neighbours the tree starts from. */
export const neighborsOf = ({ neighbors }: Settings['neighbors']): number =>
  neighbors === 'auto' ? AUTO_NEIGHBORS : neighbors;

/** Neighbours, tree and clusters, picture. */
export async function analyse(
  space: Space,
  settings: AnalysisSettings,
  clock: Clock,
  watch: Watch,
): Promise<Analysis> {
  const { tree } = settings;
  const plan = planTree(tree, space.rows);
  const wanted = Math.max(neighborsOf(settings.neighbors), settings.layout.neighbors, plan.minSamples);
  const neighbors = Math.max(1, Math.min(wanted, space.rows - 1));
  const { threads } = settings.neighbors;
  const searcher = await clock.time(
    'neighbors',
    async () => space.vectors && openSearcher(space.vectors, { threads, ...watch }),
  );
  try {
    const graph = await clock.time('neighbors', () => findNeighbors(space, searcher, neighbors, watch));
    const whole = await clock.time('tree', () => fitSpace(space, graph, searcher, tree, plan, watch, clock));
    searcher?.close();
    const { vectors } = space;
    const { fit, why } = cutTree(whole, plan, tree);
    const grouping = await clock.time('topics', () =>
      groupRows({ fit, whole, plan, why, graph, vectors }, tree, watch),
    );
    const points = await clock.time('layout', () => picture(graph, space.vectors, settings.layout, watch));
    const trusted = await clock.time(
      'layout',
      async () => space.vectors && trustworthiness(space.vectors, points, watch.signal),
    );
    return {
      fit,
      grouping,
      points,
      graph,
      engine: space.graph ? 'given' : (searcher?.engine ?? 'milvus'),
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
  if (space.graph) return space.graph;
  if (searcher) return searcher.search(neighbors, watch);
  if (!space.search) throw new Error('a space without vectors needs a server that searches');
  return space.search(neighbors, watch);
}

/** The tree over the rows' own space, or over five dimensions laid out from it. */
async function fitSpace(
  space: Space,
  graph: NeighborGraph,
  searcher: Searcher | undefined,
  tree: Settings['tree'],
  plan: TreePlan,
  watch: Watch,
  clock: Clock,
): Promise<Hdbscan> {
  const { squared, seed, threads, alpha, clusterSelectionMethod } = tree;
  const { clusterSelectionEpsilon, maxClusterSize, allowSingleCluster } = tree;
  const settings = {
    ...{ alpha, clusterSelectionMethod, clusterSelectionEpsilon, maxClusterSize, allowSingleCluster },
    minClusterSize: treeSize(plan, tree),
    minSamples: plan.minSamples,
  };
  const fit = await (async () => {
    if (plan.space === 'reduced') {
      const { points, rows, components } = await layout(graph, {
        ...REDUCED,
        neighbors: Math.min(REDUCED.neighbors, graph.neighbors),
        seed,
        vectors: space.vectors,
        threads,
        ...asTree(watch),
      });
      return hdbscan(
        { data: points, rows, cols: components },
        {
          ...pickOptions(settings, pointOptions),
          threads,
          ...watch,
        },
      );
    }
    const options: GraphOptions = { ...pickOptions(settings, graphOptions), ...watch };
    if (squared) {
      const canWiden = searcher !== undefined || space.search !== undefined;
      const widen = async (rows: Int32Array, wider: number) =>
        squaredGraph(await (searcher?.widen(rows, wider, watch) ?? findWider(space, rows, wider, watch)));
      const approximate = space.recall !== undefined || searcher?.exact === false;
      return hdbscan(squaredGraph(graph), {
        ...options,
        widen: canWiden ? widen : undefined,
        approximate,
      });
    }
    if (searcher) {
      return hdbscan(graph, {
        ...options,
        points: space.rows > 0 ? space.vectors : undefined, // no rows, no dimensions
        scanner: searcher,
        approximate: !searcher.exact,
      });
    }
    return hdbscan(graph, {
      ...options,
      approximate: space.recall !== undefined,
      widen:
        space.search && !space.recall ? (rows, wider) => findWider(space, rows, wider, watch) : undefined,
    });
  })();
  if (space.recall)
    fit.exactness.recall = await clock.time('neighbors', async () => space.recall?.(graph, watch));
  return fit;
}

/** The layout that density is looked for in is a part of the tree's stage; the map has a stage of its own. */
const asTree = ({ signal, onProgress }: Watch): Watch => ({
  signal,
  onProgress: onProgress && ((progress) => onProgress({ ...progress, stage: 'tree' })),
});

async function findWider(
  space: Space,
  rows: Int32Array,
  neighbors: number,
  watch: Watch,
): Promise<NeighborGraph> {
  if (!space.search) throw new Error('a space without vectors needs a server that searches');
  return space.search(neighbors, watch, rows);
}

/** The graph with squared distances, for the option `squared`. */
function squaredGraph(graph: NeighborGraph): NeighborGraph {
  return { ...graph, distances: graph.distances.map((distance) => distance * distance) };
}

async function picture(
  graph: NeighborGraph,
  vectors: Matrix | undefined,
  settings: Settings['layout'],
  watch: Watch,
): Promise<Float32Array> {
  const { points } = await layout(graph, {
    ...pickOptions(settings, layoutLibraryOptions),
    neighbors: Math.min(settings.neighbors, graph.neighbors),
    vectors,
    ...watch,
  });
  return points;
}
