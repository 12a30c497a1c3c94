import { DataType } from '@zilliz/milvus2-sdk-node';
import { FailureError, UserError } from '../errors.js';
import { DEFAULT_FIELDS } from '../options/store.js';
import type { Connection } from './connection.js';
import { isForbidden, isNoCollection, isNoIndex, isUnimplemented, MilvusError } from './failure.js';
import type { StoreSettings } from './options.js';
import { VECTOR_TYPES, type VectorType } from './wire.js';

export type Metric = 'L2' | 'IP' | 'COSINE';

/** The properties of a collection that denscape uses. */
export interface Collection {
  name: string;
  idField: string;
  idType: 'INT64' | 'VARCHAR';
  autoId: boolean;
  vectorField: string;
  vectorType: VectorType;
  dimensions: number;
  /** Field with the text, if there is one. */
  textField?: string;
  /** Bytes a text may have. */
  textLimit: number;
  metric: Metric;
  /** `none` where the vector field has no index. */
  index: string;
  /** Any further field may be set on a row. */
  dynamic: boolean;
  fields: Field[];
  description: string;
}

interface Field {
  name: string;
  /** Milvus' name, such as `VarChar`. */
  type: string;
  primary: boolean;
  autoId: boolean;
  nullable: boolean;
  hasDefault: boolean;
  computed: boolean;
  /** Its value decides which partition a row lies in. */
  partitionKey: boolean;
  params: Record<string, string>;
}

interface RawField {
  name: string;
  data_type: string;
  is_primary_key: boolean;
  autoID: boolean;
  nullable?: boolean;
  default_value?: unknown;
  is_function_output?: boolean;
  is_dynamic?: boolean;
  is_partition_key?: boolean;
  type_params: { key: string; value: string }[];
}
interface RawDescription {
  schema: { fields: RawField[]; description?: string; enable_dynamic_field?: boolean; autoID?: boolean };
}
interface RawIndexes {
  index_descriptions: { field_name: string; params: { key: string; value: string }[] }[];
}

/** Description that denscape gives to the collections it creates. Milvus Lite does not store descriptions. */
const MADE_BY = 'Made by denscape';
const describeModel = (model: string) => `${MADE_BY}; vectors by ${model}`;

/** The model that a description names, if denscape wrote it. */
export function describedModel(description: string): string | undefined {
  return description.startsWith(`${MADE_BY}; vectors by `)
    ? description.slice(describeModel('').length)
    : undefined;
}

/** Whether searches with this index return exact results. */
export const isExact = (index: string): boolean => index === 'FLAT' || index === 'none';

/** Reads a collection's schema and index; undefined when there is none of that name. */
export async function describeCollection(
  connection: Connection,
  name: string,
  options: StoreSettings,
): Promise<Collection | undefined> {
  let raw: RawDescription;
  try {
    raw = await connection.call<RawDescription>('DescribeCollection', { collection_name: name });
  } catch (error) {
    if (isNoCollection(error)) return undefined;
    throw error;
  }
  const fields = raw.schema.fields.filter((field) => !field.is_dynamic).map(readField);
  const id = primaryOf(name, fields, options.idField);
  const vector = vectorOf(name, fields, options.vectorField);
  const text = textOf(name, fields, options.textField, raw.schema.enable_dynamic_field ?? false);
  const index = await describeIndex(connection, name, vector.name);
  return {
    name,
    idField: id.name,
    idType: id.type === 'VarChar' ? 'VARCHAR' : 'INT64',
    autoId: id.autoId || Boolean(raw.schema.autoID),
    vectorField: vector.name,
    vectorType: vector.type as VectorType,
    dimensions: Number(vector.params.dim),
    textField: text?.name,
    textLimit: Number(text?.params.max_length ?? 65_535),
    metric: index.metric,
    index: index.type,
    dynamic: raw.schema.enable_dynamic_field ?? false,
    fields,
    description: raw.schema.description ?? '',
  };
}

function readField(raw: RawField): Field {
  return {
    name: raw.name,
    type: raw.data_type,
    primary: raw.is_primary_key,
    autoId: raw.autoID,
    nullable: raw.nullable ?? false,
    hasDefault: raw.default_value !== null && raw.default_value !== undefined,
    computed: raw.is_function_output ?? false,
    partitionKey: raw.is_partition_key ?? false,
    params: Object.fromEntries(raw.type_params.map(({ key, value }) => [key, value])),
  };
}

