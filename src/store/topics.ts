import { DataType } from '@zilliz/milvus2-sdk-node';
import { UserError } from '../errors.js';
import type { Matrix } from '../shapes.js';
import type { RawDescription } from './collection.js';
import type { Connection } from './connection.js';
import { isNoCollection } from './failure.js';
import { flushCollection } from './flush.js';
import { loadWhole } from './loading.js';
import { literal } from './query.js';
import { varcharColumn, vectorColumn } from './wire.js';

/** A topic or a theme, as a row of a collection of topics. */
export interface TopicRow {
  /** Unique: `topic 3`, `theme 0`. */
  key: string;
  level: 'topic' | 'theme';
  /** The number that its rows have as label. */
  number: number;
  name: string;
  keywords: string;
  size: number;
}

/** Description of such a collection, by which denscape knows that it may replace its rows. */
const MADE_BY = 'Topics by denscape';
const FIELDS = ['key', 'centre', 'level', 'number', 'name', 'keywords', 'size'];

/**
 * Checks that a collection can hold topics.
 * @throws UserError where one of this name holds something else, or centres of other dimensions.
 */
export async function checkTopics(connection: Connection, name: string, cols?: number): Promise<boolean> {
  let raw: RawDescription;
  try {
    raw = await connection.call<RawDescription>('DescribeCollection', { collection_name: name });
  } catch (error) {
    if (isNoCollection(error)) return false;
    throw error;
  }
  const details = { code: 'STORE_MISMATCH', option: 'store.topicsCollection' } as const;
  const own = raw.schema.fields.map((field) => field.name);
  // Milvus Lite stores no descriptions; nobody else has these fields.
  if (!FIELDS.every((field) => own.includes(field)) || own.length !== FIELDS.length) {
    throw new UserError(
      `collection ${name} holds something other than topics of denscape; name another with --topics-collection`,
      details,
    );
  }
  const centre = raw.schema.fields.find((field) => field.name === 'centre');
  const dim = Number(centre?.type_params.find(({ key }) => key === 'dim')?.value);
  if (cols !== undefined && dim !== cols) {
    throw new UserError(
      `collection ${name} holds centres of ${dim} numbers, and this run has vectors of ${cols}; name another with --topics-collection`,
      details,
    );
  }
  return true;
}

/** Replaces the rows of a collection of topics, which is made where it is missing. */
export async function writeTopics(
  connection: Connection,
  name: string,
  rows: readonly TopicRow[],
  centres: Matrix,
): Promise<void> {
  const { cols } = centres;
  if (!(await checkTopics(connection, name, cols))) await createTopics(connection, name, cols);
  await loadWhole(connection, { name }, {});
  const texts = (of: (row: TopicRow) => string, field: string) => varcharColumn(field, rows.map(of));
  const longs = (of: (row: TopicRow) => number, field: string) => ({
    type: 5,
    field_name: field,
    scalars: { long_data: { data: rows.map((row) => String(of(row))) } },
  });
  if (rows.length > 0) {
    await connection.call('Upsert', {
      collection_name: name,
      num_rows: rows.length,
      fields_data: [
        texts(({ key }) => key, 'key'),
        vectorColumn('centre', 'FloatVector', centres.data, cols, 0, rows.length),
        texts(({ level }) => level, 'level'),
        longs(({ number }) => number, 'number'),
        texts((row) => row.name.slice(0, 500), 'name'),
        texts(({ keywords }) => keywords.slice(0, 2000), 'keywords'),
        longs(({ size }) => size, 'size'),
      ],
    });
  }
  // Those of an earlier run that are no more.
  const keys = rows.map(({ key }) => literal(key)).join(',');
  const expr = rows.length > 0 ? `key not in [${keys}]` : 'key != ""';
  const { fields_data } = await connection.call<{
    fields_data: { scalars?: { string_data?: { data?: string[] } } }[];
  }>('Query', { collection_name: name, expr, output_fields: ['key'], consistency_level: 'Strong' });
  const old = fields_data[0]?.scalars?.string_data?.data ?? [];
  if (old.length > 0)
    await connection.call('Delete', {
      collection_name: name,
      expr: `key in [${old.map(literal).join(',')}]`,
    });
  await flushCollection(connection, name);
}

async function createTopics(connection: Connection, name: string, dim: number): Promise<void> {
  await connection.through('CreateCollection', (client) =>
    client.createCollection({
      collection_name: name,
      description: MADE_BY,
      consistency_level: 'Strong',
      fields: [
        { name: 'key', data_type: DataType.VarChar, is_primary_key: true, max_length: 40 },
        { name: 'centre', data_type: DataType.FloatVector, dim },
        { name: 'level', data_type: DataType.VarChar, max_length: 10 },
        { name: 'number', data_type: DataType.Int64 },
        { name: 'name', data_type: DataType.VarChar, max_length: 2000 },
        { name: 'keywords', data_type: DataType.VarChar, max_length: 8000 },
        { name: 'size', data_type: DataType.Int64 },
      ],
    }),
  );
  await connection.through('CreateIndex', (client) =>
    client.createIndex({
      collection_name: name,
      field_name: 'centre',
      index_type: 'FLAT',
      metric_type: 'COSINE',
      params: {},
    }),
  );
}
