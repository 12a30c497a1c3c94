import { UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import { labelsBelow } from './exemplars.js';
import { requireGraph } from './graph.js';
import { Pace } from './pace.js';
import { requireMatrix, unitRows } from './points.js';
import type { Hdbscan } from './result.js';

export interface Prediction {
  /** Per new row; -1 is noise. */
  labels: Int32Array;
  /** Per new row, 0 to 1. */
  probabilities: Float64Array;
  /** Per new row: the fitted row that it hangs on, -1 for a row with a NaN or an infinity. */
  neighbors: Int32Array;
}

/**
 * Labels of new rows in a fitted tree, which doesn't change (McInnes' approximate_predict): a row joins its nearest
 * neighbour by mutual reachability among its 2 × minSamples nearest, at λ = 1 / that distance, and gets the cluster that
 * the neighbour is in at that λ. A row equal to a fitted one gets that one's label and probability.
 *
 * `input` is points as they were fitted, or, where a database has the points, their nearest fitted rows (indices of
 * fitted rows, euclidean distances, ascending; minSamples or more of them).
 *
 * @throws UserError for other columns than fitted, or for points where the fit has none.
 */
export async function predict(
  fit: Hdbscan,
  input: Matrix | NeighborGraph,
  watch: Watch = {},
): Promise<Prediction> {
  const graph = 'data' in input ? await nearestFitted(fit, input, watch) : checked(fit, input);
  const { minSamples } = fit.settings;
  const { indices, distances, rows, neighbors } = graph;
  const prediction: Prediction = {
    labels: new Int32Array(rows).fill(-1),
    probabilities: new Float64Array(rows),
    neighbors: new Int32Array(rows).fill(-1),
  };
  const label = labelsBelow(fit);
  for (let row = 0; row < rows; row++) {
    const slot = row * neighbors;
    const equal = indices
      .subarray(slot, slot + neighbors)
      .findIndex((other, t) => other >= 0 && distances[slot + t] === 0);
    if (equal >= 0) {
      const other = indices[slot + equal];
      prediction.labels[row] = fit.labels[other];
      prediction.probabilities[row] = fit.probabilities[other];
      prediction.neighbors[row] = other;
      continue;
    }
    const own =
      minSamples <= neighbors && indices[slot + minSamples - 1] >= 0
        ? distances[slot + minSamples - 1]
        : Number.POSITIVE_INFINITY;
    let nearest = -1;
    let reach = Number.POSITIVE_INFINITY;
    for (let t = 0; t < Math.min(neighbors, minSamples * 2); t++) {
      const other = indices[slot + t];
      if (other < 0) break;
      const distance = Math.max(fit.coreDistances[other], own, distances[slot + t]);
      if (nearest >= 0 && distance >= reach) continue;
      nearest = other;
      reach = distance;
    }
    prediction.neighbors[row] = nearest;
    if (nearest < 0 || fit.clusters.count === 0) continue;
    const lambda = 1 / reach;
    const cluster = clusterAt(fit, nearest, lambda);
    if (label[cluster] < 0) continue;
    prediction.labels[row] = label[cluster];
    const death = fit.clusters.death[fit.selectedClusters[label[cluster]] - fit.labels.length];
    prediction.probabilities[row] =
      death === 0 || lambda === Number.POSITIVE_INFINITY ? 1 : Math.min(lambda, death) / death;
  }
  return prediction;
}

/** The cluster, from 0, that a row is in at λ, if it is in the tree until then. */
function clusterAt({ clusters, condensedTree, labels }: Hdbscan, row: number, lambda: number): number {
  let cluster = condensedTree.parent[row] - labels.length;
  if (condensedTree.lambda[row] <= lambda) return cluster;
  while (cluster > 0 && clusters.birth[cluster] >= lambda) cluster = clusters.parent[cluster];
  return cluster;
}

function checked(fit: Hdbscan, graph: NeighborGraph): NeighborGraph {
  requireGraph(graph);
  const wrong = graph.indices.findIndex((index) => index < -1 || index >= fit.labels.length);
  if (wrong >= 0) {
    throw new UserError(
      `indices, row ${Math.floor(wrong / graph.neighbors)}: ${graph.indices[wrong]} is not a fitted row; those are 0 to ${fit.labels.length - 1}`,
    );
  }
  return graph;
}

/** The nearest fitted rows of new points. */
async function nearestFitted(fit: Hdbscan, input: Matrix, watch: Watch): Promise<NeighborGraph> {
  requireMatrix(input);
  const points = fittedPoints(fit, 'predict');
  if (input.cols !== points.cols) {
    throw new UserError(`cols must be ${points.cols}, as fitted; got ${input.cols}`);
  }
  const fresh = fit.settings.metric === 'cosine' ? unitRows(input) : input;
  return nearestAmong(points, fresh, fit.settings.minSamples * 2, watch);
}

/** @throws UserError where the fit was made from a graph without points. */
export function fittedPoints(fit: Hdbscan, name: string): Matrix {
  if (fit.points) return fit.points;
  throw new UserError(
    `${name} needs points; this fit was made from a graph: pass the option \`points\` to hdbscan`,
  );
}

/** Fitted rows per block: what a core's own cache holds. */
const BLOCK_NUMBERS = 65_536;

/** The k nearest rows of `points` for each row of `fresh`, by (distance, index), every pair compared. */
async function nearestAmong(points: Matrix, fresh: Matrix, k: number, watch: Watch): Promise<NeighborGraph> {
  const pace = new Pace(watch);
  const { cols } = points;
  const indices = new Int32Array(fresh.rows * k).fill(-1);
  const distances = new Float32Array(fresh.rows * k).fill(Number.POSITIVE_INFINITY);
  const atOnce = Math.max(1, Math.floor(BLOCK_NUMBERS / cols));
  const squares = new Float64Array(fresh.rows * k).fill(Number.POSITIVE_INFINITY);
  for (let start = 0; start < points.rows; start += atOnce) {
    const end = Math.min(points.rows, start + atOnce);
    for (let row = 0; row < fresh.rows; row++) {
      const base = row * k;
      for (let other = start; other < end; other++) {
        const square = squaredDistance(fresh.data, row * cols, points.data, other * cols, cols);
        if (!(square < squares[base + k - 1])) continue;
        let at = base + k - 1;
        for (; at > base && squares[at - 1] > square; at--) {
          squares[at] = squares[at - 1];
          indices[at] = indices[at - 1];
        }
        squares[at] = square;
        indices[at] = other;
      }
      if (pace.due) await pace.yield();
    }
  }
  for (const [slot, square] of squares.entries()) distances[slot] = Math.sqrt(square);
  return { indices, distances, rows: fresh.rows, neighbors: k };
}

export function squaredDistance(
  a: Float32Array,
  i: number,
  b: Float32Array,
  j: number,
  cols: number,
): number {
  let sum = 0;
  for (let c = 0; c < cols; c++) {
    const difference = a[i + c] - b[j + c];
    sum += difference * difference;
  }
  return sum;
}
