import type { Matrix } from '../shapes.js';
import type { Settings } from './options.js';

/** Columns, n − 1 long, in ascending order of weight. */
export interface MinimumSpanningTree {
  /** One end of each edge: a row. */
  from: Int32Array;
  /** The other end. */
  to: Int32Array;
  /** Mutual reachability; +∞ joins what nothing else does. The same array as `singleLinkage.distance`. */
  weight: Float64Array;
}

/** Columns, n − 1 long, as scipy numbers them: rows below n, merge i is n + i. */
export interface SingleLinkage {
  /** What each merge joins: a row, or n + the number of an earlier merge. */
  left: Int32Array;
  /** The other part. */
  right: Int32Array;
  /** Merges at equal distance are one merge with many parts, written as several lines. */
  distance: Float64Array;
  /** Rows below each merge. */
  size: Int32Array;
}

/**
 * Columns, as hdbscan numbers them: rows below n, clusters from n on, n is the root, parents before children. Line i < n
 * is row i; the clusters but the root follow in order. Empty for fewer than two rows.
 */
export interface CondensedTree {
  /** The cluster that each row or cluster leaves. */
  parent: Int32Array;
  /** The row or cluster. */
  child: Int32Array;
  /** 1 / distance at which the child leaves its parent. */
  lambda: Float64Array;
  /** Its rows: 1 for a row. */
  size: Int32Array;
}

/** Clusters of a condensed tree, by number from 0, the root: its number in the tree less the rows. */
export interface Clusters {
  /** How many there are, the root included. */
  count: number;
  /** Per cluster the one that it split from; -1 for the root. */
  parent: Int32Array;
  /** λ at which it splits off. */
  birth: Float64Array;
  /** Rows at its birth. */
  size: Int32Array;
  /** Excess of mass: the sum over its rows of how far λ rises while they are in it. */
  stability: Float64Array;
  /** Highest λ at which something leaves it. */
  death: Float64Array;
}

/** How the result relates to the one from all distances. */
export interface Exactness {
  /** Proven equal to the result from all distances. */
  certified: boolean;
  /** Rows that were compared with all others, beyond their listed neighbours. */
  scannedRows: number;
  /** Rounds of such comparisons. */
  rounds: number;
  /** Whether neighbours came from an approximate index. */
  approximate: boolean;
  /** Share of true neighbours found, on a sample; only where `approximate`. */
  recall?: number;
  /** The interval that holds that share for all rows with 95 % confidence. */
  recallInterval?: [low: number, high: number];
  /** Rows from which an unlisted edge could change the tree; 0 where `certified`. */
  uncertainRows: number;
}

/** Clusters of a cut through the tree. Labels count from 0 by size, largest first; equal sizes by their first row. */
export interface Cut {
  /** Per row; -1 is noise. */
  labels: Int32Array;
  /** Per row, 0 to 1: how deep in its cluster it is. 0 for noise. */
  probabilities: Float64Array;
  /**
   * Per cluster: its stability divided by its rows × the highest λ of the tree, so 0 to 1. Higher only where everything is one
   * cluster: the rows that are noise then add to its stability, not to its rows.
   */
  persistence: Float64Array;
  /** Number of labels. */
  clusterCount: number;
  /** Per cluster: its number in the condensed tree. */
  selectedClusters: Int32Array;
}

/** The result of `hdbscan`. */
export interface Hdbscan extends Cut {
  /** GLOSH, per row, 0 to 1: how far outside of the nearest dense place it is. */
  outlierScores: Float64Array;
  /** Per row: distance to the minSamples-th nearest other row; NaN for an invalid row. */
  coreDistances: Float64Array;
  /** Of the mutual reachability distances; it joins all valid rows. */
  minimumSpanningTree: MinimumSpanningTree;
  /** The merges of that tree, in order of distance. */
  singleLinkage: SingleLinkage;
  /** The single linkage without clusters below minClusterSize. */
  condensedTree: CondensedTree;
  /** The condensed tree's clusters. */
  clusters: Clusters;
  /** Whether this is proven to be the result from all distances. */
  exactness: Exactness;
  /** Rows with a NaN or an infinity (cosine: also of length 0): noise, and absent to all others. */
  invalidRows: number;
  /** The options that the tree and the cut were made with, defaults filled in. */
  settings: Settings;
  /** The points as they were compared (cosine: of unit length), where points were given. */
  points?: Matrix;
}
