import { breathe } from '../breathe.js';
import { counted } from '../counted.js';
import { type EmbeddedModel, type Embedding, openModel } from '../embed/index.js';
import type { Model } from '../embed/options.js';
import { renumbered } from '../errors.js';
import type { Settings } from '../options/table.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import { checkIds } from '../store/ids.js';
import type { Store } from '../store/index.js';

/** What made vectors; the fingerprint changes whenever a vector could. */
export interface UsedModel extends EmbeddedModel {
  fingerprint: string;
}

/** Where neighbours of texts are found: vectors in memory, a server that searches, or a given graph. */
export interface Space {
  rows: number;
  /** Unit rows; undefined where a server searches and they were not read. */
  vectors?: Matrix;
  /** Neighbours that the caller had. */
  graph?: NeighborGraph;
  /** Searches on a server, for `rows` or for all rows. */
  search?: (neighbors: number, watch: Watch, rows?: Int32Array) => Promise<NeighborGraph>;
  /** Measures the recall of the server's index; undefined if it is exact. */
  recall?: (graph: NeighborGraph, watch: Watch) => Promise<number>;
  /** What made the vectors; undefined where they were in a collection before. */
  model?: UsedModel;
  provider?: string;
  /** Where they lie: `memory`, or the server's address without its token. */
  place: string;
  truncated: number;
  /** Ids in the store, in row order. */
  ids?: string[];
}

/** Bytes that vectors may take in this process before the server searches instead: a quarter of the free memory. */
const memoryBudget = (): number => {
  const { freemem } = process.getBuiltinModule('node:os');
  return freemem() / 4;
};

/** Embeds texts and keeps them in this process. */
export async function embedInMemory(
  texts: string[],
  settings: Settings['embed'],
  watch: Watch,
): Promise<Space> {
  const model = await openModel({ ...settings, ...watch });
  try {
    const { model: about, provider, truncated, vectors } = await model.embed(texts, watch);
    const used = { ...about, fingerprint: model.fingerprint };
    return { model: used, provider, truncated, rows: texts.length, vectors, place: 'memory' };
  } finally {
    await model.close();
  }
}

/** Rows embedded and written in one piece: small enough to lose little, large enough for full batches. */
const PIECE = 2048;
/** A flush takes a server some seconds: about every 100,000 rows. */
const PIECES_PER_FLUSH = 50;

/**
 * Texts that the store lacks are embedded and written, piece by piece; the rest costs nothing. `only` limits that to
 * some rows. Ids are derived from model and text where none are given.
 */
export async function fillStore(
  store: Store,
  texts: string[],
  settings: Settings['embed'],
  watch: Watch,
  givenIds?: { column: string; values: string[] },
  only?: Int32Array,
): Promise<{ ids: string[]; model: UsedModel; provider?: string; truncated: number; written: number }> {
  const model = await openModel({ ...settings, ...watch });
  try {
    const idType = givenIds && ((await store.describe()).idType ?? typeOfIds(givenIds.values));
    const ids = givenIds
      ? checkIds(givenIds.values, givenIds.column, idType ?? 'INT64')
      : store.ids(model.fingerprint, texts);
    // A collection that doesn't fit is found out before anything is embedded.
    if (model.dimensions !== undefined && texts.length > 0) {
      await store.prepare({ model: model.fingerprint, dimensions: model.dimensions, idType });
    }
    const mine = only ?? Int32Array.from(ids.keys());
    const of = <T>(all: readonly T[], rows: Int32Array) => Array.from(rows, (row) => all[row]);
    const absent = await store.missing(of(ids, mine), watch, givenIds && of(texts, mine), model.fingerprint);
    const missing = absent.map((at) => mine[at]);
    watch.onProgress?.({
      stage: 'store',
      message: `${missing.length.toLocaleString('en-US')} of ${counted(mine.length, 'row')} ${missing.length === 1 ? 'is' : 'are'} not in the collection yet`,
    });
    let last: Embedding | undefined;
    let cut = 0;
    // Those stored by an earlier run count too, so that this run reports the same.
    let truncated = await countTruncated(model, of(texts, without(mine, missing)), watch.signal);
    for (let start = 0; start < missing.length; start += PIECE) {
      const rows = missing.subarray(start, start + PIECE);
      const piece = of(texts, rows);
      last = await model.embed(piece, pieceWatch(watch, start, missing.length)).catch((error: unknown) => {
        throw renumbered(error, (text) => rows[text]);
      });
      truncated += last.truncated;
      await store.prepare({ model: model.fingerprint, dimensions: last.vectors.cols, idType });
      const fresh = { ids: of(ids, rows), vectors: last.vectors, texts: piece };
      // Ids from a column may be stored with another text, and with fields of their own to be kept.
      cut += givenIds ? await store.update(fresh, watch) : await store.upsert(fresh, watch);
      if ((start / PIECE + 1) % PIECES_PER_FLUSH === 0) await store.flush(watch);
    }
    // Also where nothing was missing: an earlier run may have ended before its flush.
    if (store.exists && mine.length > 0) await store.flush(watch);
    if (cut > 0) {
      const message = `${counted(cut, 'text is', 'texts are')} longer than the collection’s text field and stored without the end`;
      watch.onProgress?.({ stage: 'store', level: 'warning', message });
    }
    return {
      ids,
      model: { ...model.about(), fingerprint: model.fingerprint },
      provider: last?.provider,
      truncated,
      written: missing.length,
    };
  } finally {
    await model.close();
  }
}

/** Texts that the model doesn't read to their end. */
async function countTruncated(model: Model, texts: string[], signal?: AbortSignal): Promise<number> {
  const pause = breathe(signal);
  let count = 0;
  for (const text of texts) {
    if (model.isTruncated(text)) count++;
    await pause();
  }
  return count;
}

/** The rows that are not among `others`. */
function without(rows: Int32Array, others: Int32Array): Int32Array {
  const left = new Set(others);
  return rows.filter((row) => !left.has(row));
}

/** What a collection of these ids needs. */
const typeOfIds = (ids: string[]) => (ids.every((id) => /^-?\d+$/.test(id)) ? 'INT64' : 'VARCHAR');

/** Reports the progress of one piece as progress of the whole. */
function pieceWatch({ signal, onProgress }: Watch, start: number, total: number): Watch {
  return {
    signal,
    onProgress: (progress) =>
      onProgress?.(
        progress.stage === 'embed' && progress.done !== undefined && progress.unit === 'rows'
          ? { ...progress, done: start + progress.done, total }
          : progress,
      ),
  };
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
      ids,
    };
  }
  return {
    rows: ids.length,
    search: (neighbors, searchWatch, rows) => store.neighbors(ids, neighbors, { rows, ...searchWatch }),
    recall: plan.exact ? undefined : (graph, recallWatch) => store.recall(ids, graph, 100, recallWatch),
    place,
    truncated: 0,
    ids,
  };
}
