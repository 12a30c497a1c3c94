import { UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import type { Matrix } from '../shapes.js';
import { type BulkFolder, checkBulk } from './bulk.js';
import type { ModelMark, Plan } from './collection.js';
import { CollectionReader } from './collection-reader.js';
import { type FileFields, storableFields } from './field-columns.js';
import { flushCollection } from './flush.js';
import { deriveIds } from './ids.js';
import { type Differences, findDifferences, type Wanted } from './missing.js';
import { checkModel, checkPartition, type Destination, prepareCollection } from './prepare.js';
import { countRows } from './query.js';
import { findStrays, prune, type Strays } from './sources.js';
import { checkSparse } from './sparse.js';
import { checkTopics, type TopicRow, writeTopics } from './topics.js';
import { type BatchBounds, type Rows, setFields, update, upsert } from './write.js';
import { checkWriteBack, type FieldValues, type Receiver, writeBack } from './write-back.js';

/** An open Milvus collection, which may not exist yet. `openStore` opens one; call `close` when done. */
export class Store extends CollectionReader {
  private prepared?: string;

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

  /**
   * Checks, before anything is embedded, that lexical weights can be stored where they are made, and that none are
   * required where they aren't.
   *
   * @throws UserError for a server without sparse vectors, and a collection without a field for them or with one
   */
  checkSparse(isMade: boolean): void {
    checkSparse(isMade, this.server, this.address.name, this.table);
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
}
