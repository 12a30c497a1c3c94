import type { CutSettings } from './options.js';
import { inChunks } from './pace.js';
import type { Clusters, CondensedTree, Cut } from './result.js';
import { selectClusters } from './selection.js';

/** Chooses clusters and labels rows with them. A few passes over rows and clusters. */
export function cut(tree: CondensedTree, clusters: Clusters, rows: number, options: CutSettings): Cut {
  return labelRows(tree, clusters, rows, selectClusters(clusters, options), options);
}

/** Rows whose cluster in the condensed tree is a given one, and not one below it. */
export interface Homes {
  /** Per cluster: how many rows. */
  sizes: Int32Array;
  /** Per cluster: the lowest of them. */
  firsts: Int32Array;
}

/** Counts rows by the cluster that they leave last; only those that `isMember` accepts, where it is given. */
export function countHomes(
  tree: CondensedTree,
  clusters: Clusters,
  rows: number,
  isMember?: (row: number) => boolean,
): Homes {
  const sizes = new Int32Array(clusters.count);
  const firsts = new Int32Array(clusters.count).fill(rows);
  const homes = { sizes, firsts };
  if (!isMember) {
    inChunks(rows, (start, end) => countRows(tree.parent, rows, start, end, homes));
    return homes;
  }
  for (let row = rows - 1; row >= 0; row--) {
    if (!isMember(row)) continue;
    const home = tree.parent[row] - rows;
    sizes[home]++;
    firsts[home] = row;
  }
  return homes;
}

function countRows(
  parent: Int32Array,
  rows: number,
  start: number,
  end: number,
  { sizes, firsts }: Homes,
): void {
  for (let row = start; row < end; row++) {
    const home = parent[row] - rows;
    if (sizes[home]++ === 0) firsts[home] = row;
  }
}

/**
 * Labels rows with given clusters, none of them inside another. The root is a cluster only where one may be alone, and of its rows
 * only those are in it that stay to its end.
 * @param homes of all rows, where they are known
 */
export function labelRows(
  tree: CondensedTree,
  clusters: Clusters,
  rows: number,
  chosen: Int32Array,
  options: CutSettings,
  isInvalid: (row: number) => boolean = () => false,
  homes?: Homes,
): Cut {
  const nearest = chosenAbove(clusters, chosen);
  const rootLambda = rootMinimum(clusters, options);
  const isRootAlone = options.allowSingleCluster && chosen.length === 1;
  const isOfRoot = (row: number) => isRootAlone && tree.lambda[row] >= rootLambda && !isInvalid(row);
  const isMember = chosen.includes(0) ? isOfRoot : undefined;
  const found = isMember || !homes ? countHomes(tree, clusters, rows, isMember) : homes;
  const sizes = new Int32Array(chosen.length);
  const firsts = new Int32Array(chosen.length).fill(rows);
  for (let c = 0; c < clusters.count; c++) {
    const place = nearest[c];
    if (place < 0) continue;
    sizes[place] += found.sizes[c];
    firsts[place] = Math.min(firsts[place], found.firsts[c]);
  }

  const order = Int32Array.from(chosen.keys())
    .filter((label) => sizes[label] > 0)
    .sort((a, b) => sizes[b] - sizes[a] || firsts[a] - firsts[b]);
  const number = new Int32Array(chosen.length).fill(-1);
  for (const [label, old] of order.entries()) number[old] = label;
  const selectedClusters = Int32Array.from(order, (old) => rows + chosen[old]);
  // A row's share is λ / death of its own cluster, which is at most 1; 1 where it leaves a cluster below that, so later; 0 for noise.
  // All three are λ / (λ × factor + addend): a branch per row could not be predicted.
  const labelOf = new Int32Array(clusters.count).fill(-1);
  const factor = new Float64Array(clusters.count);
  const addend = new Float64Array(clusters.count).fill(Number.POSITIVE_INFINITY);
  for (let c = 0; c < clusters.count; c++) {
    const place = nearest[c];
    if (place < 0) continue;
    labelOf[c] = number[place];
    factor[c] = chosen[place] === c ? 0 : 1;
    addend[c] = chosen[place] === c ? clusters.death[c] : 0;
  }
  const labels = new Int32Array(rows);
  const probabilities = new Float64Array(rows);
  const ofCluster = { labelOf, factor, addend };
  inChunks(rows, (start, end) => labelPart(tree, rows, start, end, ofCluster, labels, probabilities));
  for (let row = 0; isMember && row < rows; row++) {
    if (isMember(row)) continue;
    labels[row] = -1;
    probabilities[row] = 0;
  }
  let highest = 0;
  for (const death of clusters.death) highest = Math.max(highest, death);
  const persistence = Float64Array.from(order, (old) =>
    highest === 0 || highest === Number.POSITIVE_INFINITY
      ? 1
      : clusters.stability[chosen[old]] / (sizes[old] * highest),
  );
  return { labels, probabilities, persistence, clusterCount: order.length, selectedClusters };
}

/** Labels and probabilities of rows start … end − 1, see `labelRows`. */
function labelPart(
  { parent, lambda }: CondensedTree,
  rows: number,
  start: number,
  end: number,
  { labelOf, factor, addend }: { labelOf: Int32Array; factor: Float64Array; addend: Float64Array },
  labels: Int32Array,
  probabilities: Float64Array,
): void {
  for (let row = start; row < end; row++) {
    const home = parent[row] - rows;
    const own = lambda[row];
    const share = own / (own * factor[home] + addend[home]);
    labels[row] = labelOf[home];
    // NaN where λ and the death are 0, or λ is infinite: the row is then in its cluster to the end.
    probabilities[row] = share <= 1 ? share : labelOf[home] < 0 ? 0 : 1;
  }
}

/** The λ that a row needs to belong to the root as a cluster: what stays to its end does, or what is left at epsilon. */
export const rootMinimum = (clusters: Clusters, { clusterSelectionEpsilon }: CutSettings): number =>
  clusterSelectionEpsilon > 0 ? 1 / clusterSelectionEpsilon : clusters.death[0];

/** Per cluster: place in `chosen` of itself or of the one above it, -1 for none. */
function chosenAbove({ count, parent }: Clusters, chosen: Int32Array): Int32Array {
  const nearest = new Int32Array(count).fill(-1);
  for (const [place, c] of chosen.entries()) nearest[c] = place;
  for (let c = 1; c < count; c++) if (nearest[c] < 0) nearest[c] = nearest[parent[c]];
  return nearest;
}

/**
 * GLOSH (Campello, Moulavi, Zimek and Sander 2015): how much earlier than the densest point of its cluster, or of a
 * cluster below that, a row leaves. 0 to 1; NaN where that point's density is infinite and the row's isn't.
 */
export function outlierScores(tree: CondensedTree, clusters: Clusters, rows: number): Float64Array {
  const deepest = clusters.death.slice();
  for (let c = clusters.count - 1; c > 0; c--) {
    deepest[clusters.parent[c]] = Math.max(deepest[clusters.parent[c]], deepest[c]);
  }
  const scores = new Float64Array(rows);
  inChunks(rows, (start, end) => scorePart(tree, rows, start, end, deepest, scores));
  return scores;
}

function scorePart(
  tree: CondensedTree,
  rows: number,
  start: number,
  end: number,
  deepest: Float64Array,
  scores: Float64Array,
): void {
  for (let row = start; row < end; row++) {
    const top = deepest[tree.parent[row] - rows];
    const lambda = tree.lambda[row];
    scores[row] = top === 0 || lambda === Number.POSITIVE_INFINITY ? 0 : (top - lambda) / top;
  }
}
