import { type Hdbscan, hdbscan } from '../hdbscan/index.js';
import { validRowsOf } from '../hdbscan/invalid-rows.js';
import { recutWeighed } from '../hdbscan/recut.js';
import { findNeighbors } from '../neighbors/neighbors.js';
import { pickOptions } from '../options/resolve.js';
import { cutOptions } from '../options/tree.js';
import type { Watch } from '../progress.js';
import { type NeighborGraph, pickRows } from '../shapes.js';

/** Subsamples, each without another part of the rows. */
export const SUBSAMPLES = 10;
/** A cluster is found again if so much of its rows and of those of one in the subsample are in both (Jaccard). */
export const FOUND_OVERLAP = 0.5;

/**
 * In how many of ten subsamples of nine tenths of the rows each cluster of a cut is found again. Nothing is laid
 * out for them: the tree is taken over the rows that are left, with the same options, from the same neighbours, which are
 * searched once where rows have coordinates of few dimensions. Rows must be in an order without meaning, since each subsample leaves out every tenth of them.
 *
 * @param fit the cut
 * @param graph neighbours of the rows; see `needsGraph`
 * @returns per cluster 0 to 10
 */
export async function clusterStability(
  fit: Hdbscan,
  graph: NeighborGraph | undefined,
  watch: Watch = {},
): Promise<Int32Array> {
  const rows = fit.labels.length;
  const found = new Int32Array(fit.clusterCount);
  const lists = await listsOf(fit, graph, watch);
  for (let without = 0; without < SUBSAMPLES; without++) {
    watch.signal?.throwIfAborted();
    const kept = rowsWithout(without, rows);
    const again = await fitAgain(fit, lists, kept, watch);
    const labels = Int32Array.from(kept, (row) => fit.labels[row]);
    const counts: [number, number] = [fit.clusterCount, again.clusterCount];
    for (const cluster of foundAgain(labels, again.labels, counts)) found[cluster]++;
  }
  return found;
}

/** All rows but every tenth, from `without` on. */
function rowsWithout(without: number, rows: number): Int32Array {
  const kept = new Int32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) if (row % SUBSAMPLES !== without) kept[count++] = row;
  return kept.slice(0, count);
}

/** In coordinates of so few dimensions neighbours are searched; others only where they are known. */
const FEW_DIMENSIONS = 16;
/**
 * Neighbours of a row that are searched, and how many times those that its core distance needs: of both, a tenth is left out. With 64 every
 * cluster of four sets (1,000 to 8,000 rows) is found as often as with trees of all distances, with 30 four of 215 are not.
 */
const NEIGHBORS = 64;
const OF_CORE = 1.5;

/** Whether the neighbours of rows decide how stable clusters are: without coordinates of few dimensions. */
export const needsGraph = ({ points }: Hdbscan): boolean => !points || points.cols > FEW_DIMENSIONS;

/** The neighbours that trees are taken over: those of coordinates of few dimensions, else the given ones. */
async function listsOf(
  fit: Hdbscan,
  graph: NeighborGraph | undefined,
  { signal }: Watch,
): Promise<NeighborGraph> {
  const { points } = fit;
  if (points && !needsGraph(fit)) {
    const wanted = Math.max(NEIGHBORS, Math.ceil(OF_CORE * fit.settings.minSamples));
    // Coordinates of invalid rows are NaN, which can't be searched.
    const rows = validRowsOf(fit);
    const neighbors = Math.min(rows.length - 1, wanted);
    const some = await findNeighbors(pickRows(points, rows), neighbors, {
      engine: 'kdtree',
      threads: 1,
      signal,
    });
    return amongAll(some, rows, points.rows);
  }
  if (!graph) throw new Error('the stability of clusters needs neighbours or coordinates of few dimensions');
  return graph;
}

/** Lists of some rows as lists among all; the others' are empty. */
function amongAll(
  { indices, distances, neighbors }: NeighborGraph,
  rows: Int32Array,
  all: number,
): NeighborGraph {
  const lists = {
    indices: new Int32Array(all * neighbors).fill(-1),
    distances: new Float32Array(all * neighbors).fill(Number.POSITIVE_INFINITY),
  };
  for (const [at, row] of rows.entries()) {
    for (let slot = 0; slot < neighbors; slot++) {
      const other = indices[at * neighbors + slot];
      if (other < 0) continue;
      lists.indices[row * neighbors + slot] = rows[other];
      lists.distances[row * neighbors + slot] = distances[at * neighbors + slot];
    }
  }
  return { ...lists, rows: all, neighbors };
}

async function fitAgain(
  fit: Hdbscan,
  lists: NeighborGraph,
  kept: Int32Array,
  { signal }: Watch,
): Promise<Hdbscan> {
  const { minClusterSize, minSamples, alpha, partsMargin, ...cut } = fit.settings;
  // One thread: other work runs next to this.
  const options = { ...pickOptions(cut, cutOptions), minClusterSize, minSamples, alpha, threads: 1, signal };
  if (cut.maxClusterSize > 0) {
    options.maxClusterSize = Math.max(1, Math.round((cut.maxClusterSize * kept.length) / fit.labels.length));
  }
  const again = await hdbscan(graphOf(lists, kept), options);
  return partsMargin === undefined ? again : recutWeighed(again, {}, { partsMargin });
}

/** The lists of some rows without the others. */
function graphOf(graph: NeighborGraph, kept: Int32Array): NeighborGraph {
  const { neighbors } = graph;
  const number = new Int32Array(graph.rows).fill(-1);
  for (const [at, row] of kept.entries()) number[row] = at;
  const indices = new Int32Array(kept.length * neighbors).fill(-1);
  const distances = new Float32Array(kept.length * neighbors).fill(Number.POSITIVE_INFINITY);
  for (const [at, row] of kept.entries()) {
    let to = at * neighbors;
    for (let slot = row * neighbors; slot < (row + 1) * neighbors; slot++) {
      const other = graph.indices[slot] < 0 ? -1 : number[graph.indices[slot]];
      if (other < 0) continue;
      indices[to] = other;
      distances[to++] = graph.distances[slot];
    }
  }
  return { indices, distances, rows: kept.length, neighbors };
}

/** Clusters of the first labels that some cluster of the second overlaps with enough. Labels are below `counts`. */
function foundAgain(first: Int32Array, second: Int32Array, counts: [number, number]): Set<number> {
  const [before, after] = [sizesOf(first, counts[0]), sizesOf(second, counts[1])];
  // Few pairs have rows in common: by first cluster × second clusters + second one.
  const shared = new Map<number, number>();
  for (let row = 0; row < first.length; row++) {
    if (first[row] < 0 || second[row] < 0) continue;
    const pair = first[row] * counts[1] + second[row];
    shared.set(pair, (shared.get(pair) ?? 0) + 1);
  }
  const found = new Set<number>();
  for (const [pair, both] of shared) {
    const from = Math.floor(pair / counts[1]);
    const union = before[from] + after[pair % counts[1]] - both;
    if (both >= FOUND_OVERLAP * union) found.add(from);
  }
  return found;
}

/** Rows with each label; -1 counts nowhere. */
function sizesOf(labels: Int32Array, count: number): Int32Array {
  const sizes = new Int32Array(count);
  for (const label of labels) if (label >= 0) sizes[label]++;
  return sizes;
}
