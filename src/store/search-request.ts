import { FailureError } from '../errors.js';
import type { Collection } from './collection.js';
import type { Source } from './query.js';
import { type Ids, placeholderGroup, type TYPE_NUMBER } from './wire.js';

export interface SearchResponse {
  results: { scores: number[]; topks: string[]; ids: Ids | null };
}

/** A field that is searched. */
interface SearchedField {
  field: string;
  type: keyof typeof TYPE_NUMBER;
  metric: string;
  /** Search parameters of its index. */
  params: Record<string, string | number>;
}

/** One search, of some queries. */
interface Search extends SearchedField {
  /** Each as `vectorBytes` or `sparseBytes` write it. */
  queries: readonly Uint8Array[];
  limit: number;
  filter?: string;
}

/** The field of dense vectors; `given` are the search parameters that the caller named. */
export const denseField = (
  { vectorField, vectorType, metric, index }: Collection,
  given: Record<string, string | number> | undefined,
  limit: number,
): SearchedField => ({
  field: vectorField,
  type: vectorType,
  metric,
  params: searchParams(index, given, limit),
});

/** A SearchRequest as the service takes it, by itself and within a hybrid search. */
export function searchRequest(
  { collection, partitions, consistency = 'Strong' }: Source,
  { field, type, metric, params, queries, limit, filter }: Search,
): object {
  return {
    collection_name: collection.name,
    dsl: filter ?? '',
    dsl_type: 'BoolExprV1',
    placeholder_group: placeholderGroup(type, queries),
    nq: queries.length,
    output_fields: [],
    consistency_level: consistency,
    ...(partitions && { partition_names: partitions }),
    search_params: pairs({
      anns_field: field,
      topk: String(limit),
      metric_type: metric,
      params: JSON.stringify(params),
      round_decimal: '-1',
    }),
  };
}

/** Parameters as the service takes them. */
export const pairs = (params: Record<string, string>): { key: string; value: string }[] =>
  Object.entries(params).map(([key, value]) => ({ key, value }));

export function resultsOf({ results }: SearchResponse, { name }: Collection): SearchResponse['results'] {
  if (results) return results;
  throw new FailureError(`Milvus returned no results for a search of ${name}`, { code: 'STORE_FAILED' });
}

/** Search parameters of an index; those not given are set for a good recall. */
function searchParams(index: string, given: Record<string, string | number> | undefined, limit: number) {
  if (index === 'HNSW') return { ef: Math.max(128, limit * 2), ...raised(given, 'ef', limit) };
  if (index.startsWith('IVF')) return { nprobe: 32, ...given };
  return given ?? {};
}

/** HNSW refuses an `ef` below the limit, and the limit may have grown. */
function raised(given: Record<string, string | number> | undefined, name: string, least: number) {
  if (given?.[name] === undefined) return given;
  return { ...given, [name]: Math.max(Number(given[name]), least) };
}
