import type { Watch } from '../progress.js';
import { type RawDescription, type RawField, recordedModel, shownModel } from './collection.js';
import type { Connection } from './connection.js';
import { explain, isNoIndex } from './failure.js';
import { connected } from './open.js';
import type { StoreOptions } from './options.js';

/** A collection in words. */
export interface ListedCollection {
  name: string;
  /** Rows that the server has written to its disk, those that were replaced or deleted since included. */
  rows: number;
  /** Each field with its type: `id Int64 key`, `embedding FloatVector 384`. */
  fields: string[];
  /** Vector fields with their index and metric: `embedding FLAT L2`. */
  indexes: string[];
  /** The model that denscape recorded. */
  model?: string;
}

/** What a Milvus holds. */
export interface Listing {
  kind: 'lite' | 'server' | 'cloud';
  version: string;
  address: string;
  collections: ListedCollection[];
}

/** Lists the collections of a Milvus with their schemas; creates and loads nothing. */
export async function listCollections(given: StoreOptions, watch: Watch = {}): Promise<Listing> {
  return connected(given, watch, { mustExist: true }, async ({ address, connection, server, lite }) => {
    try {
      const request = {};
      const { collection_names: names } = await connection.call<{ collection_names: string[] }>(
        'ShowCollections',
        request,
      );
      const collections: ListedCollection[] = [];
      for (const name of [...names].sort()) collections.push(await describe(connection, name));
      return {
        kind: server.lite ? 'lite' : address.kind,
        version: server.version,
        address: address.name,
        collections,
      };
    } catch (error) {
      throw explain(error, { address, collection: 'the database' });
    } finally {
      await connection.close();
      await lite?.stop();
    }
  });
}

async function describe(connection: Connection, name: string): Promise<ListedCollection> {
  const request = { collection_name: name };
  const raw = await connection.call<RawDescription>('DescribeCollection', request);
  const { stats } = await connection.call<{ stats: { key: string; value: string }[] }>(
    'GetCollectionStatistics',
    request,
  );
  const model = recordedModel(raw);
  const dynamic = raw.schema.enable_dynamic_field ? ['and dynamic fields'] : [];
  return {
    name,
    rows: Number(stats.find(({ key }) => key === 'row_count')?.value ?? 0),
    fields: [...raw.schema.fields.filter(({ is_dynamic }) => !is_dynamic).map(fieldInWords), ...dynamic],
    indexes: await indexesOf(connection, name),
    model: model && shownModel(model),
  };
}

function fieldInWords(field: RawField): string {
  const { name, data_type: type, is_primary_key, nullable, is_partition_key, type_params } = field;
  const size = type_params.find(({ key }) => key === 'dim' || key === 'max_length')?.value;
  const notes = [
    is_primary_key ? (field.autoID ? 'key, numbered by Milvus' : 'key') : '',
    is_partition_key ? 'partition key' : '',
    nullable ? 'nullable' : '',
  ];
  return [name, type, size, ...notes].filter(Boolean).join(' ');
}

async function indexesOf(connection: Connection, name: string): Promise<string[]> {
  interface Answer {
    index_descriptions: { field_name: string; params: { key: string; value: string }[] }[];
  }
  try {
    const { index_descriptions: all } = await connection.call<Answer>('DescribeIndex', {
      collection_name: name,
    });
    return all.map(({ field_name, params }) => {
      const value = (key: string) => params.find((param) => param.key === key)?.value ?? '';
      return `${field_name} ${value('index_type')} ${value('metric_type')}`.trim();
    });
  } catch (error) {
    if (isNoIndex(error)) return [];
    throw error;
  }
}
