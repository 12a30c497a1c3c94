import type { Exactness, GraphOptions } from '../hdbscan/index.js';
import { openSearcher } from '../neighbors/open.js';
import type { Settings } from '../options/table.js';
import type { Watch } from '../progress.js';
import type { NeighborGraph } from '../shapes.js';
import type { KeptStages } from '../stages/kept.js';
import { searchDevices } from './search-devices.js';
import type { Space } from './vectors.js';

/** The way to the neighbours of a space's rows: a search here, a server's, or a graph that the caller has. */
export interface Search {
  /** Program that searches: the name of an engine, `milvus` or `given`. */
  readonly engine: string;
  /** Whether lists may lack some true neighbours. */
  readonly isApproximate: boolean;
  /** The nearest others of every row; a given graph has as many as it has. */
  neighbors(count: number): Promise<NeighborGraph>;
  /** The nearest others of some rows, row i for `rows[i]`; undefined where no longer lists can be had. */
  widen?: (rows: Int32Array, count: number) => Promise<NeighborGraph>;
  /** With these options `hdbscan(graph, …)` proves its result equal to that of all pairs, where that is possible. */
  readonly proof: Pick<GraphOptions, 'points' | 'scanner' | 'widen' | 'approximate'>;
  /** Measures which share of the true neighbours a graph holds, on a sample; undefined where it can't or needn't be. */
  recall?: (graph: NeighborGraph) => Promise<Pick<Exactness, 'recall' | 'recallInterval'>>;
  close(): void;
}

/** How neighbours are searched; `device` is that of the embedding, which searches too. Without one the processor does. */
export type SearchSettings = Pick<Settings['neighbors'], 'threads' | 'approximate' | 'maxSearchSeconds'> & {
  device?: Settings['embed']['device'];
};

/** Opens the search of a space. Its calls must not overlap. */
export async function openSearch(
  space: Space,
  { threads, approximate, maxSearchSeconds, device = 'cpu' }: SearchSettings,
  watch: Watch,
): Promise<Search> {
  const { graph, vectors, search, rows } = space;
  if (graph) {
    const proof = { approximate: false };
    return { engine: 'given', isApproximate: false, neighbors: async () => graph, proof, close() {} };
  }
  const recall = search?.recall;
  if (vectors) {
    // A server's lists need no index of ours: the searcher then only looks up single rows.
    const allowance = search ? {} : { approximate, maxSearchSeconds };
    const devices = search ? undefined : searchDevices(device, space.provider);
    const searcher = await openSearcher(vectors, { threads, ...allowance, devices, ...watch });
    const engine = searcher.device ? `${searcher.engine} on ${searcher.device}` : searcher.engine;
    const isApproximate = !searcher.exact || recall !== undefined;
    return {
      engine: search ? 'milvus' : engine,
      isApproximate,
      neighbors: (count) => search?.neighbors(count, watch) ?? searcher.search(count, watch),
      widen: (some, count) => searcher.widen(some, count, watch),
      proof: {
        points: rows > 0 ? vectors : undefined, // no rows, no dimensions
        scanner: searcher,
        approximate: isApproximate,
      },
      recall: recall
        ? async (found) => ({ recall: await recall(found, watch) })
        : searcher.exact
          ? undefined
          : async () => ({ recall: searcher.recall, recallInterval: searcher.recallInterval }),
      close: () => searcher.close(),
    };
  }
  if (!search) throw new Error('a space needs vectors, a graph, or a server that searches');
  const isApproximate = recall !== undefined;
  const widen = (some: Int32Array, count: number) => search.neighbors(count, watch, some);
  return {
    engine: 'milvus',
    isApproximate,
    neighbors: (count) => search.neighbors(count, watch),
    widen,
    proof: { approximate: isApproximate, widen: isApproximate ? undefined : widen },
    recall: recall && (async (found) => ({ recall: await recall(found, watch) })),
    close() {},
  };
}

/** Neighbours of every row, with the search that widens them. */
export interface Searched {
  search: Search;
  graph: NeighborGraph;
}

/**
 * Opens the search of a space and searches `count` neighbours of every row, or takes those of an earlier run that did not end,
 * with what that run found out about them.
 */
export async function searchKept(
  space: Space,
  count: number,
  settings: SearchSettings,
  stages: KeptStages,
  watch: Watch,
): Promise<Searched> {
  const opened = await openSearch(space, settings, watch);
  try {
    const { approximate } = settings;
    const found = await stages.of('neighbors', { count, approximate }, async () => {
      const graph = await opened.neighbors(count);
      const recall = await opened.recall?.(graph);
      return { graph, recall, engine: opened.engine, isApproximate: opened.isApproximate };
    });
    const { graph, recall, engine, isApproximate } = found;
    const search: Search = {
      ...opened,
      engine,
      isApproximate,
      proof: { ...opened.proof, approximate: isApproximate },
      recall: recall && (async () => recall),
    };
    return { search, graph };
  } catch (error) {
    opened.close();
    throw error;
  }
}
