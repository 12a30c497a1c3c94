import { breathe, type Pause } from '../breathe.js';
import type { Matrix } from '../shapes.js';

/** Neighbours looked at per row, as scikit-learn's users do. */
const NEIGHBORS = 15;
/** Most multiplications for the sample, unless the smallest sample, 20 rows, needs more. */
const BUDGET = 4e8;
/** Multiplications between two looks at the clock: a few milliseconds. */
const PIECE = 2 ** 22;

/**
 * Trustworthiness (Venna and Kaski 2001) of a layout, on evenly spread rows: 1 where the 15 nearest rows on the map
 * are among the 15 nearest by the vectors, less the farther down that ranking they are. NaN under 32 rows, where the
 * measure isn't defined.
 */
export async function trustworthiness(
  vectors: Matrix,
  points: Float32Array,
  signal?: AbortSignal,
): Promise<number> {
  const { rows, cols } = vectors;
  if (rows <= 2 * NEIGHBORS + 1) return Number.NaN;
  const sample = Math.min(rows, 300, Math.max(20, Math.floor(BUDGET / (rows * cols))));
  const truth = new Float64Array(rows);
  const seen = new Float64Array(rows);
  const pause = breathe(signal);
  let penalty = 0;
  for (let at = 0; at < sample; at++) {
    const row = Math.floor((at * rows) / sample);
    await squaredDistances(vectors.data, cols, row, truth, pause);
    await squaredDistances(points, 2, row, seen, pause);
    for (const near of nearest(seen, row, NEIGHBORS))
      penalty += Math.max(0, rankOf(truth, near, row) - NEIGHBORS);
  }
  return 1 - (2 * penalty) / (sample * NEIGHBORS * (2 * rows - 3 * NEIGHBORS - 1));
}

async function squaredDistances(
  data: Float32Array,
  cols: number,
  row: number,
  out: Float64Array,
  pause: Pause,
): Promise<void> {
  const own = data.subarray(row * cols, (row + 1) * cols);
  const atOnce = Math.ceil(PIECE / cols);
  for (let start = 0; start < out.length; start += atOnce) {
    const end = Math.min(out.length, start + atOnce);
    for (let other = start, at = start * cols; other < end; other++) {
      let sum = 0;
      for (let j = 0; j < cols; j++) {
        const difference = data[at++] - own[j];
        sum += difference * difference;
      }
      out[other] = sum;
    }
    await pause();
  }
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

/** 1 for the nearest other. */
function rankOf(distances: Float64Array, other: number, row: number): number {
  let rank = 1;
  for (let i = 0; i < distances.length; i++) {
    if (i !== row && i !== other && distances[i] < distances[other]) rank++;
  }
  return rank;
}