const list = (fields: Field[]) => fields.map((field) => `${field.name} (${field.type})`).join(', ') || 'none';

function primaryOf(collection: string, fields: Field[], wanted: string | undefined): Field {
  const primary = fields.find((field) => field.primary);
  if (!primary) throw new FailureError(`collection ${collection} has no primary key`);
  if (wanted && wanted !== primary.name) {
    throw new UserError(
      `idField ${wanted} is not the primary key of ${collection}, which is ${primary.name}`,
    );
  }
  return primary;
}

function vectorOf(collection: string, fields: Field[], wanted: string | undefined): Field {
  const readable = fields.filter((field) => VECTOR_TYPES.some((type) => type === field.type));
  const requested =
    wanted ?? (readable.some((field) => field.name === 'embedding') ? 'embedding' : undefined);
  if (requested) {
    const field = fields.find(({ name }) => name === requested);
    if (!field)
      throw new UserError(
        `collection ${collection} has no field ${requested}; its vector fields: ${list(readable)}`,
      );
    if (!readable.includes(field)) {
      throw new UserError(
        `field ${requested} of ${collection} is a ${field.type}; vectorField must be a FLOAT, FLOAT16 or BFLOAT16 vector: ${list(readable)}`,
      );
    }
    return field;
  }
  if (readable.length === 1) return readable[0];
  throw new UserError(
    readable.length === 0
      ? `collection ${collection} has no FLOAT, FLOAT16 or BFLOAT16 vector field; its fields: ${list(fields)}`
      : `collection ${collection} has several vector fields, name one with vectorField (--vector-field): ${list(readable)}`,
  );
}

function textOf(
  collection: string,
  fields: Field[],
  wanted: string | undefined,
  dynamic: boolean,
): Field | undefined {
  const strings = fields.filter((field) => field.type === 'VarChar' && !field.primary);
  const found = fields.find(({ name }) => name === (wanted ?? DEFAULT_FIELDS.text));
  if (found) {
    if (found.type === 'VarChar') return found;
    if (wanted)
      throw new UserError(
        `field ${wanted} of ${collection} is a ${found.type}; textField must be a VARCHAR: ${list(strings)}`,
      );
  }
  if (wanted && !dynamic) {
    throw new UserError(
      `collection ${collection} has no field ${wanted}; its VARCHAR fields: ${list(strings)}`,
    );
  }
  if (wanted) {
    const name = wanted;
    return {
      name,
      type: 'JSON',
      primary: false,
      autoId: false,
      nullable: true,
      hasDefault: false,
      computed: false,
      partitionKey: false,
      params: {},
    };
  }
  if (strings.length < 2) return strings[0];
  throw new UserError(
    `collection ${collection} has several VARCHAR fields, name the texts with textField (--text-field): ${list(strings)}`,
  );
}

async function describeIndex(
  connection: Connection,
  collection: string,
  field: string,
): Promise<{ type: string; metric: Metric }> {
  let raw: RawIndexes;
  try {
    raw = await connection.call<RawIndexes>('DescribeIndex', { collection_name: collection });
  } catch (error) {
    if (isNoIndex(error)) return { type: 'none', metric: 'L2' };
    throw error;
  }
  const mine = raw.index_descriptions.find(({ field_name }) => field_name === field);
  if (!mine) return { type: 'none', metric: 'L2' };
  const params = Object.fromEntries(mine.params.map(({ key, value }) => [key, value]));
  const nested = params.params ? (JSON.parse(params.params) as Record<string, string>) : {};
  const metric = String(params.metric_type ?? nested.metric_type ?? 'L2').toUpperCase();
  if (metric !== 'L2' && metric !== 'IP' && metric !== 'COSINE') {
    throw new UserError(
      `field ${field} of ${collection} is indexed with the metric ${metric}; it must be L2, IP or COSINE`,
    );
  }
  return { type: String(params.index_type ?? nested.index_type ?? 'AUTOINDEX').toUpperCase(), metric };
}

/** What is known before the first row is stored. */
export interface Plan {
  /** Numbers in a vector. */
  dimensions: number;
  /** Fingerprint of the model. */
  model: string;
  /** Type of the ids; VARCHAR only for ids from a column. Default INT64. */
  idType?: 'INT64' | 'VARCHAR';
}

