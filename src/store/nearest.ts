import type { SparseRow } from '../sparse-rows.js';
import { isUnimplemented } from './failure.js';
import type { Source } from './query.js';
import { squareOf } from './search.js';
import { denseField, pairs, resultsOf, type SearchResponse, searchRequest } from './search-request.js';
import { sparseBytes } from './sparse.js';
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

/**
 * The rows nearest to a query. In a collection with lexical weights both fields are searched and their lists joined by
 * reciprocal rank fusion, by the server.
 */
export async function searchNearest(
  source: Source,
  { vector, lexical }: NearestQuery,
  limit: number,
  { filter, params }: { filter?: string; params?: Record<string, string | number> },
): Promise<NearestRows> {
  const { connection, collection, partitions, consistency = 'Strong' } = source;
  const dense = (length: number) =>
    searchRequest(source, {
      ...denseField(collection, params, length),
      queries: [vectorBytes(collection.vectorType, vector)],
      limit: length,
      filter,
    });
  const { sparseField, hasSparseIndex } = collection;
  if (sparseField !== undefined && hasSparseIndex && lexical && lexical.ids.length > 0) {
    const length = Math.max(limit, LIST);
    const sparse = searchRequest(source, {
      field: sparseField,
      type: 'SparseFloatVector',
      metric: 'IP',
      params: {},
      queries: [sparseBytes(lexical)],
      limit: length,
      filter,
    });
    const response = await connection
      .call<SearchResponse>('HybridSearch', {
        collection_name: collection.name,
        requests: [dense(length), sparse],
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
    if (response) {
      const { ids, scores } = resultsOf(response, collection);
      return { ids: idsOf(ids), scores, isHybrid: true };
    }
  }
  const { ids, scores } = resultsOf(
    await connection.call<SearchResponse>('Search', dense(limit)),
    collection,
  );
  const cosines = scores.map((score) => 1 - squareOf(collection.metric, score) / 2);
  return { ids: idsOf(ids), scores: cosines, isHybrid: false };
}
