import { existsSync } from 'node:fs';
import { UserError } from '../errors.js';
import { resolveOptions } from '../options/resolve.js';
import { DEFAULT_COLLECTION, storeOptions } from '../options/store.js';
import type { Watch } from '../progress.js';
import { type Matrix, type NeighborGraph, pickRows } from '../shapes.js';
import { type Address, readAddress } from './address.js';
import {
  type Collection,
  countRows,
  createCollection,
  createIndex,
  describeCollection,
  describedModel,
  isExact,
  load,
  loadState,
  type Metric,
  type Plan,
} from './collection.js';
import { Connection } from './connection.js';
import { explain, isNotLoaded, MilvusError } from './failure.js';
import { flushCollection } from './flush.js';
import { deriveIds } from './ids.js';
import { type Lite, startLite } from './lite.js';
import type { StoreOptions, StoreSettings } from './options.js';
import {
  missingRows,
  readCollection,
  readSample,
  readVectors,
  type Source,
  type StoredRows,
} from './read.js';
import { sampleRecall } from './recall.js';
import { searchNeighbors, type Task } from './search.js';
import { checkWritable, type Rows, update, upsert } from './write.js';
import { checkWriteBack, type Label, writeBack } from './write-back.js';

export interface StoreDescription {
  kind: Address['kind'];
  /** The path or URL, without secrets. */
  address: string;
  version: string;
  collection: string;
  /** Entities in it; 0 if it does not exist. */
  rows: number;
  /** The following are undefined until the collection exists. */
  metric?: Metric;
  dimensions?: number;
  index?: string;
  /** Whether searches with the index are exact. */
  exact?: boolean;
  idType?: 'INT64' | 'VARCHAR';
  vectorType?: string;
}

/** Where neighbours are searched, and why. */
export interface SearchPlan {
  from: 'local' | 'server';
  /** Reason to show to the user: one clause. */
  why: string;
  /** Whether the neighbours would be exact. */
  exact: boolean;
}

export interface OpenOptions {
  /** Refuse a folder of Milvus Lite that isn't there, in place of making it. For callers that only read. */
  mustExist?: boolean;
}

/**
 * Opens Milvus: a folder (Milvus Lite is started, and stopped by `close`), a server, or Zilliz Cloud. Creates
 * nothing yet.
 *
 * @throws UserError or FailureError of one line; no message holds the token
 */
export async function openStore(
  given: StoreOptions,
  watch: Watch = {},
  { mustExist = false }: OpenOptions = {},
): Promise<Store> {
  const options = resolveOptions(storeOptions, { store: given });
  const address = readAddress(options);
  if (mustExist && address.path && !existsSync(address.path)) {
    throw new UserError(
      `there is no folder ${address.name} of Milvus Lite; check the path, or write http://HOST:19530 for a server`,
      { option: 'store.uri', file: address.path },
    );
  }
  const collection = options.collection ?? DEFAULT_COLLECTION;
  let lite: Lite | undefined;
  let connection: Connection | undefined;
  try {
    if (address.path) lite = await startLite(address.path, address.name, watch.signal);
    connection = new Connection(address, lite?.url ?? address.url ?? '', {
      timeout: options.timeout * 1000,
      retries: options.retries,
      signal: watch.signal,
      onRetry: (_, attempt) =>
        watch.onProgress?.({
          stage: 'store',
          level: 'warning',
          message: `Milvus at ${address.name} doesn't answer, attempt ${attempt + 1}`,
        }),
    });
    const server = await connection.connect();
    const store = new Store(options, address, collection, connection, server, lite);
    await store.find();
    return store;
  } catch (error) {
    await connection?.close();
    await lite?.stop();
    throw explain(error, { address, collection, isFirst: true });
  }
}

/** An open Milvus collection, which may not exist yet. Call `close` when done. */
export class Store {
  private table?: Collection;
  private loaded = false;
  private prepared?: string;
  private readonly lengths = { vary: false };
  private memory = 2 ** 28;
  private held?: { ids: readonly string[]; vectors: Matrix };

  /** Use `openStore`. */
  constructor(
    private readonly options: StoreSettings,
    private readonly address: Address,
    private readonly name: string,
    private readonly connection: Connection,
    private readonly server: { version: string; lite: boolean },
    private readonly lite?: Lite,
  ) {}

