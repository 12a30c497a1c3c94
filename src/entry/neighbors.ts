// `denscape/neighbors`: exact nearest neighbours, in Node and in browsers.
import { checkPoints, findNeighbors, type Neighbors } from '../neighbors/neighbors.js';
import { openSearcher as open } from '../neighbors/open.js';
import type { Searcher } from '../neighbors/searcher.js';
import { neighborsLibraryOptions, searcherLibraryOptions } from '../options/neighbors.js';
import type { OptionsOf } from '../options/option.js';
import { resolveOptions } from '../options/resolve.js';
import type { Matrix } from '../shapes.js';

export type { Neighbors } from '../neighbors/neighbors.js';
export type { ForeignEdges, ForeignWatch, Searcher } from '../neighbors/searcher.js';
export type { OnProgress, Progress, Stage, Watch } from '../progress.js';
export type { Matrix, NeighborGraph } from '../shapes.js';
export * from './errors.js';

/** Each option is described in docs/options.md. */
export type NeighborsOptions = OptionsOf<typeof neighborsLibraryOptions>;
/** Each option is described in docs/options.md. */
export type SearcherOptions = OptionsOf<typeof searcherLibraryOptions>;

/**
 * The nearest other rows of every row by euclidean distance, sorted by (distance, index); the input of `layout` and of
 * `hdbscan`. The result is exact, to the last row and on any number of threads, unless `exact` says otherwise.
 * @param points rows × cols finite numbers; rows of unit length give the order of cosine similarity
 * @param options each is described in docs/options.md
 * @returns rows × neighbors indices (−1 where there are fewer rows) and euclidean distances, and which engine found them
 * @throws UserError for data that does not fit its shape or isn't finite, and for an invalid option
 * @throws FailureError for an engine that isn't installed, or too little memory
 * @throws the reason of `options.signal` when aborted
 * @example
 * const graph = await neighbors({ data, rows, cols }, { neighbors: 15 });
 */
export async function neighbors(points: Matrix, options: NeighborsOptions = {}): Promise<Neighbors> {
  const { neighbors: k, ...search } = resolveOptions(neighborsLibraryOptions, options);
  return findNeighbors(points, k, search);
}

/**
 * A search over points that stays open for several calls, until its `close()`. As the option `scanner` of
 * `hdbscan(graph, …)` it finds the edges that a graph of its neighbours lacks, so that the result is proven to be that of
 * all pairs.
 * @param points rows × cols finite numbers, which must not change while the search is open
 * @param options each is described in docs/options.md
 * @returns the search; its calls must not overlap
 * @throws UserError as `neighbors` does
 * @throws FailureError for an engine that isn't installed, or too little memory
 * @example
 * const searcher = await openSearcher(points);
 * const graph = await searcher.search(30);
 * const fit = await hdbscan(graph, { points, scanner: searcher });
 * searcher.close();
 */
export async function openSearcher(points: Matrix, options: SearcherOptions = {}): Promise<Searcher> {
  const settings = resolveOptions(searcherLibraryOptions, options);
  checkPoints(points);
  return open(points, settings);
}