/** Creates a collection with the original's schema: id INT64, embedding FLOAT_VECTOR, text VARCHAR 65535. */
export async function createCollection(
  connection: Connection,
  name: string,
  options: StoreSettings,
  plan: Plan,
): Promise<void> {
  const id = options.idField ?? DEFAULT_FIELDS.id;
  await connection
    .through('CreateCollection', (client) =>
      client.createCollection({
        collection_name: name,
        description: describeModel(plan.model),
        consistency_level: 'Strong',
        // Labels written back need somewhere to go; otherwise the schema is exactly the original's.
        enable_dynamic_field: Boolean(options.writeBack),
        fields: [
          plan.idType === 'VARCHAR'
            ? { name: id, data_type: DataType.VarChar, is_primary_key: true, autoID: false, max_length: 512 }
            : { name: id, data_type: DataType.Int64, is_primary_key: true, autoID: false },
          {
            name: options.vectorField ?? DEFAULT_FIELDS.vector,
            data_type: DataType.FloatVector,
            dim: plan.dimensions,
          },
          { name: options.textField ?? DEFAULT_FIELDS.text, data_type: DataType.VarChar, max_length: 65_535 },
        ],
      }),
    )
    .catch((error: unknown) => {
      // Another writer created it between our check and this request.
      if (!/already exist|duplicate/i.test(String(error))) throw error;
    });
}

/** Build parameters that the index types can't do without. */
const BUILD: Record<string, Record<string, number>> = {
  HNSW: { M: 16, efConstruction: 200 },
  IVF_FLAT: { nlist: 128 },
};

/** Gives a collection that denscape made its index. */
export async function createIndex(
  connection: Connection,
  name: string,
  field: string,
  options: StoreSettings,
): Promise<void> {
  const type = options.index;
  const params = { ...BUILD[type], ...options.indexParams };
  await connection
    .through('CreateIndex', (client) =>
      client.createIndex({
        collection_name: name,
        field_name: field,
        index_type: type,
        metric_type: 'L2',
        params,
        timeout: 120_000,
      }),
    )
    .catch((error: unknown) => {
      if (error instanceof MilvusError && /already exist|at most one|duplicate/i.test(error.message)) return;
      if (
        error instanceof MilvusError &&
        error.grpc === 0 &&
        /invalid|param|range|illegal/i.test(error.message)
      ) {
        throw new UserError(`index ${type} with ${JSON.stringify(params)}: ${error.message.split('\n')[0]}`);
      }
      throw error;
    });
}

type LoadState = 'LoadStateLoaded' | 'LoadStateLoading' | 'LoadStateNotLoad' | 'LoadStateNotExist';

export async function loadState(connection: Connection, name: string): Promise<LoadState> {
  try {
    const response = await connection.call<{ state: LoadState }>('GetLoadState', { collection_name: name });
    return response.state;
  } catch (error) {
    // Servers older than 2.2 lack this request; loading twice does no harm.
    if (isUnimplemented(error)) return 'LoadStateNotLoad';
    // The user may read but not query the load state; a read fails if the collection is not loaded.
    if (isForbidden(error)) return 'LoadStateLoaded';
    throw error;
  }
}

/** Loads a collection into the server's memory, without which its rows can't be read or searched. */
export async function load(connection: Connection, name: string): Promise<void> {
  const deadline = Date.now() + 10 * 60_000;
  await connection.call('LoadCollection', { collection_name: name, replica_number: 1 }, { timeout: 120_000 });
  for (let pause = 50; ; pause = Math.min(pause * 2, 1000)) {
    if ((await loadState(connection, name)) === 'LoadStateLoaded') return;
    if (Date.now() > deadline) {
      throw new FailureError(
        `collection ${name} was still not loaded after 10 minutes; see the server's log`,
      );
    }
    await connection.wait(pause);
  }
}

/** Number of rows that match the filter. */
export async function countRows(connection: Connection, name: string, filter = ''): Promise<number> {
  const response = await connection.call<{ fields_data: { scalars?: { long_data?: { data: string[] } } }[] }>(
    'Query',
    {
      collection_name: name,
      expr: filter,
      output_fields: ['count(*)'],
      consistency_level: 'Strong',
    },
  );
  return Number(response.fields_data[0]?.scalars?.long_data?.data[0] ?? 0);
}
