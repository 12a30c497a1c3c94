import { UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import { type Matrix, type NeighborGraph, pickRows } from '../shapes.js';
import type { Address } from './address.js';
import { type BulkFolder, checkBulk } from './bulk.js';
import {
  type Collection,
  describeCollection,
  isExact,
  type Metric,
  type ModelMark,
  type Plan,
} from './collection.js';
import type { Connection, Server } from './connection.js';
import { explain, isNotLoaded, MilvusError } from './failure.js';
import { type FileFields, storableFields } from './field-columns.js';
import { flushCollection } from './flush.js';
import { deriveIds } from './ids.js';
import type { Lite } from './lite.js';
import { loadWhole } from './loading.js';
import { type Differences, findDifferences, type Wanted } from './missing.js';
import type { StoreSettings } from './options.js';
import { checkModel, checkPartition, type Destination, prepareCollection } from './prepare.js';
import { countRows, type Source } from './query.js';
import { readCollection, readSample, type StoredRows } from './read-collection.js';
import { readVectors } from './read-vectors.js';
import { sampleRecall } from './recall.js';
import { higherRecall, searchNeighbors, type Task } from './search.js';
import { planSearch, type SearchPlan } from './search-plan.js';
import { findStrays, prune, type Strays } from './sources.js';
import { checkTopics, type TopicRow, writeTopics } from './topics.js';
import { readValues, type ValueRows } from './values.js';
import { type BatchBounds, type Rows, setFields, update, upsert } from './write.js';
import { checkWriteBack, type FieldValues, type Receiver, writeBack } from './write-back.js';

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

/** An open Milvus collection, which may not exist yet. Call `close` when done. */
export class Store {
  private table?: Collection;
  /** How much of the collection is known to be in the server's memory. */
  private loaded: 'none' | 'partitions' | 'whole' = 'none';
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
    private readonly server: Server,
    private readonly lite?: Lite,
  ) {}

  /** Looks up the collection. */
  async find(): Promise<Collection | undefined> {
    this.table = await describeCollection(this.connection, this.name, this.options);
    return this.table;
  }

  /** Whether the collection exists. */
  get exists(): boolean {
    return this.table !== undefined;
  }

  /** The model that denscape recorded with the collection; undefined for collections of others. */
  get model(): ModelMark | undefined {
    return this.table?.model;
  }

  /** Whether rows can have fields beyond the schema, in which denscape notes their source. */
  get isDynamic(): boolean {
    return this.table?.dynamic ?? true;
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
    await this.guard(() => prepareCollection(this.destination(), this.table, plan));
    this.prepared = plan.model;
  }

  /**
   * Checks that rows can go into the partition that was named, before anything is embedded.
   *
   * @throws UserError for several partitions, or one that there isn't
   */
  async checkPartition(): Promise<void> {
    if (checkPartition(this.name, this.exists, this.options.partition)) await this.guard(() => this.ready());
  }

  /** Columns of a file as the collection will hold them. Throws a UserError where it can't. */
  storable(fields: FileFields): FileFields {
    return this.table ? storableFields(this.table, fields) : fields;
  }

  /**
   * Rows that are not stored as they should be; all of them while the collection isn't there. `model` refuses vectors
   * of another one.
   */
  async differences(wanted: Wanted, watch: Watch = {}, model?: ModelMark): Promise<Differences> {
    const { table } = this;
    // A collection of ours without index has no rows: rows are written after the index is made.
    if (!table || (table.index === 'none' && table.model !== undefined))
      return { missing: Int32Array.from(wanted.ids.keys()), outdated: new Int32Array() };
    return this.guard(async () => {
      if (model) checkModel(table, model);
      await this.wholeReady();
      return findDifferences(this.wholeSource(), wanted, watch);
    });
  }

  /** Rows whose ids are not stored yet, or with another text; see `differences`. */
  async missing(
    ids: readonly string[],
    watch: Watch = {},
    texts?: readonly string[],
    model?: string,
  ): Promise<Int32Array> {
    const mark = model === undefined ? undefined : { fingerprint: model };
    return (await this.differences({ ids, texts }, watch, mark)).missing;
  }

  /** Stores rows, replacing what was under their ids. `prepare` first. Returns how many texts had to be cut. */
  async upsert(rows: Rows, watch: Watch = {}, bounds?: BatchBounds): Promise<number> {
    return this.guard(() => upsert(this.source(), rows, watch, bounds));
  }

  /**
   * Writes rows that the collection lacks into files for a bulk import instead of sending them. `prepare` first.
   * Returns how many texts had to be cut.
   */
  async writeBulk(rows: Rows, folder: BulkFolder): Promise<number> {
    checkBulk(this.collection());
    return folder.add(this.collection(), rows);
  }

  /** Completes the files of a bulk import; their names. */
  async finishBulk(folder: BulkFolder): Promise<string[]> {
    return this.table ? folder.finish(this.table) : [];
  }

  /**
   * Stores vectors and texts under ids that may be there already, and keeps every other field of the rows that are.
   * `prepare` first. Returns how many texts had to be cut.
   */
  async update(rows: Rows, watch: Watch = {}): Promise<number> {
    return this.guard(() => update(this.source(), rows, watch));
  }

  /** Sets fields of stored rows and adds their source; the rest of each row stays. */
  async setFields(rows: Pick<Rows, 'ids' | 'fields' | 'origin'>, watch: Watch = {}): Promise<void> {
    await this.guard(() => setFields(this.wholeSource(), rows, watch));
  }

  /** Looks for stored rows that are not among `ids`, those of the source `origin`. */
  async strays(ids: readonly string[], origin: string, watch: Watch = {}): Promise<Strays> {
    return this.guard(async () => {
      await this.wholeReady();
      const source = this.wholeSource();
      if ((await countRows(source)) === ids.length) return { left: [], shared: [], others: 0 };
      return findStrays(source, ids, origin, watch);
    });
  }

  /** Deletes rows that left their source. Only on request. */
  async prune(strays: Strays, origin: string, watch: Watch = {}): Promise<void> {
    await this.guard(() => prune(this.wholeSource(), strays, origin, watch));
  }

  /** Checks that results can be written into these fields, before anything is clustered. Throws a UserError. */
  checkWriteBack(receivers: readonly Receiver[]): void {
    if (this.table) checkWriteBack(this.table, receivers);
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

  /**
   * Writes results into fields of stored rows, leaving every other field as it is, and flushes. Only on request.
   *
   * @returns how many rows of the collection keep what they had, and how many texts were cut
   */
  async writeBack(
    results: readonly FieldValues[],
    ids: readonly string[],
    watch: Watch = {},
  ): Promise<{ untouched: number; cut: number }> {
    const written = await this.guard(async () => {
      await this.wholeReady();
      const { found, cut } = await writeBack(this.wholeSource(), ids, results, watch);
      return { untouched: (await countRows(this.wholeSource())) - found, cut };
    });
    await this.flush(watch);
    return written;
  }

  /** Checks that a collection can hold topics, or is not there. Throws a UserError. */
  async checkTopics(name: string): Promise<void> {
    await this.guard(() => checkTopics(this.connection, name, this.table?.dimensions));
  }

  /** Replaces the rows of a collection of topics. Only on request. */
  async writeTopics(name: string, rows: readonly TopicRow[], centres: Matrix): Promise<void> {
    await this.guard(() => writeTopics(this.connection, name, rows, centres));
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

  /** Loads the partitions that are read, once. */
  private async ready(watch: Watch = {}): Promise<void> {
    if (this.loaded !== 'none') return;
    const { partition: partitions } = this.options;
    await loadWhole(this.connection, { name: this.name, partitions }, watch);
    this.loaded = partitions ? 'partitions' : 'whole';
  }

  /** Loads all partitions, once: an id must be found wherever it lies. */
  private async wholeReady(watch: Watch = {}): Promise<void> {
    if (this.loaded !== 'whole') await loadWhole(this.connection, { name: this.name }, watch);
    this.loaded = 'whole';
  }

  private async storedRows(): Promise<number> {
    return countRows(this.source()).catch((error: unknown) => {
      if (isNotLoaded(error)) return 0;
      throw error;
    });
  }

  /** What the options leave to be read. */
  private source(): Source {
    const { partition: partitions, consistency } = this.options;
    return { ...this.wholeSource(), partitions, consistency };
  }

  /** As `source`, whatever partitions were named. */
  private wholeSource(): Source {
    return {
      connection: this.connection,
      collection: this.collection(),
      parallel: this.server.lite ? 1 : 3,
      lengths: this.lengths,
    };
  }

  private destination(): Destination {
    return {
      connection: this.connection,
      name: this.name,
      options: this.options,
      isLite: this.server.lite,
      address: this.address.name,
      find: () => this.find(),
      source: () => this.source(),
      ready: () => this.wholeReady(),
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

function idsAt(ids: readonly string[], rows: Int32Array): string[] {
  return Array.from(rows, (row) => ids[row]);
}
