import { UserError } from '../errors.js';
import { graphOptions, pointOptions, recutOptions } from '../options/hdbscan.js';
import type { OptionsOf, SettingsOf } from '../options/option.js';
import { resolveOptions } from '../options/resolve.js';
import type { cutOptions } from '../options/tree.js';

/** How clusters are chosen from the tree. */
export type CutOptions = OptionsOf<typeof cutOptions>;
export type CutSettings = SettingsOf<typeof cutOptions>;

/** Options of `hdbscan(points, …)`; each is described in docs/options.md. */
export type PointOptions = OptionsOf<typeof pointOptions>;
export type PointSettings = SettingsOf<typeof pointOptions>;

/** Options of `hdbscan(graph, …)`; each is described in docs/options.md. */
export type GraphOptions = OptionsOf<typeof graphOptions>;
export type GraphSettings = SettingsOf<typeof graphOptions>;

/** Options that points and graphs share. */
export type HdbscanOptions = Pick<PointOptions, keyof PointOptions & keyof GraphOptions>;

/** Options of `recut(fit, …)`; each is described in docs/options.md. */
export type RecutOptions = OptionsOf<typeof recutOptions>;

/** The options that decided a fit. */
export interface Settings extends CutSettings {
  /** Smallest number of rows of a cluster. */
  readonly minClusterSize: number;
  /** Which nearest other row is the core distance. */
  readonly minSamples: number;
  /** Divides distances in mutual reachability. */
  readonly alpha: number;
  /** Of points; a graph's distances count as euclidean. */
  readonly metric: 'euclidean' | 'cosine';
  /**
   * Of a cut that `cluster()` made: excess of mass takes the parts of a cluster only where they are more than this many times as
   * stable as it. Missing where it is 1, which is excess of mass as published.
   */
  readonly partsMargin?: number;
}

export function resolvePointOptions(options: PointOptions): PointSettings {
  refuseForeign(options, graphOptions, pointOptions, 'points', 'a neighbour graph');
  return resolveOptions(pointOptions, options);
}

export function resolveGraphOptions(options: GraphOptions): GraphSettings {
  refuseForeign(options, pointOptions, graphOptions, 'a neighbour graph', 'points');
  return resolveOptions(graphOptions, options);
}

/** An option that would do nothing is refused, since the caller expects something of it. */
function refuseForeign(options: object, foreign: object, own: object, given: string, meant: string): void {
  for (const name of Object.keys(Object(options))) {
    if (!(name in foreign) || name in own) continue;
    throw new UserError(`${name} is an option for ${meant}, and hdbscan was given ${given}; leave it out`, {
      code: 'OPTION_UNKNOWN',
      option: name,
    });
  }
}

/** What of a fit is kept with it. */
export const settingsOfFit = (settings: Omit<Settings, 'metric'>, metric: Settings['metric']): Settings => ({
  minClusterSize: settings.minClusterSize,
  minSamples: settings.minSamples,
  alpha: settings.alpha,
  metric,
  clusterSelectionMethod: settings.clusterSelectionMethod,
  clusterSelectionEpsilon: settings.clusterSelectionEpsilon,
  maxClusterSize: settings.maxClusterSize,
  allowSingleCluster: settings.allowSingleCluster,
});

/** The options of a new cut; what is left out stays as `fitted`. */
export function resolveRecut(
  options: RecutOptions,
  fitted: Settings,
): { cut: CutSettings; minClusterSize: number; clusters?: number; isMethodGiven: boolean } {
  const given = resolveOptions(recutOptions, options);
  return {
    cut: {
      clusterSelectionMethod: given.clusterSelectionMethod ?? fitted.clusterSelectionMethod,
      clusterSelectionEpsilon:
        given.clusterSelectionEpsilon ?? given.epsilon ?? fitted.clusterSelectionEpsilon,
      maxClusterSize: given.maxClusterSize ?? fitted.maxClusterSize,
      allowSingleCluster: given.allowSingleCluster ?? fitted.allowSingleCluster,
    },
    minClusterSize: given.minClusterSize ?? fitted.minClusterSize,
    clusters: given.clusters,
    isMethodGiven: given.clusterSelectionMethod !== undefined,
  };
}
