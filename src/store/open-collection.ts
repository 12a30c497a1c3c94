import type { Watch } from '../progress.js';
import type { Address } from './address.js';
import { type Collection, describeCollection, isExact, type Metric, type ModelMark } from './collection.js';
import type { Connection, Server } from './connection.js';
import { explain, isNotLoaded, MilvusError } from './failure.js';
import type { Lite } from './lite.js';
import { loadWhole } from './loading.js';
import type { StoreSettings } from './options.js';
import { countRows, type Source } from './query.js';

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

/** A connection to a collection, which may not exist yet: what it is, and whether it is loaded. */
export class OpenCollection {
  protected table?: Collection;
  /** How much of the collection is known to be in the server's memory. */
  private loaded: 'none' | 'partitions' | 'whole' = 'none';
  private readonly lengths = { vary: false };

  constructor(
    protected readonly options: StoreSettings,
    protected readonly address: Address,
    protected readonly name: string,
    protected readonly connection: Connection,
    protected readonly server: Server,
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
  protected async ready(watch: Watch = {}): Promise<void> {
    if (this.loaded !== 'none') return;
    const { partition: partitions } = this.options;
    await loadWhole(this.connection, { name: this.name, partitions }, watch);
    this.loaded = partitions ? 'partitions' : 'whole';
  }

  /** Loads all partitions, once: an id must be found wherever it lies. */
  protected async wholeReady(watch: Watch = {}): Promise<void> {
    if (this.loaded !== 'whole') await loadWhole(this.connection, { name: this.name }, watch);
    this.loaded = 'whole';
  }

  protected async storedRows(): Promise<number> {
    return countRows(this.source()).catch((error: unknown) => {
      if (isNotLoaded(error)) return 0;
      throw error;
    });
  }

  /** What the options leave to be read. */
  protected source(): Source {
    const { partition: partitions, consistency } = this.options;
    return { ...this.wholeSource(), partitions, consistency };
  }

  /** As `source`, whatever partitions were named. */
  protected wholeSource(): Source {
    return {
      connection: this.connection,
      collection: this.collection(),
      parallel: this.server.lite ? 1 : 3,
      lengths: this.lengths,
    };
  }

  protected collection(): Collection {
    if (!this.table) {
      throw new MilvusError(`collection ${this.name} does not exist`, 'DescribeCollection', 0, 100, false);
    }
    return this.table;
  }

  protected async guard<T>(run: () => Promise<T>): Promise<T> {
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
