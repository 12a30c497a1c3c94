import { bySize, type Groups } from './groups.js';

/** A group of which so many rows were in an earlier cluster is a part of that one. */
const MOST = 0.5;
/** Parts together are the earlier cluster from this Jaccard overlap on. */
const SAME = 0.5;

/**
 * Joins groups that were one cluster before rows were added, where earlier rows stay where they were laid out, so that they say no more about
 * a division than before; what divides them are a few rows more, which bring a part above the smallest size or lie between two parts.
 * Groups that consist of new rows by more than half are no parts.
 *
 * @param earlier cluster of each row before; −1 for none, and for an added row
 * @returns groups numbered by size, how many clusters were joined, and of each group the largest one that it is made of
 */
export function joinAsBefore(
  { labels, count, size }: Groups,
  earlier: Int32Array,
): Groups & { joined: number; largestOf: Int32Array } {
  const sizes = new Map<number, number>();
  const shared = Array.from({ length: count }, () => new Map<number, number>());
  for (const [row, was] of earlier.entries()) {
    if (was < 0) continue;
    sizes.set(was, (sizes.get(was) ?? 0) + 1);
    if (labels[row] >= 0) shared[labels[row]].set(was, (shared[labels[row]].get(was) ?? 0) + 1);
  }
  const into = Int32Array.from({ length: count }, (_, group) => group);
  let joined = 0;
  // Groups are numbered by size, so that the first part is the largest.
  for (const [was, parts] of partsOf(shared, size)) {
    if (parts.length < 2) continue;
    let both = 0;
    let either = sizes.get(was) ?? 0;
    for (const group of parts) {
      both += shared[group].get(was) ?? 0;
      either += size[group] - (shared[group].get(was) ?? 0);
    }
    if (both < SAME * either) continue;
    for (const group of parts) into[group] = parts[0];
    joined++;
  }
  const groups = bySize(labels.map((label) => (label < 0 ? -1 : into[label])));
  const largestOf = new Int32Array(groups.count);
  for (const [row, label] of labels.entries()) if (label >= 0) largestOf[groups.labels[row]] = into[label];
  return { ...groups, joined, largestOf };
}

/** For each earlier cluster the groups that are parts of it, ascending. Of two that hold half of a group each, the lower counts. */
function partsOf(
  shared: readonly ReadonlyMap<number, number>[],
  size: ArrayLike<number>,
): Map<number, number[]> {
  const parts = new Map<number, number[]>();
  for (const [group, those] of shared.entries()) {
    const was = Math.min(...[...those].filter(([, rows]) => rows >= MOST * size[group]).map(([id]) => id));
    if (Number.isFinite(was)) parts.set(was, [...(parts.get(was) ?? []), group]);
  }
  return parts;
}

/**
 * The same clusters, those that have rows of one topic under one number: they were joined when rows were added, and are one in the
 * next comparison.
 *
 * @param clusters of each row; −1 for none
 * @param topics of each row; −1 for none
 */
export function clustersByTopic(clusters: Int32Array, topics: Int32Array): Int32Array {
  const parent = new Map<number, number>();
  const find = (cluster: number): number => {
    let root = cluster;
    for (let up = parent.get(root); up !== undefined && up !== root; up = parent.get(root)) root = up;
    return root;
  };
  const firstOf = new Map<number, number>();
  for (const [row, topic] of topics.entries()) {
    if (topic < 0 || clusters[row] < 0) continue;
    const known = firstOf.get(topic);
    if (known === undefined) firstOf.set(topic, clusters[row]);
    else {
      const [a, b] = [find(known), find(clusters[row])];
      if (a !== b) parent.set(Math.max(a, b), Math.min(a, b));
    }
  }
  return clusters.map((cluster) => (cluster < 0 ? -1 : find(cluster)));
}
