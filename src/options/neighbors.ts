import * as v from 'valibot';
import type { NeighborGraph } from '../shapes.js';
import { option } from './option.js';
import { above, flag, oneOf, text, whole } from './schemas.js';
import { threads } from './shared.js';
import { watchOptions } from './watch.js';

const AUTO_NEIGHBORS = 50;
const auto = v.pipe(
  v.literal('auto'),
  v.transform(() => AUTO_NEIGHBORS),
);

const allowances = {
  approximate: option({
    schema: flag,
    help: 'allow an approximate search of neighbours where it is faster; nothing is proven then, and the share of true neighbours that was found is measured',
    default: false,
  }),
  maxSearchSeconds: option({
    schema: above(0),
    help: 'estimated seconds of an exact search of neighbours above which a run is refused at its start',
    default: 300,
    flag: '--max-search-seconds <s>',
  }),
};

export const neighborsOptions = {
  neighbors: option({
    schema: v.union([whole(1), auto], 'must be a whole number of at least 1'),
    help: `nearest neighbours searched for every row, or auto, which is ${AUTO_NEIGHBORS}; it changes the time, not the clusters`,
    default: AUTO_NEIGHBORS,
    flag: '--neighbors <k>',
  }),
  graph: option({
    schema: v.custom<NeighborGraph>(
      (value) => typeof value === 'object' && value !== null && 'indices' in value && 'distances' in value,
      'must be { indices, distances, rows, neighbors }',
    ),
    help: 'nearest neighbours that you have already, of all rows of the input; nothing is embedded or searched then',
    unset: 'neighbours are searched',
    flag: false,
    rule: (of) =>
      of('graph') !== undefined && (of('vectors') !== undefined || of('store.uri') !== undefined)
        ? "can't be used with `vectors` or `store.uri`, from which neighbours would be searched; leave one of them out"
        : undefined,
  }),
  ...allowances,
  maxMemory: option({
    schema: above(0),
    help: 'GB of memory that a run may take; one that is estimated to need more is refused before its long stages',
    unset: 'what is free',
    flag: '--max-memory <GB>',
    reported: false,
  }),
  threads,
};

const engine = option({
  schema: oneOf('auto', 'wasm', 'kdtree', 'onnx', 'cells', 'usearch'),
  help: 'program that searches neighbours; auto chooses an exact one by rows, dimensions and what is installed',
  default: 'auto',
});

/** Which engine searches, and what it may be. */
export const engineOptions = { engine, ...allowances };

export const searchDevice = option({
  schema: text,
  help: 'where the engine onnx runs: cpu, cuda, webgpu, dml or coreml, cuda:1 for a certain card, or auto, which takes a card that is faster than the CPU on a sample',
  default: 'cpu',
});

/** Options of `neighbors(points, …)`. */
export const neighborsLibraryOptions = {
  neighbors: option({ schema: whole(1), help: 'nearest other rows listed for every row', default: 15 }),
  ...engineOptions,
  threads,
  device: searchDevice,
  ...watchOptions,
};

/** Options of `openSearcher(points, …)`. */
export const searcherLibraryOptions = {
  ...neighborsLibraryOptions,
  neighbors: option({
    schema: whole(1),
    help: 'the number of neighbours that will be searched, from which the time of an engine is estimated',
    default: 15,
  }),
};
