import type { TreeColumns } from './blocks.js';

/**
 * The clusters of a condensed tree. Cluster c has the tree's id rows + c; 0 is the root, and a parent's number
 * is lower than its children's, so that a loop over numbers is a walk down, or up in reverse.
 */
export interface ClusterTree {
  parent: Int32Array; // of the root: -1
  children: number[][];
  birth: Float64Array; // λ at which it splits from its parent
  death: Float64Array; // λ at which its last text leaves, or it splits
  size: Float64Array;
  /** Excess of mass: sum over what leaves of (λ − birth) × size. */
  stability: Float64Array;
  /** Highest finite λ of the tree. */
  top: number;
  /** Cluster that each row leaves, -1 for a row outside the tree. */
  home: Int32Array;
  /** λ at which it leaves. */
  level: Float64Array;
}

export function readClusters({ parent, child, lambda, size }: TreeColumns, rows: number): ClusterTree {
  let clusters = 1;
  for (let e = 0; e < parent.length; e++)
    clusters = Math.max(clusters, parent[e] - rows + 1, child[e] - rows + 1);
  const tree: ClusterTree = {
    parent: new Int32Array(clusters).fill(-1),
    children: Array.from({ length: clusters }, () => []),
    birth: new Float64Array(clusters),
    death: new Float64Array(clusters),
    size: new Float64Array(clusters),
    stability: new Float64Array(clusters),
    top: 0,
    home: new Int32Array(rows).fill(-1),
    level: new Float64Array(rows),
  };
  tree.size[0] = rows;
  for (let e = 0; e < parent.length; e++) {
    const above = parent[e] - rows;
    if (Number.isFinite(lambda[e])) tree.top = Math.max(tree.top, lambda[e]);
    tree.death[above] = Math.max(tree.death[above], lambda[e]);
    if (child[e] < rows) {
      tree.home[child[e]] = above;
      tree.level[child[e]] = lambda[e];
      continue;
    }
    const c = child[e] - rows;
    tree.parent[c] = above;
    tree.children[above].push(c);
    tree.birth[c] = lambda[e];
    tree.size[c] = size[e];
  }
  // Equal texts leave at an infinite λ, which counts as the highest finite one: stability stays comparable.
  const finite = (value: number) => Math.min(value, tree.top);
  for (let e = 0; e < parent.length; e++) {
    const above = parent[e] - rows;
    tree.stability[above] += (finite(lambda[e]) - finite(tree.birth[above])) * size[e];
  }
  return tree;
}

/** The tree's cluster for each label: the lowest that holds all rows with it. */
export function anchorsOf(tree: ClusterTree, labels: Int32Array): Map<number, number> {
  const anchors = new Map<number, number>();
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] < 0 || tree.home[i] < 0) continue;
    let a = tree.home[i];
    let b = anchors.get(labels[i]) ?? a;
    while (a !== b) {
      if (a > b) a = tree.parent[a];
      else b = tree.parent[b];
    }
    anchors.set(labels[i], a);
  }
  return anchors;
}

/**
 * All cuts from a handful of topics to the tree's leaves, through the clustering as it came. Each differs from
 * the next by one merge (coarser) or one split (finer), so topics nest from cut to cut.
 */
export interface Cuts {
  /** Clusters of the clustering as it came. */
  base: number[];
  /** Clusters whose chosen parts become one, in order. */
  merges: number[];
  /** Clusters that are split into their children, in order. */
  splits: number[];
  /** Number of topics after all merges, at the base, and after all splits. */
  fewest: number;
  asCame: number;
  most: number;
}

/** How much a split tells apart: the excess of mass below its second strongest part. */
function significance(tree: ClusterTree): Float64Array {
  const below = tree.stability.slice();
  for (let c = below.length - 1; c > 0; c--) below[tree.parent[c]] += below[c];
  return Float64Array.from(tree.children, (children) => {
    let first = 0;
    let second = 0;
    for (const c of children) {
      if (below[c] > first) [first, second] = [below[c], first];
      else if (below[c] > second) second = below[c];
    }
    return second;
  });
}

