import { percent } from '../counted.js';
import { type EmbeddedModel, type Model, openModel } from '../embed/index.js';
import { UserError } from '../errors.js';
import { refuseLongSearch } from '../neighbors/open.js';
import type { Settings } from '../options/table.js';
import type { Watch } from '../progress.js';
import { type Matrix, type NeighborGraph, pickRows } from '../shapes.js';
import type { Store } from '../store/index.js';
import { type Ahead, ahead } from './ahead.js';
import { loadOf, memoryLimit, stateMemory } from './memory.js';
import { searchDevices } from './search-devices.js';

/** What made vectors; the fingerprint changes whenever a vector could. */
export interface UsedModel extends EmbeddedModel {
  fingerprint: string;
}

/** A server that searches neighbours among rows of a space. */
interface ServerSearch {
  /** The nearest others of every row, or of some. */
  neighbors(count: number, watch: Watch, rows?: Int32Array): Promise<NeighborGraph>;
  /** Measures the recall of the server's index; undefined if it is exact. */
  recall?(graph: NeighborGraph, watch: Watch): Promise<number>;
}

/** Where neighbours of texts are found: vectors in memory, a server that searches, or a given graph. */
export interface Space {
  rows: number;
  /** Unit rows; undefined where a server searches and they don't fit into this process. */
  vectors?: Matrix;
  /** Neighbours that the caller had. */
  graph?: NeighborGraph;
  /** Opens the search of a server among some of the rows, in their order; undefined where neighbours are searched here. */
  server?: (rows: Int32Array) => ServerSearch;
  /** The search of a server among these rows. */
  search?: ServerSearch;
  /** What made the vectors; undefined where they were in a collection before. */
  model?: UsedModel;
  provider?: string;
  /** What made the vectors, for people; undefined where that isn't known: given vectors, and those of a collection. */
  engines?: string[];
  /** Threads that embedded; undefined where none did, or a graphics card. */
  threads?: number;
  /** Where they lie: `memory`, or the server's address without its token. */
  place: string;
  /** Texts that lost their end, and those that have the mean of their pieces, since the model reads less. */
  truncated: number;
  averaged: number;
  /** Ids in the store, in row order. */
  ids?: string[];
  /** Searches the few rows nearest to each row by vectors and lexical weights; undefined where there are no weights. */
  hybrid?: (count: number, watch: Watch) => Promise<NeighborGraph | undefined>;
}

/** Bytes that vectors may take in this process before the server searches instead: a quarter of the free memory. */
const memoryBudget = (): number => {
  const { freemem } = process.getBuiltinModule('node:os');
  return freemem() / 4;
};

/** The model, and its graphics card if one is named: both open while texts are read. undefined for a processor. */
export function modelAhead({ embed, read, neighbors, watch }: Settings): Ahead<Model> | undefined {
  const devices = searchDevices(embed.device, undefined);
  if (read.vectors || neighbors.graph || devices?.isMeasured !== false) return undefined;
  return ahead(async (own) => {
    const model = await openModel({ ...embed, ...own });
    model.warm();
    return model;
  }, watch);
}

/** Embeds texts and keeps them in this process. `opening`: the model, where it is opened already. */
export async function embedInMemory(
  texts: string[],
  settings: Settings,
  watch: Watch,
  opening?: Ahead<Model>,
): Promise<Space> {
  const { embed, neighbors } = settings;
  const model = await (opening?.result() ?? openModel({ ...embed, ...watch }));
  try {
    // Copies of a text may count once, so that fewer rows are searched.
    if (model.dimensions !== undefined) {
      const devices = searchDevices(embed.device, undefined);
      // Whether another card is there, and how fast it is, is seen later.
      const device = devices?.isMeasured === false ? devices.names[0] : undefined;
      const size = { rows: new Set(texts).size, cols: model.dimensions };
      await refuseLongSearch(size, { ...neighbors, device });
      stateMemory(loadOf(texts, model.dimensions, settings), memoryLimit(settings), watch);
    }
    const { model: about, ...made } = await model.embed(texts, watch);
    const { provider, engines, threads, truncated, averaged, vectors } = made;
    const used = { ...about, fingerprint: model.fingerprint };
    const by = { model: used, provider, engines, threads };
    return { ...by, truncated, averaged, rows: texts.length, vectors, place: 'memory' };
  } finally {
    await model.close();
  }
}

/** The space of rows in a store: vectors read into memory or searches by the server, as the store plans. */
export async function spaceOfStore(
  store: Store,
  ids: string[],
  watch: Watch,
  known?: Matrix,
): Promise<Space> {
  const { address, collection } = await store.describe();
  const place = `${address} ${collection}`;
  const hybrid = store.isHybrid
    ? (count: number, own: Watch) => store.hybridNeighbors(ids, count, own)
    : undefined;
  const plan = store.plan(ids.length, memoryBudget());
  watch.onProgress?.({
    stage: 'neighbors',
    level: 'debug',
    message: `neighbours are searched ${plan.from === 'local' ? 'here' : 'by Milvus'}: ${plan.why}`,
  });
  if (plan.from === 'local') {
    return {
      rows: ids.length,
      vectors: known ?? (await store.readVectors(ids, watch)),
      place,
      truncated: 0,
      averaged: 0,
      ids,
      hybrid,
    };
  }
  // With the vectors at hand, distances and all that follows are those of a search here, to the last bit.
  const vectors = known ?? (store.fits(ids.length) ? await store.readVectors(ids, watch) : undefined);
  const server = (rows: Int32Array): ServerSearch => {
    const some = Array.from(rows, (row) => ids[row]);
    const own = vectors && pickRows(vectors, rows);
    return {
      neighbors: (count, searchWatch, queries) =>
        store.neighbors(some, count, { rows: queries, vectors: own, ...searchWatch }),
      recall: plan.exact
        ? undefined
        : async (graph, recallWatch) => {
            const recall = await store.recall(some, graph, 100, recallWatch);
            judgeRecall(recall, store.searchTuning(), recallWatch);
            return recall;
          },
    };
  };
  return { rows: ids.length, vectors, server, place, truncated: 0, averaged: 0, ids, hybrid };
}

/** Below it, topics begin to fall apart: the terminal says so. */
const GOOD_RECALL = 0.9;

/**
 * Says how many of the true neighbours an approximate index found.
 * @throws UserError where they are fewer than the run accepts.
 */
function judgeRecall(
  recall: number,
  { index, minRecall, proposal }: ReturnType<Store['searchTuning']>,
  watch: Watch,
): void {
  const found = `the ${index} index found ${percent(recall)} of the true neighbours of 100 rows (recall ${recall.toFixed(2)})`;
  if (recall < minRecall) {
    throw new UserError(
      `${found}, fewer than a run accepts (${minRecall}); ${proposal}, or go on with --min-recall ${Math.floor(recall * 100) / 100}`,
      { code: 'STORE_MISMATCH', option: 'store.minRecall' },
    );
  }
  const isLow = recall < GOOD_RECALL;
  watch.onProgress?.({
    stage: 'neighbors',
    level: isLow ? 'warning' : undefined,
    message: isLow ? `${found}; ${proposal}` : found,
  });
}
