import type { CutSettings } from './options.js';
import type { Clusters } from './result.js';

const inverse = (lambda: number): number => (lambda > 0 ? 1 / lambda : Number.POSITIVE_INFINITY);

/**
 * Numbers of the chosen clusters, ascending. Parents come before children in every column, so each rule is a pass.
 * `partsMargin`: see `Settings`.
 * Excess of mass: Campello, Moulavi and Sander 2013, section 5; epsilon: Malzer and Baum 2020.
 */
export function selectClusters(clusters: Clusters, options: CutSettings, partsMargin = 1): Int32Array {
  const { clusterSelectionMethod, clusterSelectionEpsilon } = options;
  const isChosen =
    clusterSelectionMethod === 'eom' ? excessOfMass(clusters, options, partsMargin) : leavesOf(clusters);
  keepTopmost(clusters, isChosen);
  if (clusterSelectionEpsilon > 0 && clusters.count > 1) {
    mergeBelowEpsilon(clusters, isChosen, clusterSelectionEpsilon, options.allowSingleCluster);
    keepTopmost(clusters, isChosen);
  }
  return Int32Array.from(listSet(isChosen));
}

function* listSet(flags: Uint8Array): Generator<number> {
  for (let c = 0; c < flags.length; c++) if (flags[c]) yield c;
}

/**
 * A cluster is chosen if its stability is at least that of the best choice below it; the choice below is then off. With a margin
 * m the best choice below must be more than m times as stable.
 */
function excessOfMass(clusters: Clusters, options: CutSettings, partsMargin: number): Uint8Array {
  const { count, size } = clusters;
  const isChosen = new Uint8Array(count);
  const stability = clusters.stability.slice();
  const below = sumOfChildren(clusters);
  const lowest = options.allowSingleCluster ? 0 : 1;
  for (let c = count - 1; c >= lowest; c--) {
    const children = below.sum(c, stability);
    if (
      children > partsMargin * stability[c] ||
      (options.maxClusterSize > 0 && size[c] > options.maxClusterSize)
    ) {
      stability[c] = children;
    } else isChosen[c] = 1;
  }
  return isChosen;
}

/** Sums over children in ascending order of value, so that the last bit doesn't depend on how clusters are numbered. */
function sumOfChildren({ count, parent }: Clusters): { sum(c: number, values: Float64Array): number } {
  const start = new Int32Array(count + 1);
  for (let c = 1; c < count; c++) start[parent[c] + 1]++;
  for (let c = 0; c < count; c++) start[c + 1] += start[c];
  const children = new Int32Array(Math.max(0, count - 1));
  const next = start.slice();
  for (let c = 1; c < count; c++) children[next[parent[c]]++] = c;
  return {
    sum(c, values) {
      const [begin, end] = [start[c], start[c + 1]];
      if (end - begin > 2) children.subarray(begin, end).sort((a, b) => values[a] - values[b]);
      let sum = 0;
      for (let at = begin; at < end; at++) sum += values[children[at]];
      return sum;
    },
  };
}

function leavesOf({ count, parent }: Clusters): Uint8Array {
  const isLeaf = new Uint8Array(count).fill(1);
  for (let c = 1; c < count; c++) isLeaf[parent[c]] = 0;
  return isLeaf;
}

/** A chosen cluster born below epsilon is replaced by the first one above it that was born at a larger distance. */
function mergeBelowEpsilon(
  { count, parent, birth }: Clusters,
  isChosen: Uint8Array,
  epsilon: number,
  allowSingleCluster: boolean,
): void {
  // stand[c]: what stands for c if c itself is too fine. Parents first, so it is one step up.
  const stand = new Int32Array(count);
  for (let c = 1; c < count; c++) {
    const above = parent[c];
    if (above === 0) stand[c] = allowSingleCluster ? 0 : c;
    else stand[c] = inverse(birth[above]) > epsilon ? above : stand[above];
  }
  for (const c of [...listSet(isChosen)]) {
    if (inverse(birth[c]) >= epsilon) continue;
    isChosen[c] = 0;
    isChosen[stand[c]] = 1;
  }
}

/** What lies inside a chosen cluster isn't chosen. */
function keepTopmost({ count, parent }: Clusters, isChosen: Uint8Array): void {
  const isInside = new Uint8Array(count);
  for (let c = 1; c < count; c++) {
    isInside[c] = isInside[parent[c]] || isChosen[parent[c]] ? 1 : 0;
    if (isInside[c]) isChosen[c] = 0;
  }
}
