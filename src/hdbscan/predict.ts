import { UserError } from '../errors.js';
import { nearestAmong } from '../neighbors/nearest-among.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import { labelsBelow } from './exemplars.js';
import { requireGraph } from './graph.js';
import { rootMinimum } from './labels.js';
import { requireMatrix, unitRows } from './points.js';
import type { Hdbscan } from './result.js';

/** Where new rows are in a fitted tree. */
export interface Prediction {
  /** Per new row; -1 is noise. */
  labels: Int32Array;
  /** Per new row, 0 to 1. */
  probabilities: Float64Array;
  /** Per new row: the fitted row whose cluster it was given, -1 for a row with a NaN or an infinity. */
  neighbors: Int32Array;
}

/**
 * Labels of new rows in a fitted tree, which doesn't change (McInnes' approximate_predict): a row joins its nearest
 * neighbour by mutual reachability among its 2 × minSamples nearest, at λ = 1 / that distance, and gets the cluster that
 * the neighbour is in at that λ. A row equal to a fitted one gets that one's label and probability. Where everything is one
 * cluster, a row belongs to it as a fitted one does: only if its λ is the highest that any row has, or 1 / epsilon.
 *
 * A new row's core distance reaches to its minSamples-th nearest fitted row, as fitted rows' do to their minSamples-th
 * nearest other. The Python package takes the next one, so that its probabilities are a little different.
 *
 * @param fit a result of `hdbscan`
 * @param input points as they were fitted, or, where a database has the points, their nearest fitted rows: indices of fitted
 * rows, euclidean distances in ascending order, minSamples or more of them, −1 for an empty slot.
 * @param watch `signal` and `onProgress`
 * @returns a label and a probability for each new row
 * @throws UserError for other columns than fitted, for points where the fit has none, for an index that is no fitted row, and
 * for a distance that is negative, NaN or less than the one before.
 * @example
 * const { labels } = await predict(fit, { data, rows, cols });
 */
export async function predict(
  fit: Hdbscan,
  input: Matrix | NeighborGraph,
  watch: Watch = {},
): Promise<Prediction> {
  const graph = 'data' in input ? await nearestFitted(fit, input, watch) : checked(fit, input);
  const { minSamples, alpha } = fit.settings;
  const { indices, distances, rows, neighbors } = graph;
  const prediction: Prediction = {
    labels: new Int32Array(rows).fill(-1),
    probabilities: new Float64Array(rows),
    neighbors: new Int32Array(rows).fill(-1),
  };
  const label = labelsBelow(fit);
  const isRootAlone = fit.selectedClusters[0] === fit.labels.length;
  const rootLambda = rootMinimum(fit.clusters, fit.settings);
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
      const distance = Math.max(fit.coreDistances[other], own, distances[slot + t] / alpha);
      if (nearest >= 0 && distance >= reach) continue;
      nearest = other;
      reach = distance;
    }
    prediction.neighbors[row] = nearest;
    if (nearest < 0 || fit.clusters.count === 0) continue;
    const lambda = 1 / reach;
    const cluster = clusterAt(fit, nearest, lambda);
    if (label[cluster] < 0 || (isRootAlone && lambda < rootLambda)) continue;
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
  const { indices, distances, neighbors } = graph;
  for (let slot = 0; slot < indices.length; slot++) {
    const [index, distance] = [indices[slot], distances[slot]];
    const place = `row ${Math.floor(slot / neighbors)}, slot ${slot % neighbors}`;
    if (index < -1 || index >= fit.labels.length) {
      throw new UserError(
        `indices, ${place}: ${index} is not a fitted row; those are 0 to ${fit.labels.length - 1}`,
        { code: 'GRAPH_INVALID' },
      );
    }
    if (index < 0) continue;
    if (!(distance >= 0)) {
      throw new UserError(`distances, ${place}: ${distance} is not a distance; it must be 0 or more`, {
        code: 'GRAPH_INVALID',
      });
    }
    if (slot % neighbors > 0 && indices[slot - 1] >= 0 && distance < distances[slot - 1]) {
      throw new UserError(
        `distances, ${place}: ${distance} comes after ${distances[slot - 1]}; they must be in ascending order`,
        { code: 'GRAPH_INVALID' },
      );
    }
  }
  return graph;
}

/** The nearest fitted rows of new points. */
async function nearestFitted(fit: Hdbscan, input: Matrix, watch: Watch): Promise<NeighborGraph> {
  requireMatrix(input);
  const points = fittedPoints(fit, 'predict');
  if (input.cols !== points.cols) {
    throw new UserError(`cols must be ${points.cols}, as fitted; got ${input.cols}`, {
      code: 'VECTORS_INVALID',
    });
  }
  const fresh = fit.settings.metric === 'cosine' ? unitRows(input) : input;
  return nearestAmong(points, fresh, fit.settings.minSamples * 2, watch);
}

/** @throws UserError where the fit was made from a graph without points. */
export function fittedPoints(fit: Hdbscan, name: string): Matrix {
  if (fit.points) return fit.points;
  throw new UserError(
    `${name} needs points; this fit was made from a graph: pass the option \`points\` to hdbscan`,
    { code: 'FIT_INVALID', option: 'points' },
  );
}
