import { UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import type { Collection, Metric } from './collection.js';
import { isTooMuch } from './failure.js';
import type { Source } from './query.js';
import { denseField, resultsOf, type SearchResponse, searchRequest } from './search-request.js';
import { idsOf, vectorBytes } from './wire.js';

/** The largest limit that Milvus takes. */
const MOST_HITS = 16_384;

/** Properties of server and collection that a search depends on. */
export interface SearchSettings {
  /** Milvus Lite compares a request's queries with all rows at once, in memory. */
  lite: boolean;
  /** Rows of the collection. */
  stored: number;
  filter?: string;
  /** The index's search parameters. */
  params?: Record<string, string | number>;
}

/** Bytes that one request of Milvus Lite may take for its differences. */
const LITE_BYTES = 128 * 2 ** 20;
/** A request should take about this long: long enough to be worth its overhead, short enough to be cancelled. */
const TARGET_MS = 500;

/** Adapts the number of queries per request to the server's speed and memory. */
export class ChunkSize {
  private size: number;
  private readonly most: number;

  constructor(dimensions: number, limit: number, { lite, stored }: SearchSettings) {
    // Lite: 9 GB for 500 queries against 7,600 rows of 384 numbers, so 6 bytes for each number compared.
    const memory = lite ? Math.floor(LITE_BYTES / (stored * dimensions * 6 + 1)) : 4096;
    // A hit takes about 16 bytes; a response at most 4 MiB.
    const inResponse = Math.floor((4 * 2 ** 20) / (limit * 16));
    this.most = Math.max(1, Math.min(memory, inResponse, 4096));
    this.size = Math.min(this.most, lite ? 4 : 64);
  }

  get queries(): number {
    return this.size;
  }

  took(milliseconds: number): void {
    if (milliseconds < TARGET_MS / 2) this.size = Math.min(this.most, this.size * 2);
    else if (milliseconds > TARGET_MS * 3) this.size = Math.max(1, this.size >>> 1);
  }

  refused(): boolean {
    if (this.size === 1) return false;
    this.size = Math.max(1, this.size >>> 2);
    return true;
  }
}

/** A score as a squared euclidean distance of unit vectors (L2: of the vectors as they are). */
export function squareOf(metric: Metric, score: number): number {
  // L2 scores are squared distances; rounding may leave a similarity just above 1.
  return Math.max(0, metric === 'L2' ? score : 2 - 2 * score);
}

/** What a neighbour search works on. */
export interface Task {
  ids: readonly string[];
  /** Row of each id. */
  rowOf: ReadonlyMap<string, number>;
  /** Rows whose neighbours are searched. */
  queries: Int32Array;
  /** Vectors of some rows, for the queries. */
  vectorsOf(rows: Int32Array): Promise<Matrix>;
  /** All vectors, if they are in memory: distances are then computed from them instead of taken from the server. */
  vectors?: Matrix;
  k: number;
}

/** Hits requested beyond k: near the k-th the server's rounding may have changed the order. */
const SLACK = 8;
/** Rounding error of a server's squared distance, for vectors of unit length. */
const ROUNDING = 4e-6;

/**
 * The k nearest other rows of each query row, found by the server. Entities of the collection that are not among
 * `ids` are skipped. Where fewer than k remain, or the response ends within a group of equal distances, the search is
 * repeated with a larger limit. Distances are euclidean, sorted by (distance, index): float64 sums over both vectors
 * where `vectors` holds them, so that both rows of a pair list the same distance; otherwise the server's, rounded.
 */
export async function searchNeighbors(
  source: Source,
  task: Task,
  settings: SearchSettings,
  watch: Watch,
): Promise<NeighborGraph> {
  const { collection } = source;
  const { queries, k } = task;
  const graph = {
    indices: new Int32Array(queries.length * k).fill(-1),
    distances: new Float32Array(queries.length * k).fill(Number.POSITIVE_INFINITY),
    rows: queries.length,
    neighbors: k,
  };
  const most = Math.min(MOST_HITS, Math.max(1, settings.stored));
  // The hits include the row itself, though not always first.
  const firstLimit = Math.min(k + 1 + SLACK, most);
  const first = new ChunkSize(collection.dimensions, firstLimit, settings);
  let waiting = Int32Array.from(queries.keys());
  let done = 0;
  for (let limit = firstLimit; waiting.length > 0; limit = Math.min(limit * 2, most)) {
    const again: number[] = [];
    const size = limit === firstLimit ? first : new ChunkSize(collection.dimensions, limit, settings);
    for (let from = 0; from < waiting.length; ) {
      watch.signal?.throwIfAborted();
      const part = waiting.subarray(from, Math.min(from + size.queries, waiting.length));
      const vectors = await task.vectorsOf(part.map((at) => queries[at]));
      if (source.lengths.vary && collection.metric === 'IP') throw notUnit(collection);
      const start = performance.now();
      let response: SearchResponse['results'];
      try {
        response = await search(source, vectors, limit, settings);
      } catch (error) {
        if (isTooMuch(error) && size.refused()) continue;
        throw error;
      }
      size.took(performance.now() - start);
      const hits = { ids: idsOf(response.ids), scores: response.scores, from: 0, to: 0, cut: false };
      part.forEach((at, i) => {
        const count = Number(response.topks[i] ?? 0);
        hits.from = hits.to;
        hits.to = hits.from + count;
        hits.cut = count >= limit && limit < most;
        if (keep(graph, at, nearest(collection.metric, task, queries[at], hits), hits, task)) done++;
        else again.push(at);
      });
      from += part.length;
      watch.onProgress?.({ stage: 'neighbors', done, total: queries.length, unit: 'rows' });
    }
    waiting = Int32Array.from(again);
  }
  return graph;
}

interface Found {
  row: number;
  /** Squared. */
  square: number;
  /** As the graph holds it, a float32. */
  distance: number;
}

/** The hits of one query that are rows of this run, without the query row, nearest first. */
function nearest(metric: Metric, { rowOf, vectors }: Task, own: number, hits: Hits): Found[] {
  const found: Found[] = [];
  for (let i = hits.from; i < hits.to; i++) {
    const row = rowOf.get(hits.ids[i]);
    if (row === undefined || row === own) continue;
    const square = vectors ? squareBetween(vectors, own, row) : squareOf(metric, hits.scores[i]);
    found.push({ row, square, distance: Math.fround(Math.sqrt(square)) });
  }
  // As a search here sorts them: by the distances that the graph holds, the lowest row first among equal ones.
  return found.sort((a, b) => a.distance - b.distance || a.row - b.row);
}

/** Fills one line of the graph; false where the response may lack one of the k nearest. */
function keep(graph: NeighborGraph, at: number, found: Found[], hits: Hits, { k, ids }: Task): boolean {
  const count = Math.min(k, found.length);
  if (hits.cut) {
    if (found.length < Math.min(k, ids.length - 1)) return false;
    // Rows as far as the k-th, up to rounding, may lie beyond the last hit; of equal ones the lowest rows are the result.
    const last = found[found.length - 1].square;
    const kth = found[count - 1].square;
    if (found.length === count ? hits.to - hits.from > count + 1 : last - kth <= ROUNDING * Math.max(1, last))
      return false;
  }
  for (let i = 0; i < count; i++) {
    graph.indices[at * k + i] = found[i].row;
    graph.distances[at * k + i] = found[i].distance;
  }
  return true;
}

/** Sum of squared differences; bit-identical for (a, b) and (b, a). */
function squareBetween({ data, cols }: Matrix, a: number, b: number): number {
  let sum = 0;
  for (let i = a * cols, j = b * cols, end = i + cols; i < end; i++, j++) {
    const difference = data[i] - data[j];
    sum += difference * difference;
  }
  return sum;
}

interface Hits {
  ids: string[];
  scores: number[];
  from: number;
  to: number;
  /** Whether the response reached the limit, so that more hits may exist. */
  cut: boolean;
}

async function search(
  source: Source,
  vectors: Matrix,
  limit: number,
  { filter, params }: SearchSettings,
): Promise<SearchResponse['results']> {
  const { collection } = source;
  const rows = Array.from({ length: vectors.rows }, (_, row) =>
    vectorBytes(collection.vectorType, vectors.data.subarray(row * vectors.cols, (row + 1) * vectors.cols)),
  );
  const response = await source.connection.call<SearchResponse>(
    'Search',
    searchRequest(source, { ...denseField(collection, params, limit), queries: rows, limit, filter }),
  );
  return resultsOf(response, collection);
}

/** What raises the recall of an index: other search parameters, or none of it. */
export function higherRecall(index: string, given: Record<string, string | number>): string {
  const exact = 'search exactly with --neighbors-from local';
  const raise = (name: string, usual: number) =>
    `raise it with --search-params ${name}=${Math.max(usual, Number(given[name] ?? usual)) * 4}, or ${exact}`;
  if (index.startsWith('HNSW')) return raise('ef', 128);
  if (index.startsWith('IVF') || index === 'SCANN') return raise('nprobe', 32);
  if (index === 'DISKANN') return raise('search_list', 100);
  return exact;
}

/** An inner product is a cosine only for unit vectors. */
function notUnit(collection: Collection): UserError {
  return new UserError(
    `${collection.vectorField} of ${collection.name} holds vectors that are not of unit length, whose inner products are no distances; use neighborsFrom local (--neighbors-from local)`,
    { code: 'STORE_MISMATCH', option: 'store.neighborsFrom' },
  );
}
