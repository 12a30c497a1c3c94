import type { Hdbscan } from './result.js';

/**
 * The most central rows of each cluster: of every leaf of the condensed tree below it, those that stay up to the leaf's
 * highest λ (the exemplars of McInnes' hdbscan).
 *
 * @param fit a result of `hdbscan`
 * @returns per label the rows, ascending
 * @example
 * for (const [label, rows] of exemplars(fit).entries()) console.log(label, rows);
 */
export function exemplars(fit: Hdbscan): Int32Array[] {
  const rows = fit.labels.length;
  const { clusters, condensedTree, selectedClusters } = fit;
  const label = labelsBelow(fit);
  const hasChild = new Uint8Array(clusters.count);
  for (let c = 1; c < clusters.count; c++) hasChild[clusters.parent[c]] = 1;
  const found: number[][] = Array.from(selectedClusters, () => []);
  for (let row = 0; row < rows; row++) {
    if (clusters.count === 0 || Number.isNaN(fit.coreDistances[row])) continue;
    const home = condensedTree.parent[row] - rows;
    if (label[home] < 0 || hasChild[home] || condensedTree.lambda[row] !== clusters.death[home]) continue;
    found[label[home]].push(row);
  }
  return found.map((list) => Int32Array.from(list));
}

/** Per cluster of the condensed tree: the label whose cluster it is or lies in, -1 for none. */
export function labelsBelow({ clusters, selectedClusters, labels }: Hdbscan): Int32Array {
  const label = new Int32Array(clusters.count).fill(-1);
  for (const [place, cluster] of selectedClusters.entries()) label[cluster - labels.length] = place;
  for (let c = 1; c < clusters.count; c++) if (label[c] < 0) label[c] = label[clusters.parent[c]];
  return label;
}
