// `denscape/neighbors`: exact nearest neighbours, in Node and in browsers.
import { findNeighbors, type Neighbors } from '../neighbors/neighbors.js';
import { neighborsLibraryOptions } from '../options/neighbors.js';
import type { OptionsOf } from '../options/option.js';
import { resolveOptions } from '../options/resolve.js';
import type { Matrix } from '../shapes.js';

export type { Neighbors } from '../neighbors/neighbors.js';
export type { OnProgress, Progress, Stage, Watch } from '../progress.js';
export type { Matrix, NeighborGraph } from '../shapes.js';
export * from './errors.js';

/** Each option is described in docs/options.md. */
export type NeighborsOptions = OptionsOf<typeof neighborsLibraryOptions>;

/**
 * The nearest other rows of every row by euclidean distance, sorted by (distance, index); the input of `layout` and of
 * `hdbscan`. The result is exact, to the last row and on any number of threads, unless `exact` says otherwise.
 * @param points rows × cols finite numbers; rows of unit length give the order of cosine similarity.
 * @returns rows × neighbors indices (−1 where there are fewer rows) and distances.
 * @throws UserError for data that does not fit its shape or isn't finite, and for an invalid option
 * @example
 * const graph = await neighbors({ data, rows, cols }, { neighbors: 15 });
 */
export async function neighbors(points: Matrix, options: NeighborsOptions = {}): Promise<Neighbors> {
  const { neighbors: k, ...search } = resolveOptions(neighborsLibraryOptions, options);
  return findNeighbors(points, k, search);
}
