import { breathe } from '../breathe.js';
import type { Watch } from '../progress.js';
import type { Matrix } from '../shapes.js';
import { squaredDistance } from './distance.js';
import type { ForeignEdges } from './searcher.js';

/** `nearestForeign` by a comparison with every row, for engines that can't search among rows of other components. */
export async function compareForeign(
  { data, rows: all, cols }: Matrix,
  rows: Int32Array,
  component: Int32Array,
  core: Float64Array,
  alpha: number,
  { signal }: Watch,
): Promise<ForeignEdges> {
  const to = new Int32Array(rows.length).fill(-1);
  const distance = new Float64Array(rows.length).fill(Number.POSITIVE_INFINITY);
  const pause = breathe(signal);
  for (let slot = 0; slot < rows.length; slot++) {
    const row = rows[slot];
    let best = Number.POSITIVE_INFINITY;
    for (let other = 0; other < all; other++) {
      if (component[other] === component[row]) continue;
      const pair = Math.sqrt(squaredDistance(data, row * cols, data, other * cols, cols));
      const weight = Math.max(core[row], core[other], pair / alpha);
      if (to[slot] >= 0 && weight >= best) continue;
      best = weight;
      to[slot] = other;
      distance[slot] = pair;
    }
    await pause();
  }
  return { to, distance };
}
