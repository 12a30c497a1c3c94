import type { Hdbscan } from '../hdbscan/index.js';
import type { Watch } from '../progress.js';
import { type Matrix, pickRows } from '../shapes.js';
import { joinLast, partsBySize } from './divide.js';
import type { Groups } from './groups.js';
import { UnitRows } from './rows.js';

/** Groups that rows were in before others were added. −1 for none, and for an added row. */
export interface EarlierGroups {
  /** Cluster of each row in the tree before. */
  clusters: Int32Array;
  /** Topic of each row: a cluster may have been divided into several. */
  topics: Int32Array;
  /** Theme of each row. */
  themes: Int32Array;
  /** Whether all rows have new places since, so that parts of an earlier cluster may be topics. */
  isPlacedAnew?: boolean;
}

/** A cluster of exactly the rows that were one before counts this much more in the choice of clusters. */
const FAVOUR = 2;
/** A group is one of before from this Jaccard overlap on; at most one can have so much. */
const SAME = 0.5;
/** So many times as large as before, a topic grew little. */
const LITTLE = 1.25;

/**
 * Factors that favour the clusters which were chosen before rows were added: 1 + 2 × Jaccard overlap with the earlier cluster
 * that is most alike, added rows counted. Without them a few rows more turn the choice between a cluster and its parts where
 * both are nearly as stable. With a margin m of the cut, two even parts of an earlier cluster are chosen if they are 1.5 × m × `kept`
 * times as stable as it is.
 *
 * @param earlier cluster of each row of the tree before
 * @param kept a further factor of clusters that are one of before, by an overlap of more than half
 * @returns a factor of each cluster of the condensed tree
 */
export function favourEarlier(
  { condensedTree, clusters }: Pick<Hdbscan, 'condensedTree' | 'clusters'>,
  earlier: Int32Array,
  kept = 1,
): Float64Array {
  return Float64Array.from(
    alikeOf(condensedTree, clusters, earlier),
    ({ overlap }) => (1 + FAVOUR * overlap) * (overlap > SAME ? kept : 1),
  );
}

interface Alike {
  /** Of before; −1 for none. */
  cluster: number;
  overlap: number;
}

/** For each cluster of the tree the earlier one with the largest Jaccard overlap. */
function alikeOf(
  { parent }: Hdbscan['condensedTree'],
  clusters: Hdbscan['clusters'],
  earlier: Int32Array,
): Alike[] {
  const rows = earlier.length;
  const sizes = new Map<number, number>();
  const shared = Array.from({ length: clusters.count }, () => new Map<number, number>());
  const total = new Int32Array(clusters.count);
  for (let row = 0; row < rows && clusters.count > 0; row++) {
    const cluster = parent[row] - rows;
    total[cluster]++;
    if (earlier[row] < 0) continue;
    count(sizes, earlier[row], 1);
    count(shared[cluster], earlier[row], 1);
  }
  // Children come after their parents.
  for (let c = clusters.count - 1; c > 0; c--) {
    total[clusters.parent[c]] += total[c];
    for (const [was, number] of shared[c]) count(shared[clusters.parent[c]], was, number);
  }
  return shared.map((those, c) => mostAlike(those, total[c], sizes));
}

const count = (counts: Map<number, number>, of: number, by: number): void => {
  counts.set(of, (counts.get(of) ?? 0) + by);
};

function mostAlike(
  shared: ReadonlyMap<number, number>,
  total: number,
  sizes: ReadonlyMap<number, number>,
): Alike {
  let best: Alike = { cluster: -1, overlap: 0 };
  for (const [cluster, number] of shared) {
    const overlap = number / (total + (sizes.get(cluster) ?? 0) - number);
    const isFirst = overlap === best.overlap && cluster < best.cluster;
    if (overlap > best.overlap || isFirst) best = { cluster, overlap };
  }
  return best;
}

/**
 * Divides clusters that were divided before rows were added, into the same topics: rows keep theirs, the others go to the
 * topic with the nearest mean. A cluster is taken as the earlier one that it overlaps with by half (Jaccard). A topic with
 * fewer than `least` of the rows left is none: its rows go to the others.
 *
 * @param groups clusters of the tree now
 * @returns topics numbered by size; how many clusters were divided; which group each topic is a part of
 */
export async function divideAsBefore(
  vectors: Matrix,
  groups: Groups,
  earlier: Omit<EarlierGroups, 'themes'>,
  least: number,
  { threads, ...watch }: Watch & { threads?: number } = {},
): Promise<Groups & { divided: number; parentOf: Int32Array }> {
  const labels = groups.labels.slice();
  const origin = Array.from({ length: groups.count }, (_, group) => group);
  const sizes = new Map<number, number>();
  for (const was of earlier.clusters) if (was >= 0) count(sizes, was, 1);
  let divided = 0;
  for (const [group, rows] of rowsOf(groups).entries()) {
    const shared = new Map<number, number>();
    for (const row of rows) if (earlier.clusters[row] >= 0) count(shared, earlier.clusters[row], 1);
    const { cluster, overlap } = mostAlike(shared, rows.length, sizes);
    if (overlap < SAME) continue;
    const topicOf = (row: number) => (earlier.clusters[row] === cluster ? earlier.topics[row] : -1);
    const found = new Map<number, number>();
    for (const row of rows) if (topicOf(row) >= 0) count(found, topicOf(row), 1);
    const topics = [...found]
      .filter(([, size]) => size >= least)
      .map(([topic]) => topic)
      .sort((a, b) => a - b);
    if (topics.length < 2) continue;
    divided++;
    const placeOf = new Map(topics.map((topic, part) => [topic, part]));
    const unknown = topics.length;
    const known = Int32Array.from(rows, (row) => placeOf.get(topicOf(row)) ?? unknown);
    const unit = await UnitRows.open(
      pickRows(vectors, Int32Array.from(rows)),
      rows.length * unknown,
      threads,
    );
    const parts = await joinLast(unit, known, unknown, watch).finally(() => unit.close());
    for (const [at, row] of rows.entries()) if (parts[at] > 0) labels[row] = origin.length + parts[at] - 1;
    for (let part = 1; part < topics.length; part++) origin.push(group);
  }
  return { ...partsBySize(labels, origin), divided };
}

/**
 * Groups that are a topic of before and at most a quarter larger.
 * @param earlier topic of each row before; −1 for none
 * @returns by group 1 or 0
 */
export function grewLittle(groups: Groups, earlier: Int32Array): Uint8Array {
  const sizes = new Map<number, number>();
  for (const was of earlier) if (was >= 0) count(sizes, was, 1);
  return Uint8Array.from(rowsOf(groups), (rows) => {
    const shared = new Map<number, number>();
    for (const row of rows) if (earlier[row] >= 0) count(shared, earlier[row], 1);
    const { cluster, overlap } = mostAlike(shared, rows.length, sizes);
    return overlap >= SAME && rows.length <= LITTLE * (sizes.get(cluster) ?? 0) ? 1 : 0;
  });
}

/** Rows of each group, ascending. */
function rowsOf({ labels, count: groups }: Groups): number[][] {
  const rows: number[][] = Array.from({ length: groups }, () => []);
  for (const [row, label] of labels.entries()) if (label >= 0) rows[label].push(row);
  return rows;
}
