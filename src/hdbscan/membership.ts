import { UserError } from '../errors.js';
import { squaredDistance } from '../neighbors/distance.js';
import type { Watch } from '../progress.js';
import { exemplars } from './exemplars.js';
import { Pace } from './pace.js';
import { fittedPoints } from './predict.js';
import type { Clusters, Hdbscan } from './result.js';

/** How much each row belongs to each cluster. */
export interface Membership {
  /** rows × clusters: how much row i belongs to cluster j. A row's sum is the probability that it is in any. */
  vectors: Float64Array;
  /** Fitted rows. */
  rows: number;
  /** Numbers per row. */
  clusters: number;
}

/** The most numbers of one result. */
const MOST = 2 ** 30;

/**
 * Soft clustering of the fitted rows (McInnes' all_points_membership_vectors): nearness to a cluster's exemplars times
 * how high in the tree row and cluster come together, scaled to the probability of being in some cluster.
 *
 * Memory: 8 bytes × rows × clusters.
 *
 * @param fit a result of `hdbscan` on points
 * @param watch `signal` and `onProgress`
 * @returns rows × clusters, the probability of each row for each cluster
 * @throws UserError for a fit without points, or if rows × clusters is above 2³⁰
 * @example
 * const { vectors, clusters } = await membership(fit);
 * const ofRow = vectors.subarray(row * clusters, (row + 1) * clusters);
 */
export async function membership(fit: Hdbscan, watch: Watch = {}): Promise<Membership> {
  const points = fittedPoints(fit, 'membership');
  const rows = fit.labels.length;
  const count = fit.clusterCount;
  if (rows * count > MOST) {
    throw new UserError(
      `membership needs rows × clusters = ${rows} × ${count} numbers; the most is ${MOST}`,
      { code: 'OUT_OF_MEMORY' },
    );
  }
  const pace = new Pace(watch);
  const vectors = new Float64Array(rows * count);
  const exemplarRows = exemplars(fit);
  const { parent, lambda } = fit.condensedTree;
  const chosen = fit.selectedClusters.map((cluster) => cluster - rows);
  const heights = new Map<number, Float64Array>();
  const near = new Float64Array(count);
  const tall = new Float64Array(count);
  for (let row = 0; row < rows && count > 0; row++) {
    if (Number.isNaN(fit.coreDistances[row])) continue;
    const home = parent[row] - rows;
    let merges = heights.get(home);
    if (!merges) {
      merges = mergeHeights(fit.clusters, home, chosen);
      heights.set(home, merges);
    }
    nearness(points, row, exemplarRows, near);
    const inSome = tallness(fit.clusters, home, lambda[row], merges, chosen, tall);
    let sum = 0;
    for (let c = 0; c < count; c++) sum += near[c] * tall[c];
    const base = row * count;
    for (let c = 0; c < count; c++) vectors[base + c] = ((near[c] * tall[c]) / sum) * inSome;
    if (pace.due) await pace.yield();
  }
  return { vectors, rows, clusters: count };
}

/**
 * Writes to near[c] the share of cluster c in the sum over clusters of 1 / distance to the nearest exemplar. At distance 0 from
 * some clusters, these share 1 equally.
 */
function nearness(
  points: { data: Float32Array; cols: number },
  row: number,
  exemplarRows: Int32Array[],
  near: Float64Array,
): void {
  const { data, cols } = points;
  let zeros = 0;
  let sum = 0;
  for (const [c, rows] of exemplarRows.entries()) {
    let least = Number.POSITIVE_INFINITY;
    for (const other of rows)
      least = Math.min(least, squaredDistance(data, row * cols, data, other * cols, cols));
    near[c] = 1 / Math.sqrt(least);
    if (least === 0) zeros++;
    else sum += near[c];
  }
  for (let c = 0; c < near.length; c++) {
    if (zeros > 0) near[c] = near[c] === Number.POSITIVE_INFINITY ? 1 / zeros : 0;
    else near[c] /= sum;
  }
}

/** Per chosen cluster: λ at which its branch of the tree and that of `home` split; NaN where one is inside the other. */
function mergeHeights({ parent, birth }: Clusters, home: number, chosen: Int32Array): Float64Array {
  return Float64Array.from(chosen, (cluster) => {
    let left = home;
    let right = cluster;
    let last = -1;
    let leftMoved = false;
    let rightMoved = false;
    // Parents have lower numbers, so the higher of the two is never the common one.
    while (left !== right) {
      if (left > right) {
        leftMoved = true;
        last = left;
        left = parent[left];
      } else {
        rightMoved = true;
        last = right;
        right = parent[right];
      }
    }
    return leftMoved && rightMoved ? birth[last] : Number.NaN;
  });
}

/** λ / λ', where two infinities are equal. */
const share = (part: number, whole: number): number => (part === whole ? 1 : part / whole);

/**
 * Writes to `tall` a softmax over clusters of how high in the tree the row and the cluster come together, relative to the peak of
 * the row's own cluster (`home`). Returns the probability that the row is in any cluster. Where several clusters come together
 * with it highest, the Python package uses the first of them for that; this uses the least dense, which doesn't depend on order.
 */
function tallness(
  clusters: Clusters,
  home: number,
  lambda: number,
  merges: Float64Array,
  chosen: Int32Array,
  tall: Float64Array,
): number {
  let highest = -1;
  let least = Number.POSITIVE_INFINITY;
  let sum = 0;
  for (const [c, merge] of merges.entries()) {
    const height = Number.isNaN(merge) ? lambda : merge;
    const top = clusters.death[chosen[c]];
    if (height > highest || (height === highest && top < least)) {
      highest = height;
      least = top;
    }
    // 1e-8 avoids a division by zero, as in the Python package.
    tall[c] = Math.exp(Math.exp(-share(clusters.death[home] + 1e-8, height)));
    sum += tall[c];
  }
  for (let c = 0; c < tall.length; c++) tall[c] /= sum;
  const top = Math.max(least, lambda);
  return top === 0 ? 0 : share(highest, top);
}
