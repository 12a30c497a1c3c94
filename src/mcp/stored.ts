import { UserError } from '../errors.js';
import type { OpenedRun } from '../run/open.js';
import { withSaved } from '../run/settings.js';
import type { NearestQuery } from '../store/nearest.js';
import type { Store } from '../store/store.js';

/** A row near to a query. */
export interface NearRow {
  row: number;
  /** Its cosine to the query; missing in a hybrid search. */
  cosine?: number;
  /** Of a hybrid search: the sum of 1 / (60 + rank) over the lists by vectors and by weights of words. */
  score?: number;
}

/** Largest number of hits that Milvus returns. */
const MOST_HITS = 16_384;

/** The collection that holds the vectors of a run: opened at the first search, and searched by its server. */
export class StoredVectors {
  #store: Promise<Store> | undefined;
  readonly #rowOf: Map<string, number>;
  readonly #idOf: Map<number, string>;

  /** undefined for a run whose vectors are not in a collection. */
  static of({ record, parts }: OpenedRun, folder: string, signal?: AbortSignal): StoredVectors | undefined {
    const { ids } = parts.space;
    if (record.vectors !== 'milvus' || !ids) return undefined;
    const { store } = withSaved(record.settings, {}, folder);
    const { tableRows } = parts.corpus.documents;
    const open = async () => {
      if (!store)
        throw new UserError('this run doesn’t say where its collection is', { code: 'RUN_INVALID' });
      const { openStore } = await import('../store/index.js');
      return openStore(store, { signal }, { mustExist: true });
    };
    return new StoredVectors(open, ids, tableRows);
  }

  private constructor(
    private readonly open: () => Promise<Store>,
    ids: readonly string[],
    tableRows: Int32Array,
  ) {
    this.#rowOf = new Map(ids.map((id, at) => [id, tableRows[at]]));
    this.#idOf = new Map(ids.map((id, at) => [tableRows[at], id]));
  }

  /** What a row of the run would be looked for by; undefined for one without text. */
  async queryOf(row: number): Promise<NearestQuery | undefined> {
    const id = this.#idOf.get(row);
    return id === undefined ? undefined : (await this.#opened()).queryOf(id);
  }

  /** Rows of the run nearest to a query, nearest first; rows that the collection received since are passed over. */
  async nearest(query: NearestQuery, wanted: number): Promise<NearRow[]> {
    const store = await this.#opened();
    const most = Math.min(wanted, this.#rowOf.size);
    for (let limit = most; ; limit = Math.min(limit * 2, MOST_HITS)) {
      const { ids, scores, isHybrid } = await store.nearest(query, limit);
      const found = ids.flatMap((id, at): NearRow[] => {
        const row = this.#rowOf.get(id);
        if (row === undefined) return [];
        return [isHybrid ? { row, score: scores[at] } : { row, cosine: scores[at] }];
      });
      if (found.length >= most || ids.length < limit || limit === MOST_HITS) return found.slice(0, most);
    }
  }

  async close(): Promise<void> {
    await (await this.#store?.catch(() => undefined))?.close();
  }

  #opened(): Promise<Store> {
    this.#store ??= this.open();
    // Not kept where it failed: the server may come back.
    this.#store.catch(() => {
      this.#store = undefined;
    });
    return this.#store;
  }
}
