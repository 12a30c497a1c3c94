import * as v from 'valibot';
import type { Scanner } from '../hdbscan/scan.js';
import type { NeighborGraph } from '../shapes.js';
import { engineOptions, searchDevice } from './neighbors.js';
import { option } from './option.js';
import { between, flag, matrixSchema, oneOf, whole } from './schemas.js';
import { threads } from './shared.js';
import { cutOptions, treeShape } from './tree.js';
import { watchOptions } from './watch.js';

const shared = {
  ...treeShape,
  minClusterSize: option({ ...treeShape.minClusterSize, default: 5 }),
  ...cutOptions,
  mst: option({
    schema: oneOf('auto', 'boruvka', 'prim'),
    help: 'way to the spanning tree: all give the same result; auto is boruvka, prim takes more time and memory',
    default: 'auto',
  }),
  threads,
  ...watchOptions,
};

/** Options of `hdbscan(points, …)`. */
export const pointOptions = {
  ...shared,
  metric: option({
    schema: oneOf('euclidean', 'cosine'),
    help: 'distance; cosine is the euclidean distance of rows scaled to unit length',
    default: 'euclidean',
  }),
  neighbors: option({
    schema: whole(1),
    help: 'neighbours listed per row; with an exact engine it changes the time, never the result',
    unset: 'a few more than `minSamples`, up to 96 with many rows and dimensions',
  }),
  ...engineOptions,
  device: searchDevice,
};

/** Options of `hdbscan(graph, …)`. */
export const graphOptions = {
  ...shared,
  widen: option({
    schema: v.custom<(rows: Int32Array, neighbors: number) => NeighborGraph | Promise<NeighborGraph>>(
      (value) => typeof value === 'function',
      'must be a function (rows, neighbors) => graph',
    ),
    help: 'lists the given number of nearest others of some rows, row i of its result for rows[i]; with it the result can be certified',
    unset: 'none',
  }),
  scanner: option({
    schema: v.custom<Scanner>(
      (value) => typeof value === 'object' && value !== null,
      'must be the searcher that made the graph',
    ),
    help: 'the searcher that made the graph: does what `widen` does, faster',
    unset: 'none',
  }),
  points: option({
    schema: matrixSchema,
    help: 'the points that the graph was made from: weights are then float64, and predict, membership and validity work on the fit',
    unset: 'none',
  }),
  approximate: option({
    schema: flag,
    help: 'the neighbours come from an approximate index, so nothing can be certified',
    default: false,
  }),
};

const asFitted = <O extends { schema: v.GenericSchema; help: string }>({ schema, help }: O) =>
  option({ schema: schema as O['schema'], help, unset: 'as fitted' });

/** Options of `recut(fit, …)`. */
export const recutOptions = {
  clusterSelectionMethod: asFitted(cutOptions.clusterSelectionMethod),
  clusterSelectionEpsilon: asFitted(cutOptions.clusterSelectionEpsilon),
  epsilon: option({
    schema: cutOptions.clusterSelectionEpsilon.schema,
    help: 'short for `clusterSelectionEpsilon`',
    unset: 'as fitted',
    rule: (of) =>
      of('epsilon') !== undefined && of('clusterSelectionEpsilon') !== undefined
        ? 'is short for `clusterSelectionEpsilon`; leave one of them out'
        : undefined,
  }),
  maxClusterSize: asFitted(cutOptions.maxClusterSize),
  allowSingleCluster: asFitted(cutOptions.allowSingleCluster),
  minClusterSize: asFitted(treeShape.minClusterSize),
  clusters: option({
    schema: whole(1),
    help: 'exactly this many clusters of the tree, not of the hierarchy that `clusters` of `cluster` cuts, and rows that are noise stay noise: the splits at the smallest distances are undone first, from the fitted choice, or from the smallest clusters where that has too few',
    unset: 'as many as the other options give',
  }),
};

/** Options of `layers(fit, …)`. */
export const layerOptions = {
  maxLayers: option({ schema: whole(1), help: 'largest number of layers', default: 10 }),
  similarity: option({
    schema: between(0, 1),
    help: 'two layers with more than this share of clusters in common are one',
    default: 0.2,
  }),
};