  /** Looks up the collection. */
  async find(): Promise<void> {
    this.table = await describeCollection(this.connection, this.name, this.options);
  }

  /** Whether the collection exists. */
  get exists(): boolean {
    return this.table !== undefined;
  }

  async describe(): Promise<StoreDescription> {
    const table = this.table;
    if (table) await this.guard(() => this.ready());
    return {
      kind: this.server.lite ? 'lite' : this.address.kind,
      address: this.address.name,
      version: this.server.version,
      collection: this.name,
      rows: table ? await this.guard(() => this.storedRows()) : 0,
      ...(table && {
        metric: table.metric,
        dimensions: table.dimensions,
        index: table.index,
        exact: isExact(table.index),
        idType: table.idType,
        vectorType: table.vectorType,
      }),
    };
  }

  /** Ids for texts; equal in every process. See `deriveIds`. */
  ids(modelFingerprint: string, texts: readonly string[]): string[] {
    return deriveIds(modelFingerprint, texts);
  }

  /**
   * Makes the collection ready for rows of this model: creates it with its index where it is missing, checks that
   * it fits where it is there, loads it.
   */
  async prepare(plan: Plan): Promise<void> {
    if (this.prepared === plan.model) return;
    await this.guard(async () => {
      if (!this.table) {
        await createCollection(this.connection, this.name, this.options, plan);
        await this.find();
      }
      const table = this.collection();
      this.checkModel(plan.model);
      checkWritable(table, plan.dimensions);
      if (table.index === 'none' && (await this.mayIndex())) {
        await createIndex(this.connection, this.name, table.vectorField, this.options);
        await this.find();
      }
      await this.ready();
      if (!this.isOurs && !this.options.collection && !this.options.id) await this.checkOurs(plan.model);
      this.prepared = plan.model;
    });
  }

  /** Whether its description says that denscape created it. */
  private get isOurs(): boolean {
    return describedModel(this.collection().description) !== undefined;
  }

  private checkModel(model: string): void {
    const made = describedModel(this.collection().description);
    if (made === undefined || made === model) return;
    throw new UserError(
      `collection ${this.name} holds vectors of the model ${made}, this run uses ${model}; choose another --collection`,
    );
  }

  /**
   * A run that was killed between the two steps leaves a collection without its index. Milvus Lite does not
   * store the description, but counts rows without an index: there an index is made only for an empty collection.
   */
  private async mayIndex(): Promise<boolean> {
    return this.isOurs || (this.server.lite && (await this.storedRows()) === 0);
  }

  /**
   * Rows are added to a collection that was there before only where it is named, or where denscape filled it with
   * this model: then its ids follow from its texts.
   */
  private async checkOurs(model: string): Promise<void> {
    const sample = await readSample(this.source(), 20);
    const ours = sample.some(({ id, text }) => deriveIds(model, new Array(8).fill(text)).includes(id));
    if (sample.length === 0 || ours) return;
    throw new UserError(
      `collection ${this.name} at ${this.address.name} holds rows that denscape didn't store with the model ${model}; to add to it anyway, name it: --collection ${this.name}, or name another`,
    );
  }

  /**
   * Rows whose ids are not stored yet, ascending; all of them while the collection isn't there. With `texts`, also
   * rows stored with another text, for ids that come from a column; `model` then refuses vectors of another one.
   */
  async missing(
    ids: readonly string[],
    watch: Watch = {},
    texts?: readonly string[],
    model?: string,
  ): Promise<Int32Array> {
    const { table } = this;
    // A collection of ours without index has no rows: rows are written after the index is made.
    if (!table || (table.index === 'none' && this.isOurs)) return Int32Array.from(ids.keys());
    return this.guard(async () => {
      if (model) this.checkModel(model);
      await this.ready();
      return missingRows(this.source(), ids, watch, texts);
    });
  }

  /** Stores rows, replacing what was under their ids. `prepare` first. Returns how many texts had to be cut. */
  async upsert(rows: Rows, watch: Watch = {}, bounds?: { bytes?: number; most?: number }): Promise<number> {
    return this.guard(() => upsert(this.connection, this.collection(), rows, watch, bounds));
  }

