import type { Watch } from '../progress.js';
import type { NeighborGraph } from '../shapes.js';
import type { SparseRow } from '../sparse-rows.js';
import { isUnimplemented } from './failure.js';
import { inPages, type Source } from './query.js';
import { readVectors } from './read-vectors.js';
import { squareOf } from './search.js';
import { denseField, pairs, resultsOf, type SearchResponse, searchRequest } from './search-request.js';
import { NO_WEIGHTS, readSparseRows, sparseBytes } from './sparse.js';
import { idsOf, vectorBytes } from './wire.js';

/** What is looked for. */
export interface NearestQuery {
  /** Of unit length. */
  vector: Float32Array;
  /** Lexical weights, for a collection that has them. */
  lexical?: SparseRow;
}

/** Rows near to a query, best first. */
export interface NearestRows {
  ids: string[];
  /**
   * Cosines to the query's vector, or of a hybrid search the sums of 1 / (60 + rank) over both lists.
   */
  scores: number[];
  /** Whether lexical weights were compared too. */
  isHybrid: boolean;
}

/** Constant of reciprocal rank fusion, as its paper (Cormack, Clarke and Büttcher 2009) and Milvus have it. */
const RANK_CONSTANT = 60;
/**
 * Rows of each list that are joined, at least: with lists as long as what is wanted, a row's place would depend on how many are
 * wanted, and pages would overlap.
 */
const LIST = 1024;

/** How a collection is searched. */
interface SearchChoices {
  filter?: string;
  /** Search parameters of the index of dense vectors. */
  params?: Record<string, string | number>;
}

/**
 * The rows nearest to a query. In a collection with lexical weights both fields are searched and their lists joined by
 * reciprocal rank fusion, by the server.
 */
export async function searchNearest(
  source: Source,
  { vector, lexical }: NearestQuery,
  limit: number,
  choices: SearchChoices,
): Promise<NearestRows> {
  const { connection, collection } = source;
  if (lexical && lexical.ids.length > 0) {
    const found = await searchBoth(source, { vector, lexical }, limit, choices);
    if (found) return { ...found, isHybrid: true };
  }
  const request = denseRequest(source, vector, limit, choices);
  const { ids, scores } = resultsOf(await connection.call<SearchResponse>('Search', request), collection);
  const cosines = scores.map((score) => 1 - squareOf(collection.metric, score) / 2);
  return { ids: idsOf(ids), scores: cosines, isHybrid: false };
}

const denseRequest = (
  source: Source,
  vector: Float32Array,
  limit: number,
  { filter, params }: SearchChoices,
): object =>
  searchRequest(source, {
    ...denseField(source.collection, params, limit),
    queries: [vectorBytes(source.collection.vectorType, vector)],
    limit,
    filter,
  });

/**
 * The rows nearest to a query by vectors and lexical weights together; undefined where the collection has no weights, or the server no
 * hybrid search. One query a request: Milvus Lite 2.5.1 joins the lists of several wrongly.
 */
async function searchBoth(
  source: Source,
  { vector, lexical }: Required<NearestQuery>,
  limit: number,
  choices: SearchChoices,
): Promise<Pick<NearestRows, 'ids' | 'scores'> | undefined> {
  const { connection, collection, partitions, consistency = 'Strong' } = source;
  const { sparseField, hasSparseIndex } = collection;
  if (sparseField === undefined || !hasSparseIndex) return undefined;
  const length = Math.max(limit, LIST);
  const sparse = searchRequest(source, {
    field: sparseField,
    type: 'SparseFloatVector',
    metric: 'IP',
    params: {},
    queries: [sparseBytes(lexical)],
    limit: length,
    filter: choices.filter,
  });
  const response = await connection
    .call<SearchResponse>('HybridSearch', {
      collection_name: collection.name,
      requests: [denseRequest(source, vector, length, choices), sparse],
      rank_params: pairs({
        strategy: 'rrf',
        params: JSON.stringify({ k: RANK_CONSTANT }),
        limit: String(limit),
        round_decimal: '-1',
      }),
      output_fields: [],
      consistency_level: consistency,
      ...(partitions && { partition_names: partitions }),
    })
    .catch((error: unknown) => {
      if (isUnimplemented(error)) return undefined; // by vectors alone, then
      throw error;
    });
  if (!response) return undefined;
  const { ids, scores } = resultsOf(response, collection);
  return { ids: idsOf(ids), scores };
}

/** Rows whose vectors and weights are read at a time. */
const PAGE_ROWS = 64;
/** Hits asked for one that is wanted: some are rows that the run doesn't have. */
const SPARE = 4;

/**
 * The `count` other rows nearest to each row by vectors and lexical weights together, with their scores, best first, in place of
 * distances; undefined where the collection has no weights, or the server no hybrid search.
 */
export async function hybridNeighbors(
  source: Source,
  ids: readonly string[],
  count: number,
  { filter, params, ...watch }: SearchChoices & Watch,
): Promise<NeighborGraph | undefined> {
  const { sparseField } = source.collection;
  if (sparseField === undefined) return undefined;
  const indices = new Int32Array(ids.length * count).fill(-1);
  const scores = new Float32Array(ids.length * count).fill(Number.POSITIVE_INFINITY);
  const rowOf = new Map(ids.map((id, row) => [id, row]));
  let isThere = true;
  await inPages(
    ids.length,
    PAGE_ROWS,
    source.parallel,
    watch,
    async (from, to) => {
      if (!isThere) return;
      const own = ids.slice(from, to);
      const { data, cols } = await readVectors(source, own, { signal: watch.signal });
      const weights = await readSparseRows(source, sparseField, own);
      for (const [at, lexical = NO_WEIGHTS] of weights.entries()) {
        watch.signal?.throwIfAborted();
        const vector = data.slice(at * cols, (at + 1) * cols);
        const list = await searchBoth(source, { vector, lexical }, (count + 1) * SPARE, { filter, params });
        if (!list) {
          isThere = false;
          return;
        }
        const row = from + at;
        let slot = row * count;
        for (const [place, id] of list.ids.entries()) {
          const other = rowOf.get(id);
          if (other === undefined || other === row) continue;
          if (slot === (row + 1) * count) break;
          indices[slot] = other;
          scores[slot++] = list.scores[place];
        }
      }
    },
    (done) => watch.onProgress?.({ stage: 'neighbors', done, total: ids.length, unit: 'rows' }),
  );
  return isThere ? { indices, distances: scores, rows: ids.length, neighbors: count } : undefined;
}
