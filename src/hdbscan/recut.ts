import { UserError } from '../errors.js';
import { insertCondensed, withoutInvalid } from './invalid-rows.js';
import { withKernelAtOnce } from './kernel.js';
import { labelRows, outlierScores } from './labels.js';
import { type Condensed, condenseLinkage } from './linkage.js';
import { type CutSettings, type RecutOptions, resolveRecut } from './options.js';
import { runAtOnce } from './pace.js';
import type { Clusters, Hdbscan } from './result.js';
import { selectClusters } from './selection.js';

/**
 * Other clusters from the same tree, without starting over: a few passes over rows, and over the single linkage when
 * minClusterSize changes. Options left out stay as fitted; `fit` itself is not changed.
 *
 * @param fit a result of `hdbscan`
 * @param options see docs/options.md; those left out stay as fitted
 * @returns a new result that shares the trees of `fit` where they don't change
 * @throws UserError for an invalid option, and for a number of clusters that the tree has no cut for
 * @example
 * const coarse = recut(fit, { clusters: 12 });
 */
export function recut(fit: Hdbscan, options: RecutOptions = {}): Hdbscan {
  return recutWeighed(fit, options);
}

/** How excess of mass compares a cluster with its parts. */
export interface Weighing {
  /** A factor for the stability of each cluster of a condensed tree, the root first. */
  factors?: (tree: Pick<Hdbscan, 'condensedTree' | 'clusters'>) => Float64Array;
  /** See `Settings`; left out, that of the fit. */
  partsMargin?: number;
}

/** As `recut`, but stabilities are compared as `weighing` says. What the result says of its clusters is without it. */
export function recutWeighed(
  fit: Hdbscan,
  options: RecutOptions,
  { factors, partsMargin = fit.settings.partsMargin ?? 1 }: Weighing = {},
): Hdbscan {
  const { cut, minClusterSize, clusters: wanted, isMethodGiven } = resolveRecut(options, fit.settings);
  const rows = fit.labels.length;
  const condensed =
    minClusterSize === fit.settings.minClusterSize ? undefined : condenseAgain(fit, minClusterSize);
  const whole: Hdbscan = {
    ...fit,
    ...condensed,
    settings: {
      ...fit.settings,
      ...cut,
      minClusterSize,
      partsMargin: partsMargin === 1 ? undefined : partsMargin,
    },
  };
  if (whole.condensedTree.child.length === 0) {
    if (wanted !== undefined)
      throw new UserError(
        `clusters must be a number that the tree has a cut for; got ${wanted}, and ${rows} rows have no cluster`,
        { code: 'OPTION_INVALID', option: 'clusters' },
      );
    return whole;
  }
  const { clusters } = whole;
  const factor = factors?.(whole);
  const weighed = factor
    ? { ...clusters, stability: clusters.stability.map((stability, c) => stability * factor[c]) }
    : clusters;
  const chosen =
    wanted === undefined
      ? { clusters: selectClusters(weighed, cut, partsMargin), options: cut }
      : chooseMany(weighed, cut, wanted, isMethodGiven);
  Object.assign(whole.settings, chosen.options);
  return {
    ...whole,
    ...labelRows(whole.condensedTree, clusters, rows, chosen.clusters, chosen.options, isInvalid(fit)),
  };
}

const isInvalid = (fit: Hdbscan) => (row: number) => Number.isNaN(fit.coreDistances[row]);

function condenseAgain(fit: Hdbscan, minClusterSize: number): Partial<Hdbscan> {
  const rows = fit.labels.length;
  const { linkage, validRows } = withoutInvalid(fit);
  if (validRows.length < 2) return {};
  const { condensed, clusters }: Condensed = withKernelAtOnce((kernel) =>
    runAtOnce(condenseLinkage(kernel, linkage, validRows.length, minClusterSize)),
  );
  const scores = outlierScores(condensed, clusters, validRows.length);
  if (validRows.length === rows) return { condensedTree: condensed, clusters, outlierScores: scores };
  return insertCondensed(condensed, clusters, scores, validRows, rows);
}

interface Choice {
  clusters: Int32Array;
  options: CutSettings;
}

/** Larger epsilon never gives more clusters, so the right one is found by halving the range of those that matter. */
function chooseMany(
  clusters: Clusters,
  options: CutSettings,
  wanted: number,
  isMethodFixed: boolean,
): Choice {
  const methods = isMethodFixed ? [options.clusterSelectionMethod] : (['eom', 'leaf'] as const);
  const births = Array.from(clusters.birth.subarray(1), (lambda) => 1 / lambda);
  const distances = [...new Set(births)].filter(Number.isFinite).sort((a, b) => a - b);
  // Between two births every epsilon gives the same cut; 0 stands for none at all.
  const epsilons = [
    0,
    ...distances.map((distance, at) => (distance + (distances[at + 1] ?? distance * 1.001)) / 2),
  ];
  const nearest = new Set<number>();
  for (const clusterSelectionMethod of methods) {
    const at = (place: number): Choice => {
      const tried = { ...options, clusterSelectionMethod, clusterSelectionEpsilon: epsilons[place] };
      return { clusters: selectClusters(clusters, tried), options: tried };
    };
    let low = 0;
    let high = epsilons.length - 1;
    // The first epsilon that gives at most `wanted`.
    while (low < high) {
      const middle = (low + high) >> 1;
      if (at(middle).clusters.length <= wanted) high = middle;
      else low = middle + 1;
    }
    const choice = at(low);
    if (
      choice.clusters.length === wanted &&
      !(wanted === 1 && choice.clusters[0] === 0 && !options.allowSingleCluster)
    ) {
      return choice;
    }
    nearest.add(choice.clusters.length);
    if (low > 0) nearest.add(at(low - 1).clusters.length);
  }
  const below = Math.max(...[...nearest].filter((count) => count < wanted));
  const above = Math.min(...[...nearest].filter((count) => count > wanted));
  const offered = [below, above].filter((count) => Number.isFinite(count) && count > 0).join(' and ');
  throw new UserError(`clusters: this tree has no cut with ${wanted}; the nearest are ${offered}`, {
    code: 'OPTION_INVALID',
    option: 'clusters',
  });
}