  /**
   * Stores vectors and texts under ids that may be there already, and keeps every other field of the rows that are.
   * `prepare` first. Returns how many texts had to be cut.
   */
  async update(rows: Rows, watch: Watch = {}): Promise<number> {
    return this.guard(() => update(this.source(), rows, watch));
  }

  /** Checks that labels can be written into `field`, before anything is clustered. Throws a UserError. */
  checkWriteBack(field: string): void {
    if (this.table) checkWriteBack(this.table, field);
  }

  /**
   * Has the server write what it holds of the collection to its disk, and waits for it: only then do the rows survive
   * a server that is killed. A user without the privilege to flush gets a warning instead.
   */
  async flush(watch: Watch = {}): Promise<void> {
    await this.guard(() => flushCollection(this.connection, this.name)).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      watch.onProgress?.({
        stage: 'store',
        level: 'warning',
        message: `${error.message}; the rows were sent, but they may be lost if the server is killed now`,
      });
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
      await this.ready();
      return readCollection(this.source(), { filter, fields }, watch);
    });
  }

  /** Where the neighbours of `rows` rows should be searched; `memory`: bytes that vectors may take in this process. */
  plan(rows: number, memory: number): SearchPlan {
    const { dimensions, index } = this.collection();
    this.memory = memory;
    const exact = isExact(index);
    const requested = this.options.neighborsFrom;
    if (requested !== 'auto')
      return { from: requested, why: 'as requested', exact: requested === 'local' || exact };
    if (this.server.lite)
      return { from: 'local', why: 'Milvus Lite reads faster than it searches', exact: true };
    if (rows * dimensions * 4 > memory) {
      return {
        from: 'server',
        why: `the vectors need ${gigabytes(rows * dimensions * 4)} of memory here`,
        exact,
      };
    }
    // Seconds, at the 50e9 operations per second of a matrix product on two cores; an index serves some 300 queries a second.
    const local = (rows * rows * dimensions * 2) / 50e9;
    if (!exact && local > Math.max(120, rows / 300)) {
      return {
        from: 'server',
        why: `its ${index} index is faster than an exact search of ${rows} rows here`,
        exact,
      };
    }
    return { from: 'local', why: 'an exact search here is faster', exact: true };
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

  /** All vectors, read once and kept for the next call; undefined if they don't fit into `memory`. */
  private async hold(ids: readonly string[], watch: Watch): Promise<Matrix | undefined> {
    if (ids.length * this.collection().dimensions * 4 > this.memory) return undefined;
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

  /** Writes a value for each id into one field, leaving every other field as it is. Only on request. */
  async writeBack(
    field: string,
    ids: readonly string[],
    labels: ArrayLike<Label>,
    watch: Watch = {},
  ): Promise<void> {
    await this.guard(async () => {
      await this.ready();
      await writeBack(this.source(), field, ids, labels, watch);
    });
    await this.flush(watch);
  }

  /**
   * Closes the connection; ends Milvus Lite. Safe to call twice. The collection stays loaded: another run, or an
   * application, may have begun to use it.
   */
  async close(): Promise<void> {
    try {
      await this.connection.close();
    } finally {
      await this.lite?.stop();
    }
  }

  /** Loads the collection, once. */
  private async ready(): Promise<void> {
    if (this.loaded) return;
    const state = await loadState(this.connection, this.name);
    if (state !== 'LoadStateLoaded') {
      await load(this.connection, this.name);
    }
    this.loaded = true;
  }

  private async storedRows(): Promise<number> {
    return countRows(this.connection, this.name).catch((error: unknown) => {
      if (isNotLoaded(error)) return 0;
      throw error;
    });
  }

  private source(): Source {
    return {
      connection: this.connection,
      collection: this.collection(),
      parallel: this.server.lite ? 1 : 2,
      lengths: this.lengths,
    };
  }

  private collection(): Collection {
    if (!this.table) {
      throw new MilvusError(`collection ${this.name} does not exist`, 'DescribeCollection', 0, 100, false);
    }
    return this.table;
  }

  private async guard<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      throw explain(error, {
        address: this.address,
        collection: this.name,
        vectorField: this.table?.vectorField,
      });
    }
  }
}

const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GB`;

function idsAt(ids: readonly string[], rows: Int32Array): string[] {
  return Array.from(rows, (row) => ids[row]);
}
