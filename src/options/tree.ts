import { option } from './option.js';
import { above, atLeast, flag, integer, oneOf, whole } from './schemas.js';
import { threads } from './shared.js';

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

export const treeOptions = {
  ...treeShape,
  ...cutOptions,
  clusters: option({
    schema: whole(1),
    help: 'exactly this many topics, from the same tree',
    unset: 'as many as are stable',
    flag: '--clusters <n>',
  }),
  space: option({
    schema: oneOf('raw', 'reduced'),
    help: 'raw clusters the vectors themselves; reduced brings them to five dimensions first, which puts more rows into topics and is less faithful',
    default: 'raw',
    flag: '--space <name>',
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
