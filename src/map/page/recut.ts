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
 * Cuts from coarse to fine, through the clustering as it came. Coarser: small parts no longer count as clusters of
 * their own (a larger minimum size), and the excess of mass chooses anew. Finer: the chosen clusters are split,
 * the most significant splits first, down to the tree's leaves.
 */
export interface Cuts {
  /** Clusters of the clustering as it came. */
  base: number[];
  /** Coarser choices, from the base's side: one per number of topics. */
  coarser: number[][];
  /** Clusters that are split into their children, in order. */
  splits: number[];
  /** Number of topics of the coarsest choice, of the clustering as it came, and after all splits. */
  fewest: number;
  asCame: number;
  most: number;
}

/**
 * Clusters by excess of mass when parts below `least` rows don't count: a cluster with fewer than two such parts
 * lives on as its only large part. (McInnes and Healy 2017, 3.3, on a tree that is already condensed.)
 */
export function chooseAtLeast(tree: ClusterTree, least: number): number[] {
  const clusters = tree.parent.length;
  const finite = (value: number) => Math.min(value, tree.top);
  const large = tree.children.map((children) => children.filter((c) => tree.size[c] >= least));
  // head[c]: the cluster that c lives on as. Known for a parent before its children.
  const head = new Int32Array(clusters);
  const stability = new Float64Array(clusters);
  for (let c = 0; c < clusters; c++) {
    const up = tree.parent[c];
    if (c > 0 && tree.size[c] < least) {
      head[c] = -1;
      continue;
    }
    head[c] = c > 0 && large[up].length === 1 ? head[up] : c;
    if (head[c] < 0) continue;
    // What leaves c, measured from the birth of the cluster it is part of; a part that lives on doesn't leave.
    const late = finite(tree.birth[c]) - finite(tree.birth[head[c]]);
    stability[head[c]] += tree.stability[c] + late * tree.size[c];
    if (large[c].length === 1) {
      const on = large[c][0];
      stability[head[c]] -= (finite(tree.birth[on]) - finite(tree.birth[head[c]])) * tree.size[on];
    }
  }
  const parts: number[][] = Array.from({ length: clusters }, () => []);
  for (let c = 1; c < clusters; c++) if (head[c] === c) parts[head[tree.parent[c]]].push(c);
  const keep = new Uint8Array(clusters);
  const best = stability.slice();
  for (let c = clusters - 1; c > 0; c--) {
    if (head[c] !== c) continue;
    const below = parts[c].reduce((sum, part) => sum + best[part], 0);
    if (below > stability[c]) best[c] = below;
    else keep[c] = 1;
  }
  const chosen: number[] = [];
  const stack = [...parts[0]];
  while (stack.length > 0) {
    const c = stack.pop()!;
    if (keep[c]) chosen.push(c);
    else for (const part of parts[c]) stack.push(part);
  }
  return chosen.sort((a, b) => a - b);
}

/** Significance of a split: the excess of mass in the subtree of its second strongest child. */
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

/** Minimum sizes that are tried: each a tenth larger than the one before. */
const SIZE_STEP = 1.1;
/** A choice is dropped as unbalanced if its second topic is smaller than this share of its first. */
const LEAST_BALANCE = 0.12;

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
  for (let c = 0; c < clusters; c++) if (chosen[c]) base.push(c);

  // One choice per number of topics: of several minimum sizes, the one whose largest topic is smallest.
  const sizes = (choice: number[]) => choice.map((c) => tree.size[c]).sort((x, y) => y - x);
  const byNumber = new Map<number, number[]>();
  for (let least = 2; least <= tree.size[0] / 2; least = Math.max(least + 1, Math.round(least * SIZE_STEP))) {
    const choice = chooseAtLeast(tree, least);
    if (choice.length < 2) break;
    const [largest, second] = sizes(choice);
    // Nearly everything in one topic: excess of mass gives this where a minimum size separates nothing else.
    if (choice.length >= base.length || second < LEAST_BALANCE * largest) continue;
    const other = byNumber.get(choice.length);
    if (!other || largest < sizes(other)[0]) byNumber.set(choice.length, choice);
  }
  const coarser = [...byNumber.values()].sort((x, y) => y.length - x.length);
  const fewest = coarser[coarser.length - 1]?.length ?? base.length;

  // The most significant split first, but never before the ones above it.
  const splitting = significance(tree);
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
  return { base, coarser, splits, fewest, asCame: base.length, most };
}

/** The clusters of the cut whose number of topics comes nearest to `wanted`. */
export function clustersFor(tree: ClusterTree, cuts: Cuts, wanted: number): number[] {
  if (wanted < cuts.asCame) {
    const off = (choice: number[]) => Math.abs(choice.length - wanted);
    return cuts.coarser.reduce((best, choice) => (off(choice) < off(best) ? choice : best), cuts.base);
  }
  const chosen = new Set(cuts.base);
  for (const c of cuts.splits) {
    if (chosen.size >= wanted) break;
    chosen.delete(c);
    for (const child of tree.children[c]) chosen.add(child);
  }
  return [...chosen].sort((a, b) => a - b);
}

/** Cluster (not topic) of every row for these chosen clusters, -1 for noise, and the strength of membership,
 * as hdbscan defines both. */
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
