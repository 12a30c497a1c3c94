import type { Watch } from '../progress.js';
import { type Matrix, type NeighborGraph, pickRows } from '../shapes.js';
import { hybridNeighbors, type NearestQuery, type NearestRows, searchNearest } from './nearest.js';
import { OpenCollection } from './open-collection.js';
import { readCollection, readSample, type StoredRows } from './read-collection.js';
import { readVectors } from './read-vectors.js';
import { sampleRecall } from './recall.js';
import { higherRecall, searchNeighbors, type Task } from './search.js';
import { planSearch, type SearchPlan } from './search-plan.js';
import { readSparseRows } from './sparse.js';
import { readValues, type ValueRows } from './values.js';

/** Reads and searches a collection. */
export class CollectionReader extends OpenCollection {
  private memory = 2 ** 28;
  private held?: { ids: readonly string[]; vectors: Matrix };

  /** Ids, texts and vectors of a few stored rows. */
  async sample(
    rows: number,
  ): Promise<{ ids: string[]; texts: string[]; vectors: Matrix; textLimit: number }> {
    return this.guard(async () => {
      await this.ready();
      return { ...(await readSample(this.source(), rows)), textLimit: this.collection().textLimit };
    });
  }

  /** Stored vectors in the order of `ids`; of unit length where the metric is IP or COSINE. */
  async readVectors(ids: readonly string[], watch: Watch = {}): Promise<Matrix> {
    return this.guard(async () => {
      await this.ready();
      return readVectors(this.source(), ids, watch);
    });
  }

  /** What is in the collection, in the order of its ids: all, or what `filter` (default: the option) leaves. */
  async readCollection(
    {
      filter = this.options.filter,
      fields = this.options.fields,
    }: { filter?: string; fields?: readonly string[] } = {},
    watch: Watch = {},
  ): Promise<StoredRows> {
    return this.guard(async () => {
      await this.ready(watch);
      return readCollection(this.source(), { filter, fields }, watch);
    });
  }

  /** The values of a field among the rows that the options leave, with an expression for each. */
  async values(field: string, watch: Watch = {}): Promise<ValueRows[]> {
    return this.guard(async () => {
      await this.ready(watch);
      return readValues(this.source(), field, this.options.filter, watch);
    });
  }

  /** Where the neighbours of `rows` rows should be searched; `memory`: bytes that vectors may take in this process. */
  plan(rows: number, memory: number): SearchPlan {
    this.memory = memory;
    return planSearch(this.collection(), this.options.neighborsFrom, {
      rows,
      memory,
      isLite: this.server.lite,
    });
  }

  /** The index, the least recall that a run accepts of it, and what raises it. */
  searchTuning(): { index: string; minRecall: number; proposal: string } {
    const { index } = this.collection();
    const { minRecall, searchParams = {} } = this.options;
    return { index, minRecall, proposal: higherRecall(index, searchParams) };
  }

  /** Whether the vectors of so many rows fit into the memory given to `plan`. */
  fits(rows: number): boolean {
    return rows * this.collection().dimensions * 4 <= this.memory;
  }

  /**
   * The k nearest other rows of each row, searched by the server, in row order; euclidean, sorted by (distance,
   * index). `rows` limits the queries to some rows; the result has one line for each, and all rows are candidates.
   * Distances are computed from the vectors if these are given or fit into the `memory` passed to `plan`; otherwise
   * they are the server's, with its rounding.
   */
  async neighbors(
    ids: readonly string[],
    k: number,
    { rows, vectors, ...watch }: { rows?: Int32Array; vectors?: Matrix } & Watch = {},
  ): Promise<NeighborGraph> {
    return this.guard(async () => {
      await this.ready();
      const source = this.source();
      const all = vectors ?? (await this.hold(ids, watch));
      const task: Task = {
        ids,
        rowOf: new Map(ids.map((id, row) => [id, row])),
        queries: rows ?? Int32Array.from(ids.keys()),
        vectors: all,
        vectorsOf: async (part) =>
          all ? pickRows(all, part) : readVectors(source, idsAt(ids, part), { signal: watch.signal }),
        k,
      };
      const settings = {
        lite: this.server.lite,
        stored: await this.storedRows(),
        filter: this.options.filter,
        params: this.options.searchParams,
      };
      return searchNeighbors(source, task, settings, watch);
    });
  }

  /** Whether the collection holds lexical weights that can be searched. */
  get isHybrid(): boolean {
    return this.table?.sparseField !== undefined && this.table.hasSparseIndex === true;
  }

  /** The rows nearest to a query, best first: by its vector, and by its lexical weights where the collection has some. */
  async nearest(query: NearestQuery, limit: number): Promise<NearestRows> {
    return this.guard(async () => {
      await this.ready();
      const { filter, searchParams: params } = this.options;
      return searchNearest(this.source(), query, limit, { filter, params });
    });
  }

  /**
   * The `count` other rows nearest to each of these rows by vectors and lexical weights together, scores in place of distances;
   * undefined where the collection has no weights or the server no hybrid search.
   */
  async hybridNeighbors(
    ids: readonly string[],
    count: number,
    watch: Watch = {},
  ): Promise<NeighborGraph | undefined> {
    return this.guard(async () => {
      await this.ready();
      if (!this.isHybrid) return undefined;
      const { filter, searchParams: params } = this.options;
      return hybridNeighbors(this.source(), ids, count, { filter, params, ...watch });
    });
  }

  /** What a stored row would be looked for by: its vector, and its lexical weights where it has some. */
  async queryOf(id: string): Promise<NearestQuery> {
    return this.guard(async () => {
      await this.ready();
      const { data: vector } = await readVectors(this.source(), [id], {});
      const field = this.collection().sparseField;
      const [lexical] = field && this.isHybrid ? await readSparseRows(this.source(), field, [id]) : [];
      return { vector, lexical };
    });
  }

  /** All vectors, read once and kept for the next call; undefined if they don't fit into `memory`. */
  private async hold(ids: readonly string[], watch: Watch): Promise<Matrix | undefined> {
    if (!this.fits(ids.length)) return undefined;
    if (this.held?.ids !== ids) this.held = { ids, vectors: await readVectors(this.source(), ids, watch) };
    return this.held.vectors;
  }

  /** Part of the true neighbours that a graph holds, measured on evenly spread rows against exact search; 0 to 1. */
  async recall(
    ids: readonly string[],
    graph: NeighborGraph,
    sample = 100,
    watch: Watch = {},
  ): Promise<number> {
    return this.guard(() => sampleRecall(this.source(), ids, graph, sample, watch));
  }
}

function idsAt(ids: readonly string[], rows: Int32Array): string[] {
  return Array.from(rows, (row) => ids[row]);
}
