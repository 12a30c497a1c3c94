import { lowerBound } from '../lower-bound.js';
import { layerOptions } from '../options/hdbscan.js';
import type { OptionsOf } from '../options/option.js';
import { resolveOptions } from '../options/resolve.js';
import { countHomes, labelRows } from './labels.js';
import type { Clusters, Cut, Hdbscan } from './result.js';

export interface Layer extends Cut {
  /** The smallest minClusterSize that gives these clusters as leaves. */
  minClusterSize: number;
  /** Sum of the layer's clusters' lifetimes in minClusterSize. */
  totalPersistence: number;
}

/** Each option is described in docs/options.md. */
export type LayerOptions = OptionsOf<typeof layerOptions>;

/**
 * The persistent resolutions of a tree (PLSCAN: Bot, McInnes and Healy 2025, with size persistence): as minClusterSize
 * grows, leaves vanish and their parents become leaves; a layer is the set of leaves where the sum of lifetimes has a
 * peak. The finest is always there: the leaves at the fitted minClusterSize.
 *
 * @param fit a result of `hdbscan`
 * @param options see docs/options.md
 * @returns the layers, finest first
 * @throws UserError for an invalid option
 * @example
 * for (const { clusterCount, labels } of layers(fit)) console.log(clusterCount, labels);
 */
export function layers(fit: Hdbscan, options: LayerOptions = {}): Layer[] {
  const { maxLayers, similarity } = resolveOptions(layerOptions, options);
  const rows = fit.labels.length;
  if (fit.clusters.count === 0) return [];
  const bars = lifetimes(fit.clusters, fit.settings.minClusterSize - 1);
  const { sizes, persistence } = trace(bars);
  const peaks = findPeaks(persistence).sort((a, b) => persistence[b] - persistence[a] || a - b);
  const chosen = [0];
  for (const peak of peaks) {
    if (chosen.length >= maxLayers) break;
    const isNew = chosen.slice(1).every((other) => overlap(bars, sizes[peak], sizes[other]) <= similarity);
    if (isNew && peak !== 0) chosen.push(peak);
  }
  const cut = { ...fit.settings, clusterSelectionEpsilon: 0, allowSingleCluster: false };
  const homes = countHomes(fit.condensedTree, fit.clusters, rows);
  return chosen
    .sort((a, b) => a - b)
    .map((place) => ({
      ...labelRows(
        fit.condensedTree,
        fit.clusters,
        rows,
        leavesAt(bars, sizes[place]),
        cut,
        undefined,
        homes,
      ),
      minClusterSize: sizes[place] + 1,
      totalPersistence: persistence[place],
    }));
}

/** Cluster c is a leaf while birth[c] < minClusterSize ≤ death[c]. */
interface Lifetimes {
  birth: Int32Array;
  death: Int32Array;
}

/**
 * Of several children the smallest vanish one by one; the last two end together, and so the parent begins. With two
 * children, as PLSCAN has it, both end with the smaller one.
 */
function lifetimes({ count, parent, size }: Clusters, start: number): Lifetimes {
  const birth = new Int32Array(count).fill(start);
  const death = size.slice();
  const largest = new Int32Array(count);
  const second = new Int32Array(count);
  for (let c = 1; c < count; c++) {
    const above = parent[c];
    if (size[c] > largest[above]) {
      second[above] = largest[above];
      largest[above] = size[c];
    } else second[above] = Math.max(second[above], size[c]);
  }
  for (let c = count - 1; c > 0; c--) {
    death[c] = Math.min(size[c], second[parent[c]]);
    birth[parent[c]] = Math.max(birth[parent[c]], birth[c], second[parent[c]]);
  }
  return { birth, death };
}

/** The sum of lifetimes of the leaves after each size at which leaves change; the root is no
 * cluster, but where it would begin, all others have ended. */
function trace({ birth, death }: Lifetimes): { sizes: Int32Array; persistence: Float64Array } {
  const sizes = Int32Array.from(new Set(birth)).sort();
  const change = new Float64Array(sizes.length + 1);
  const place = (size: number): number => lowerBound(sizes, size);
  for (let c = 1; c < birth.length; c++) {
    if (death[c] <= birth[c]) continue;
    change[place(birth[c])] += death[c] - birth[c];
    change[place(death[c])] -= death[c] - birth[c];
  }
  const persistence = new Float64Array(sizes.length);
  for (let at = 0, sum = 0; at < sizes.length; at++) {
    sum += change[at];
    persistence[at] = sum;
  }
  return { sizes, persistence };
}

/** Places higher than both sides; of a flat top, its middle. */
function findPeaks(values: Float64Array): number[] {
  const peaks: number[] = [];
  for (let at = 1; at < values.length - 1; at++) {
    if (values[at] <= values[at - 1]) continue;
    let ahead = at + 1;
    while (ahead < values.length - 1 && values[ahead] === values[at]) ahead++;
    if (values[ahead] < values[at]) peaks.push((at + ahead - 1) >> 1);
    at = ahead - 1;
  }
  return peaks;
}

function leavesAt({ birth, death }: Lifetimes, size: number): Int32Array {
  const leaves: number[] = [];
  for (let c = 1; c < birth.length; c++) if (birth[c] <= size && death[c] > size) leaves.push(c);
  return Int32Array.from(leaves);
}

/** Jaccard's share of common leaves. */
function overlap(bars: Lifetimes, a: number, b: number): number {
  const left = new Set(leavesAt(bars, a));
  const right = leavesAt(bars, b);
  const common = right.filter((c) => left.has(c)).length;
  return common / Math.max(1, left.size + right.length - common);
}
