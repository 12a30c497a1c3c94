import type { Watch } from '../progress.js';
import type { Matrix } from '../shapes.js';
import { Pace } from './pace.js';
import { fittedPoints } from './predict.js';
import type { Hdbscan } from './result.js';
import { distance } from './weights.js';

/** How well density separates the clusters. */
export interface Validity {
  /** −1 to 1; clusters' own values weighted by their share of all rows, so noise counts against it. 0 without clusters. */
  index: number;
  /** Per cluster, −1 to 1: how much sparser it is around it than within. 1 for a single cluster. */
  clusters: Float64Array;
}

/**
 * DBCV, density-based clustering validation (Moulavi, Jaskowiak, Campello, Zimek and Sander 2014): within a cluster the
 * longest inner edge of its spanning tree, between clusters the shortest reach between inner points of two.
 *
 * Compares all labelled rows with each other: rows² × columns. Memory: O(rows).
 *
 * @param fit a result of `hdbscan` on points
 * @param watch `signal` and `onProgress`
 * @returns the index of the whole and of each cluster
 * @throws UserError for a fit without points
 * @example
 * const { index } = await validity(fit);
 */
export async function validity(fit: Hdbscan, watch: Watch = {}): Promise<Validity> {
  const points = fittedPoints(fit, 'validity');
  const pace = new Pace(watch);
  const { labels, clusterCount } = fit;
  const members: number[][] = Array.from({ length: clusterCount }, () => []);
  for (const [row, label] of labels.entries()) if (label >= 0) members[label].push(row);
  const core = new Float64Array(labels.length);
  const inner: Int32Array[] = [];
  const sparseness = new Float64Array(clusterCount);
  for (const [label, list] of members.entries()) {
    const rows = Int32Array.from(list);
    await innerCores(points, rows, core, pace);
    const tree = await innerTree(points, rows, core, pace);
    inner.push(tree.rows);
    sparseness[label] = tree.longest;
  }
  const separation = new Float64Array(clusterCount).fill(Number.POSITIVE_INFINITY);
  for (let a = 0; a < clusterCount; a++) {
    for (let b = a + 1; b < clusterCount; b++) {
      const least = await reachBetween(points, inner[a], inner[b], core, pace);
      separation[a] = Math.min(separation[a], least);
      separation[b] = Math.min(separation[b], least);
    }
  }
  const clusters = separation.map((apart, label) => {
    if (apart === Number.POSITIVE_INFINITY) return 1;
    const larger = Math.max(apart, sparseness[label]);
    return larger === 0 ? 0 : (apart - sparseness[label]) / larger;
  });
  const index = clusters.reduce(
    (sum, value, label) => sum + value * (members[label].length / labels.length),
    0,
  );
  return { index, clusters };
}

/** core[row] for the rows of a cluster. */
async function innerCores(points: Matrix, rows: Int32Array, core: Float64Array, pace: Pace): Promise<void> {
  const logs = new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at++) {
    core[rows[at]] = innerCore(points, rows[at], rows, logs);
    if (pace.due) await pace.yield();
  }
}

// What is called for every row is a function without a pause, which V8 compiles after a few calls.

/**
 * (mean of (1/d)^cols over the cluster's other rows)^(−1/cols), in logarithms: (1/d)^384 has no number.
 * Equal rows add nothing, as in the package.
 *
 * @param logs where to write a number for each row
 */
function innerCore(points: Matrix, row: number, rows: Int32Array, logs: Float64Array): number {
  const { cols } = points;
  let highest = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < rows.length; at++) {
    const d = distance(points, row, rows[at]);
    logs[at] = d > 0 ? -cols * Math.log(d) : Number.NEGATIVE_INFINITY;
    highest = Math.max(highest, logs[at]);
  }
  if (highest === Number.NEGATIVE_INFINITY) return 0;
  let sum = 0;
  for (let at = 0; at < rows.length; at++) sum += Math.exp(logs[at] - highest);
  return Math.exp(-(highest + Math.log(sum / (rows.length - 1))) / cols);
}

/** A spanning tree of a cluster that is being grown; by place among the cluster's rows. */
interface Growing {
  points: Matrix;
  rows: Int32Array;
  core: Float64Array;
  isIn: Uint8Array;
  /** The shortest reach from the tree, and from which place. */
  best: Float64Array;
  from: Int32Array;
}

/** Prim's tree of a cluster: its rows of degree above one, and its longest edge between two such rows. */
async function innerTree(
  points: Matrix,
  rows: Int32Array,
  core: Float64Array,
  pace: Pace,
): Promise<{ rows: Int32Array; longest: number }> {
  const count = rows.length;
  const best = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const from = new Int32Array(count);
  const tree: Growing = { points, rows, core, isIn: new Uint8Array(count), best, from };
  const degree = new Int32Array(count);
  const order: number[] = [];
  for (let next = nearestAfter(tree, 0); next >= 0; next = nearestAfter(tree, next)) {
    order.push(next);
    degree[next]++;
    degree[from[next]]++;
    if (pace.due) await pace.yield();
  }
  const isInner = (at: number) => degree[at] > 1;
  const edges = order.filter((at) => isInner(at) && isInner(from[at]));
  const longest = (edges.length > 0 ? edges : order).reduce((most, at) => Math.max(most, best[at]), 0);
  const found = rows.filter((_, at) => isInner(at));
  return { rows: found.length > 0 ? found : rows.slice(0, 1), longest };
}

/** Takes a row into the tree, by its place. Returns the place of the row nearest to the tree then; −1 where none is left. */
function nearestAfter({ points, rows, core, isIn, best, from }: Growing, at: number): number {
  isIn[at] = 1;
  let next = -1;
  for (let other = 0; other < rows.length; other++) {
    if (isIn[other] === 1) continue;
    const d = distance(points, rows[at], rows[other]);
    const reach = Math.max(d, core[rows[at]], core[rows[other]]);
    // Equal reach: the lower row, as in the package.
    if (reach < best[other] || (reach === best[other] && at < from[other])) {
      best[other] = reach;
      from[other] = at;
    }
    if (next < 0 || best[other] < best[next]) next = other;
  }
  return next;
}

async function reachBetween(
  points: Matrix,
  a: Int32Array,
  b: Int32Array,
  core: Float64Array,
  pace: Pace,
): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at < a.length; at++) {
    if (core[a[at]] < least) least = reachFrom(points, a[at], b, core, least);
    if (pace.due) await pace.yield();
  }
  return least;
}

/** The shortest reach from a row to others, where it is below `least`. */
function reachFrom(
  points: Matrix,
  row: number,
  others: Int32Array,
  core: Float64Array,
  least: number,
): number {
  let found = least;
  for (let at = 0; at < others.length; at++) {
    const other = others[at];
    if (core[other] < found)
      found = Math.min(found, Math.max(distance(points, row, other), core[row], core[other]));
  }
  return found;
}
