import { breathe } from '../breathe.js';
import type { Watch } from '../progress.js';
import type { Matrix } from '../shapes.js';
import { UnitRows } from '../themes/rows.js';

/** Neighbours looked at per row, as scikit-learn's users do. */
const NEIGHBORS = 15;
/** Most multiplications for the sample, unless the smallest sample, 20 rows, needs more. */
const BUDGET = 4e8;
/** Rows of the sample that are compared at once: each has a line of one number a row. */
const AT_ONCE = 32;

/**
 * Trustworthiness (Venna and Kaski 2001) of a layout, on evenly spread rows: 1 where the 15 nearest rows on the map
 * are among the 15 nearest by the vectors, less the farther down that ranking they are. NaN under 32 rows, where the
 * measure isn't defined.
 *
 * @param vectors unit rows, so that the nearest are those of the greatest cosine
 * @param points rows × 2
 * @param threads most threads to use; the result doesn't depend on it
 */
export async function trustworthiness(
  vectors: Matrix,
  points: Float32Array,
  { threads, signal }: Pick<Watch, 'signal'> & { threads?: number } = {},
): Promise<number> {
  const { rows, cols } = vectors;
  if (rows <= 2 * NEIGHBORS + 1) return Number.NaN;
  const sampled = Math.min(rows, 300, Math.max(20, Math.floor(BUDGET / (rows * cols))));
  const sample = Int32Array.from({ length: sampled }, (_, at) => Math.floor((at * rows) / sampled));
  const seen = new Float64Array(rows);
  const pause = breathe(signal);
  let penalty = 0;
  const unit = await UnitRows.open(vectors, sampled * rows, threads);
  try {
    for (let start = 0; start < sampled; start += AT_ONCE) {
      const some = sample.subarray(start, start + AT_ONCE);
      const cosines = await unit.cosinesOf(some, { signal });
      for (const [at, row] of some.entries()) {
        const truth = cosines.subarray(at * rows, (at + 1) * rows);
        squaredDistances(points, row, seen);
        const near = Int32Array.from(nearest(seen, row, NEIGHBORS));
        for (const rank of ranksOf(truth, near, row)) penalty += Math.max(0, rank - NEIGHBORS);
        await pause();
      }
    }
  } finally {
    unit.close();
  }
  return 1 - (2 * penalty) / (sampled * NEIGHBORS * (2 * rows - 3 * NEIGHBORS - 1));
}

function squaredDistances(points: Float32Array, row: number, out: Float64Array): void {
  const x = points[2 * row];
  const y = points[2 * row + 1];
  for (let other = 0; other < out.length; other++)
    out[other] = (points[2 * other] - x) ** 2 + (points[2 * other + 1] - y) ** 2;
}

/** The k nearest others; equal distances: the lower row. */
function nearest(distances: Float64Array, row: number, k: number): number[] {
  const found: number[] = [];
  for (let other = 0; other < distances.length; other++) {
    if (other === row) continue;
    if (found.length === k && distances[other] >= distances[found[k - 1]]) continue;
    let place = found.length < k ? found.length : k - 1;
    while (place > 0 && distances[found[place - 1]] > distances[other]) {
      found[place] = found[place - 1];
      place--;
    }
    found[place] = other;
  }
  return found;
}

/** Ranks of some of the others, in no order: 1 for one of the greatest cosine. All in one pass over the cosines. */
function ranksOf(cosines: Float32Array, others: Int32Array, row: number): Int32Array {
  const ascending = Float32Array.from(others, (other) => cosines[other]).sort();
  const [least] = ascending;
  // By how many of `others` a row is nearer than.
  const nearerThan = new Int32Array(ascending.length + 1);
  for (let i = 0; i < cosines.length; i++) {
    if (cosines[i] <= least || i === row) continue;
    let count = ascending.length;
    while (ascending[count - 1] >= cosines[i]) count--;
    nearerThan[count]++;
  }
  const ranks = new Int32Array(ascending.length);
  let nearer = 0;
  for (let at = ascending.length - 1; at >= 0; at--) {
    nearer += nearerThan[at + 1];
    ranks[at] = 1 + nearer;
  }
  return ranks;
}
