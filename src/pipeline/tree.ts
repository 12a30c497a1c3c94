import { type GraphOptions, type Hdbscan, hdbscan } from '../hdbscan/index.js';
import { layout } from '../layout/index.js';
import { graphOptions, pointOptions } from '../options/hdbscan.js';
import { pickOptions } from '../options/resolve.js';
import type { Settings } from '../options/table.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import { type TreePlan, treeSize } from './grouping.js';
import type { Search } from './search.js';

/** As topic tools do it: five dimensions over fifteen neighbours, points of one topic on top of each other. */
const REDUCED = { components: 5, neighbors: 15, minDist: 0 } as const;

/**
 * The tree over the rows' own space, or over five dimensions laid out from it, as the plan says.
 * @param graph neighbours of every row, from `search`
 */
export async function fitTree(
  graph: NeighborGraph,
  vectors: Matrix | undefined,
  search: Search,
  plan: TreePlan,
  tree: Settings['tree'],
  watch: Watch,
): Promise<Hdbscan> {
  // Before the tree: a recall that is too low ends the run.
  const recall = await search.recall?.(graph);
  const fit = await fitSpace(graph, vectors, search, plan, tree, watch);
  // A tree over coordinates laid out from such neighbours proves nothing about the vectors.
  if (search.isApproximate) Object.assign(fit.exactness, { certified: false, approximate: true }, recall);
  return fit;
}

async function fitSpace(
  graph: NeighborGraph,
  vectors: Matrix | undefined,
  search: Search,
  plan: TreePlan,
  tree: Settings['tree'],
  watch: Watch,
): Promise<Hdbscan> {
  if (plan.space === 'reduced') {
    const { points, rows, components } = await layout(graph, {
      ...reducedOptions(graph.neighbors, tree),
      vectors,
      ...asTree(watch),
    });
    return fitReduced({ data: points, rows, cols: components }, plan, tree, watch);
  }
  const options: GraphOptions = { ...pickOptions(settingsFor(plan, tree), graphOptions), ...watch };
  if (!tree.squared) return hdbscan(graph, { ...options, ...search.proof });
  const { widen } = search;
  return hdbscan(squared(graph), {
    ...options,
    approximate: search.isApproximate,
    widen: widen && (async (rows, neighbors) => squared(await widen(rows, neighbors))),
  });
}

/** The tree over coordinates that were laid out from neighbours. */
export const fitReduced = (
  points: Matrix,
  plan: TreePlan,
  tree: Settings['tree'],
  watch: Watch,
): Promise<Hdbscan> => hdbscan(points, { ...pickOptions(settingsFor(plan, tree), pointOptions), ...watch });

/** Options of the layout that density is looked for in, over lists of so many neighbours. */
export const reducedOptions = (neighbors: number, { seed, threads }: Settings['tree']) => ({
  ...REDUCED,
  neighbors: Math.min(REDUCED.neighbors, neighbors),
  seed,
  threads,
});

const settingsFor = (plan: TreePlan, tree: Settings['tree']) => ({
  ...tree,
  minClusterSize: treeSize(plan, tree),
  minSamples: plan.minSamples,
});

/** The layout that density is looked for in is a part of the tree's stage; the map has a stage of its own. */
const asTree = ({ signal, onProgress }: Watch): Watch => ({
  signal,
  onProgress: onProgress && ((progress) => onProgress({ ...progress, stage: 'tree' })),
});

const squared = (graph: NeighborGraph): NeighborGraph => ({
  ...graph,
  distances: graph.distances.map((distance) => distance * distance),
});
