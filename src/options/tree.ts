import * as v from 'valibot';
import { option } from './option.js';
import { above, atLeast, flag, integer, oneOf, whole } from './schemas.js';
import { threads } from './shared.js';
import { watchOptions } from './watch.js';

/** How clusters are chosen from the tree. */
export const cutOptions = {
  clusterSelectionMethod: option({
    schema: oneOf('eom', 'leaf'),
    help: 'which clusters of the tree are topics: eom takes the most stable ones, leaf the smallest',
    default: 'eom',
    flag: '--cluster-selection-method <name>',
  }),
  clusterSelectionEpsilon: option({
    schema: atLeast(0),
    help: 'clusters that split at a distance below this stay one',
    default: 0,
    flag: '--cluster-selection-epsilon <d>',
  }),
  maxClusterSize: option({
    schema: whole(0),
    help: 'with eom, the largest size of a cluster; 0 for any',
    default: 0,
    flag: '--max-cluster-size <n>',
  }),
  allowSingleCluster: option({
    schema: flag,
    help: 'allow that all rows are one cluster',
    default: false,
  }),
};

/** What shapes the tree, and so the clusters. */
export const treeShape = {
  minClusterSize: option({
    schema: whole(2),
    help: 'smallest number of rows that is a topic',
    default: 3,
    flag: '--min-cluster-size <n>',
  }),
  minSamples: option({
    schema: whole(1),
    help: 'which nearest other row is the core distance; larger values give fewer, denser topics and more noise',
    fallback: { text: '`minClusterSize`', value: (of) => of('minClusterSize') },
    flag: '--min-samples <n>',
  }),
  alpha: option({
    schema: above(0),
    help: 'number that distances are divided by in mutual reachability',
    default: 1,
    flag: '--alpha <x>',
  }),
};

const noiseRule = 'must be keep, nearest or at-most with a share, such as at-most:5%';

/** `keep`, `nearest`, or a share of the rows: `at-most:5%`, `at-most:0.05`. */
const NOISE = /^(keep|nearest|at-most:(100|\d{1,2}(\.\d+)?)%|at-most:(1|0?\.\d+|0))$/;

export const treeOptions = {
  ...treeShape,
  minClusterSize: option({
    schema: treeShape.minClusterSize.schema,
    help: treeShape.minClusterSize.help,
    unset: 'chosen from the rows: a quarter of the square root of their number, at least 5',
    flag: '--min-cluster-size <n>',
  }),
  minSamples: option({
    schema: treeShape.minSamples.schema,
    help: treeShape.minSamples.help,
    unset:
      '`minClusterSize` where that is given, else chosen from the rows: in the reduced space three sixteenths of the square root of their number up to 2,000 rows, growing to a quarter of it from 6,000 rows on, 3 to 30; in the vectors themselves 3',
    flag: '--min-samples <n>',
  }),
  ...cutOptions,
  clusters: option({
    schema: whole(1),
    help: 'exactly this many topics with every row in one, from the hierarchy that themes come from',
    unset: 'as many as are stable',
    flag: '--clusters <n>',
  }),
  space: option({
    schema: oneOf('auto', 'raw', 'reduced'),
    help: 'where density is looked for: raw in the vectors themselves, for events and near-duplicates; reduced in few dimensions made from them and their neighbours; auto in these too, with sizes from the data and topics that are too large divided',
    default: 'auto',
    flag: '--space <name>',
  }),
  copies: option({
    schema: oneOf('auto', 'once', 'each'),
    help: 'how rows with the same text count in clustering and keywords: once, or each like any other row; auto once where `space` is auto and no option says which clusters of the tree are topics',
    default: 'auto',
    flag: '--copies <rule>',
  }),
  noise: option({
    schema: v.pipe(v.string(noiseRule), v.regex(NOISE, noiseRule)),
    help: 'what the topic of a row without one is: keep leaves it without, nearest gives it the nearest topic, at-most:5% gives the surest of them one until 5 % of the rows are left without',
    unset: 'keep; nearest with `clusters`',
    flag: '--noise <rule>',
  }),
  squared: option({
    schema: flag,
    help: 'cluster on squared distances, as the program that denscape replaces did',
    default: false,
    rule: (of) =>
      of('squared') === true && of('space') === 'reduced'
        ? "can't be used with `space` reduced, where distances are those of the reduced space; leave one of them out"
        : undefined,
  }),
  seed: option({
    schema: integer,
    help: 'random seed; the same seed gives the same result',
    default: 42,
    flag: '--seed <n>',
  }),
  threads,
};

const { minClusterSize, clusters, space, noise } = treeOptions;

/** Options of `groupTopics(fit, …)`: those of the tree that act after it was built. */
export const groupOptions = {
  minClusterSize,
  ...cutOptions,
  clusters,
  space,
  noise,
  threads,
  ...watchOptions,
};
