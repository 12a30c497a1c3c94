import type { Watch } from '../progress.js';
import { bySize, type Groups } from './groups.js';
import type { Nearest, UnitRows } from './rows.js';
import { cutMerges, type Merges, ward } from './ward.js';

/** Times that every row goes to the nearest mean after a cut: more change little. */
const ROUNDS = 3;

/** Groups at one level, every row in one of them. */
export interface Cut extends Groups {
  /** Mean simplified silhouette with cosine distances: (next − own) / the larger of both, -1 to 1 (Hruschka 2004). */
  silhouette: number;
}

/** Fine groups merged step by step by Ward's rule, weighted by their rows. */
export interface Hierarchy {
  /** The most groups that it can be cut into. */
  finest: number;
  /** Exactly `count` groups, 1 to `finest`; every row is in one. */
  cut(count: number, watch?: Watch): Promise<Cut>;
  /** The same merges over the first rows alone: `rows` are those that they were built on, as far as they go. */
  over(rows: UnitRows, watch?: Watch): Promise<Hierarchy>;
}

/**
 * Builds a hierarchy above fine groups: rows in none go to the group with the nearest mean, then means are merged. Every level is then smoothed:
 * three times, every row goes to the nearest mean.
 */
export async function openHierarchy(rows: UnitRows, fine: Groups, watch: Watch = {}): Promise<Hierarchy> {
  if (fine.count === 0) throw new Error('a hierarchy needs at least one group');
  const labels = await assignAll(rows, fine, watch);
  const { total, size } = await rows.sums(labels, fine.count, watch);
  const { cols } = rows;
  const means = Float64Array.from(total, (sum, at) => sum / size[Math.floor(at / cols)]);
  const merges = ward(await rows.products(means, fine.count, watch), size);
  return hierarchyOver(rows, merges, { labels, total });
}

interface Fine {
  labels: Int32Array;
  /** Sums of each fine group's rows. */
  total: Float64Array;
}

function hierarchyOver(rows: UnitRows, merges: Merges, fine: Fine): Hierarchy {
  return {
    finest: merges.leaves,
    cut: (count, watch = {}) => cutSmoothed(rows, merges, fine, count, watch),
    async over(first, watch = {}) {
      const labels = fine.labels.slice(0, first.rows);
      const { total } = await first.sums(labels, merges.leaves, watch);
      return hierarchyOver(first, merges, { labels, total });
    },
  };
}

/** Every row in a group: those in none go to the nearest mean. */
export async function assignAll(rows: UnitRows, groups: Groups, watch: Watch = {}): Promise<Int32Array> {
  if (!groups.labels.includes(-1)) return groups.labels;
  const { total } = await rows.sums(groups.labels, groups.count, watch);
  const near = await rows.nearest(total, groups.count, watch);
  return groups.labels.map((label, row) => (label < 0 ? near.labels[row] : label));
}

async function cutSmoothed(
  rows: UnitRows,
  merges: Merges,
  fine: Fine,
  count: number,
  watch: Watch,
): Promise<Cut> {
  const groupOf = cutMerges(merges, count);
  const { cols } = rows;
  // Sums of a group are the sums of its fine groups: no pass over the rows.
  let total: Float64Array = new Float64Array(count * cols);
  for (let leaf = 0; leaf < groupOf.length; leaf++) {
    for (let t = 0; t < cols; t++) total[groupOf[leaf] * cols + t] += fine.total[leaf * cols + t];
  }
  let labels: Int32Array = fine.labels.map((leaf) => groupOf[leaf]);
  let silhouette = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const near = await rows.nearest(total, count, watch);
    silhouette = meanSilhouette(near);
    const sums = await rows.sums(near.labels, count, watch);
    // Stop before a group loses its last row, which would leave fewer groups than requested.
    if (sums.size.includes(0)) break;
    labels = near.labels;
    total = sums.total;
  }
  return { ...bySize(labels), silhouette: count > 1 ? silhouette : 0 };
}

function meanSilhouette({ best, next }: Nearest): number {
  let sum = 0;
  for (let row = 0; row < best.length; row++) {
    const own = Math.max(0, 1 - best[row]);
    const other = Math.max(0, 1 - next[row]);
    if (other > 0) sum += (other - own) / other;
  }
  return best.length > 0 ? sum / best.length : 0;
}
