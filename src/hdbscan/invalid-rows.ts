import type { Clusters, CondensedTree, Hdbscan, SingleLinkage } from './result.js';

/**
 * A fit of the valid rows becomes one of all rows: an invalid row is noise, joined at +∞, leaves the root at λ = 0 and is
 * as far out as can be, which is what the Python package says of it.
 */
export function insertInvalid(fit: Hdbscan, validRows: Int32Array, rows: number): Hdbscan {
  const isInvalid = new Uint8Array(rows).fill(1);
  for (const row of validRows) isInvalid[row] = 0;
  const invalidRows = new Int32Array(rows - validRows.length);
  for (let row = 0, at = 0; row < rows; row++) if (isInvalid[row]) invalidRows[at++] = row;
  const spread = <T extends Int32Array | Float64Array>(column: T, whole: T): T => {
    for (const [at, row] of validRows.entries()) whole[row] = column[at];
    return whole;
  };
  const shift = rows - validRows.length;
  const singleLinkage = insertMerges(fit.singleLinkage, validRows, invalidRows, rows);
  return {
    ...fit,
    labels: spread(fit.labels, new Int32Array(rows).fill(-1)),
    probabilities: spread(fit.probabilities, new Float64Array(rows)),
    coreDistances: spread(fit.coreDistances, new Float64Array(rows).fill(Number.NaN)),
    selectedClusters: fit.selectedClusters.map((cluster) => cluster + shift),
    minimumSpanningTree: {
      from: joinColumn(fit.minimumSpanningTree.from, validRows, rows, () => validRows[0] ?? invalidRows[0]),
      to: joinColumn(fit.minimumSpanningTree.to, validRows, rows, (at) => invalidRows[at]),
      weight: singleLinkage.distance,
    },
    singleLinkage,
    ...insertCondensed(fit.condensedTree, fit.clusters, fit.outlierScores, validRows, rows),
    invalidRows: rows - validRows.length,
  };
}

/** A column of edges between valid rows, then one edge for each invalid row (but the first if there are only such). */
function joinColumn(
  column: Int32Array,
  validRows: Int32Array,
  rows: number,
  invalid: (at: number) => number,
): Int32Array {
  const whole = new Int32Array(rows - 1);
  for (const [at, row] of column.entries()) whole[at] = validRows[row];
  const skip = validRows.length === 0 ? 1 : 0;
  for (let at = column.length; at < rows - 1; at++) whole[at] = invalid(at - column.length + skip);
  return whole;
}

function insertMerges(
  linkage: SingleLinkage,
  validRows: Int32Array,
  invalidRows: Int32Array,
  rows: number,
): SingleLinkage {
  const valid = validRows.length;
  const merges = linkage.left.length;
  const renamed = (node: number) => (node < valid ? validRows[node] : node - valid + rows);
  const whole: SingleLinkage = {
    left: new Int32Array(rows - 1),
    right: new Int32Array(rows - 1),
    distance: new Float64Array(rows - 1).fill(Number.POSITIVE_INFINITY),
    size: new Int32Array(rows - 1),
  };
  for (let at = 0; at < merges; at++) {
    const [a, b] = [renamed(linkage.left[at]), renamed(linkage.right[at])];
    whole.left[at] = Math.min(a, b);
    whole.right[at] = Math.max(a, b);
    whole.distance[at] = linkage.distance[at];
    whole.size[at] = linkage.size[at];
  }
  const skip = valid === 0 ? 1 : 0;
  const single = valid > 0 ? validRows[0] : invalidRows[0];
  for (let at = merges; at < rows - 1; at++) {
    const joined = at === 0 ? single : rows + at - 1;
    const row = invalidRows[at - merges + skip];
    whole.left[at] = Math.min(joined, row);
    whole.right[at] = Math.max(joined, row);
    whole.size[at] = at + 2;
  }
  return whole;
}

/** The part of it that a new minClusterSize changes. */
export function insertCondensed(
  tree: CondensedTree,
  clusters: Clusters,
  scores: Float64Array,
  validRows: Int32Array,
  rows: number,
): Pick<Hdbscan, 'condensedTree' | 'clusters' | 'outlierScores'> {
  const valid = validRows.length;
  const length = rows < 2 ? 0 : rows + Math.max(0, clusters.count - 1);
  const whole: CondensedTree = {
    parent: new Int32Array(length).fill(rows),
    child: new Int32Array(length),
    lambda: new Float64Array(length),
    size: new Int32Array(length).fill(1),
  };
  for (let row = 0; row < Math.min(rows, length); row++) whole.child[row] = row;
  for (let line = 0; line < tree.child.length; line++) {
    const at = line < valid ? validRows[line] : line - valid + rows;
    whole.parent[at] = tree.parent[line] - valid + rows;
    whole.child[at] = line < valid ? at : tree.child[line] - valid + rows;
    whole.lambda[at] = tree.lambda[line];
    whole.size[at] = tree.size[line];
  }
  // Fewer than two valid rows have no tree of their own.
  const root: Clusters = {
    count: 1,
    parent: Int32Array.of(-1),
    birth: new Float64Array(1),
    size: Int32Array.of(valid),
    stability: new Float64Array(1),
    death: new Float64Array(1),
  };
  const outlierScores = new Float64Array(rows).fill(1);
  for (const [at, row] of validRows.entries()) outlierScores[row] = scores[at];
  return {
    condensedTree: whole,
    clusters: clusters.count === 0 && length > 0 ? root : clusters,
    outlierScores,
  };
}

/** Rows that are part of a fit, ascending: an invalid row has no core distance. */
export const validRowsOf = ({ coreDistances }: Pick<Hdbscan, 'coreDistances'>): Int32Array =>
  Int32Array.from(coreDistances.keys()).filter((row) => !Number.isNaN(coreDistances[row]));

/** The single linkage of the valid rows alone, and which rows they are. The reverse of what insertInvalid does to it. */
export function withoutInvalid(fit: Hdbscan): { linkage: SingleLinkage; validRows: Int32Array } {
  const rows = fit.labels.length;
  const validRows = validRowsOf(fit);
  const valid = validRows.length;
  if (valid === rows) return { linkage: fit.singleLinkage, validRows };
  const number = new Int32Array(rows);
  for (const [at, row] of validRows.entries()) number[row] = at;
  const renamed = (node: number) => (node < rows ? number[node] : node - rows + valid);
  const merges = Math.max(0, valid - 1);
  const { left, right, distance, size } = fit.singleLinkage;
  const a = left.subarray(0, merges).map(renamed);
  const b = right.subarray(0, merges).map(renamed);
  return {
    linkage: {
      left: a.map((node, at) => Math.min(node, b[at])),
      right: b.map((node, at) => Math.max(node, a[at])),
      distance: distance.slice(0, merges),
      size: size.slice(0, merges),
    },
    validRows,
  };
}
