import type { Watch } from '../progress.js';
import { bySize, type Groups, sizesOf } from './groups.js';
import type { NearestMean, Sums, UnitRows } from './rows.js';
import { cutMerges, type Merges, ward } from './ward.js';

/** Times that every row goes to the nearest mean after a cut: more change little. */
const ROUNDS = 3;
/**
 * Few groups take more rounds, or until no row moves: of 5,000 to 7,600 news three left 3 or 4 groups unsettled in 4 of 11 samples, so that
 * 40 or 45 groups scored better and were the themes; ten did in 1.
 */
const FEW_GROUPS = 6;
const ROUNDS_OF_FEW = 10;

/** Groups at one level, every row in one of them. */
export interface Cut extends Groups {
  /**
   * Mean simplified silhouette with squared distances to means: (next − own) / the greater of both (Hruschka 2004), where a row's own mean
   * is taken without the row. With it, a group of few rows would have a high silhouette whatever is in it.
   */
  silhouette: number;
}

/** Fine groups merged step by step by Ward's rule, weighted by their rows. */
export interface Hierarchy {
  /** The most groups that it can be cut into. */
  finest: number;
  /** Exactly `count` groups, 1 to `finest`; every row is in one. */
  cut(count: number, watch?: Watch): Promise<Cut>;
  /** Groups that some rows are in already, none of them empty: all rows go to the nearest of their means, as at every level. */
  keep(labels: Int32Array, watch?: Watch): Promise<Cut>;
  /** The same merges over the first rows alone: `rows` are those that they were built on, as far as they go. */
  over(rows: UnitRows, watch?: Watch): Promise<Hierarchy>;
}

/**
 * Builds a hierarchy above fine groups: rows in none go to the group with the nearest mean, then means are merged. Every level is then smoothed:
 * three times, every row goes to the nearest mean; up to ten times where groups are few.
 */
export async function openHierarchy(rows: UnitRows, fine: Groups, watch: Watch = {}): Promise<Hierarchy> {
  if (fine.count === 0) throw new Error('a hierarchy needs at least one group');
  const labels = await assignAll(rows, fine, watch);
  const { total, size } = await rows.sums(labels, fine.count, watch);
  const { width } = rows;
  const means = new Float64Array(total.length);
  for (let at = 0; at < means.length; at++) means[at] = total[at] / size[Math.floor(at / width)];
  const merges = ward(await rows.products(means, fine.count, watch), size);
  return hierarchyOver(rows, merges, { labels, sums: { total, size } });
}

interface Fine {
  labels: Int32Array;
  /** Of each fine group's rows. */
  sums: Sums;
}

function hierarchyOver(rows: UnitRows, merges: Merges, fine: Fine): Hierarchy {
  return {
    finest: merges.leaves,
    cut: (count, watch = {}) => cutSmoothed(rows, merges, fine, count, watch),
    keep: (labels, watch = {}) => keepGroups(rows, bySize(labels), watch),
    async over(first, watch = {}) {
      const labels = fine.labels.slice(0, first.rows);
      return hierarchyOver(first, merges, { labels, sums: await first.sums(labels, merges.leaves, watch) });
    },
  };
}

async function keepGroups(rows: UnitRows, groups: Groups, watch: Watch): Promise<Cut> {
  const labels = await assignAll(rows, groups, watch);
  return smoothed(rows, labels, await rows.sums(labels, groups.count, watch), watch);
}

/** Every row in a group: those in none go to the nearest mean. */
export async function assignAll(rows: UnitRows, groups: Groups, watch: Watch = {}): Promise<Int32Array> {
  if (!groups.labels.includes(-1)) return groups.labels;
  const near = await rows.nearestMean(await rows.sums(groups.labels, groups.count, watch), watch);
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
  const sums = joined(fine.sums, groupOf, count, rows.width);
  const labels = fine.labels.map((leaf) => groupOf[leaf]);
  return smoothed(rows, labels, sums, watch);
}

/** Every row goes to the nearest mean, several times. */
async function smoothed(rows: UnitRows, own: Int32Array, ownSums: Sums, watch: Watch): Promise<Cut> {
  const count = ownSums.size.length;
  let [labels, sums] = [own, ownSums];
  let compared: Parameters<typeof meanSilhouette> | undefined;
  const rounds = count <= FEW_GROUPS ? ROUNDS_OF_FEW : ROUNDS;
  for (let round = 0; round < rounds; round++) {
    const near = await rows.nearestMean(sums, watch);
    compared = [near, labels, sums.size];
    const size = sizesOf(near.labels, count);
    // Stop before a group loses its last row, which would leave fewer groups than requested; of the first rows alone, some have none.
    if (size.some((rows, group) => rows === 0 && sums.size[group] > 0)) break;
    const isSettled = rounds > ROUNDS && near.labels.every((label, row) => label === labels[row]);
    labels = near.labels;
    if (isSettled || round === rounds - 1) break;
    sums = await rows.sums(labels, count, watch);
  }
  return { ...bySize(labels), silhouette: count > 1 && compared ? meanSilhouette(...compared) : 0 };
}

/** Sums of groups of fine groups: no pass over the rows. */
function joined(fine: Sums, groupOf: Int32Array, count: number, width: number): Sums {
  const total = new Float64Array(count * width);
  const size = new Int32Array(count);
  for (let leaf = 0; leaf < groupOf.length; leaf++) {
    const group = groupOf[leaf];
    size[group] += fine.size[leaf];
    for (let t = 0; t < width; t++) total[group * width + t] += fine.total[leaf * width + t];
  }
  return { total, size };
}

/** `labels` and `size` are of the groups whose means the rows were compared with. A row alone in its group counts as 0. */
function meanSilhouette(
  { labels: nearest, own, next }: NearestMean,
  labels: Int32Array,
  size: Int32Array,
): number {
  let sum = 0;
  for (let row = 0; row < own.length; row++) {
    const rows = size[nearest[row]];
    const isMember = labels[row] === nearest[row];
    if (isMember && rows === 1) continue;
    // Without one of n rows the mean lies n / (n − 1) times as far from it.
    const apart = isMember ? own[row] * (rows / (rows - 1)) ** 2 : own[row];
    const most = Math.max(next[row], apart);
    if (most > 0) sum += (next[row] - apart) / most;
  }
  return own.length > 0 ? sum / own.length : 0;
}