export function planCuts(tree: ClusterTree, anchors: Iterable<number>): Cuts {
  const clusters = tree.parent.length;
  const chosen = new Uint8Array(clusters);
  for (const anchor of anchors) chosen[anchor] = 1;
  // A cluster below a chosen one is part of it.
  const inside = new Uint8Array(clusters);
  for (let c = 1; c < clusters; c++) {
    inside[c] = chosen[tree.parent[c]] || inside[tree.parent[c]] ? 1 : 0;
    if (inside[c]) chosen[c] = 0;
  }
  const base: number[] = [];
  const held = new Int32Array(clusters); // chosen clusters at or below
  for (let c = clusters - 1; c >= 0; c--) {
    if (chosen[c]) {
      base.push(c);
      held[c] = 1;
    }
    if (c > 0) held[tree.parent[c]] += held[c];
  }
  base.reverse();
  const own = significance(tree);

  // Merging: the least significant split first, but never before the splits below it.
  const merging = own.slice();
  const merges: number[] = [];
  for (let c = clusters - 1; c > 0; c--) {
    if (held[c] === 0 || chosen[c] || inside[c]) continue;
    if (held[c] > 1) merges.push(c);
    else merging[c] = 0;
    merging[tree.parent[c]] = Math.max(merging[tree.parent[c]], merging[c]);
  }
  merges.sort((a, b) => merging[a] - merging[b] || b - a);

  // Splitting: the most significant first, but never before the ones above it.
  const splitting = own.slice();
  const splits: number[] = [];
  let most = base.length;
  for (let c = 0; c < clusters; c++) {
    if (!(chosen[c] || inside[c])) continue;
    if (inside[c]) splitting[c] = Math.min(splitting[c], splitting[tree.parent[c]]);
    if (tree.children[c].length < 2) continue;
    splits.push(c);
    most += tree.children[c].length - 1;
  }
  splits.sort((a, b) => splitting[b] - splitting[a] || a - b);

  // After all merges each part of the root is one topic; the root itself is a topic only where it came as one.
  const fewest = chosen[0] ? 1 : tree.children[0].reduce((sum, c) => sum + (held[c] > 0 ? 1 : 0), 0);
  return { base, merges, splits, fewest, asCame: base.length, most };
}

/** The clusters of the cut whose number of topics comes nearest to `wanted`, from the base's side. */
export function clustersFor(tree: ClusterTree, cuts: Cuts, wanted: number): number[] {
  const chosen = new Uint8Array(tree.parent.length);
  for (const c of cuts.base) chosen[c] = 1;
  let number = cuts.base.length;
  if (wanted < number) {
    for (const c of cuts.merges) {
      if (number <= wanted) break;
      const stack = [...tree.children[c]];
      while (stack.length > 0) {
        const below = stack.pop()!;
        if (chosen[below]) {
          chosen[below] = 0;
          number--;
        } else stack.push(...tree.children[below]);
      }
      chosen[c] = 1;
      number++;
    }
  } else {
    for (const c of cuts.splits) {
      if (number >= wanted) break;
      chosen[c] = 0;
      for (const child of tree.children[c]) chosen[child] = 1;
      number += tree.children[c].length - 1;
    }
  }
  const clusters: number[] = [];
  for (let c = 0; c < chosen.length; c++) if (chosen[c]) clusters.push(c);
  return clusters;
}

/** Cluster (not topic) of every row for these chosen clusters, -1 for noise, and the strength of membership. */
export function assign(
  tree: ClusterTree,
  chosen: readonly number[],
): { cluster: Int32Array; probabilities: Float32Array } {
  const owner = new Int32Array(tree.parent.length).fill(-1);
  for (const c of chosen) owner[c] = c;
  for (let c = 1; c < owner.length; c++) if (owner[c] < 0) owner[c] = owner[tree.parent[c]];
  const rows = tree.home.length;
  const cluster = new Int32Array(rows).fill(-1);
  const probabilities = new Float32Array(rows);
  for (let i = 0; i < rows; i++) {
    const c = tree.home[i] < 0 ? -1 : owner[tree.home[i]];
    if (c < 0) continue;
    cluster[i] = c;
    const top = tree.death[c];
    const level = tree.level[i];
    probabilities[i] = top === 0 || !Number.isFinite(level) ? 1 : Math.min(level, top) / top;
  }
  return { cluster, probabilities };
}
