import { FailureError, UserError } from '../errors.js';
import { DEFAULT_FIELDS } from '../options/store.js';
import type { Connection } from './connection.js';
import { isNoCollection, isNoIndex, MilvusError } from './failure.js';
import type { StoreSettings } from './options.js';
import { DataType } from './sdk.js';
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
  /** Field with lexical weights as sparse vectors, and whether it has an index. */
  sparseField?: string;
  hasSparseIndex?: boolean;
  /** Field that receives texts, if there is one. */
  textField?: string;
  /** Fields that hold the texts, several to be joined; a dynamic one may be among them. */
  textFields: readonly string[];
  /** Bytes a text may have. */
  textLimit: number;
  metric: Metric;
  /** `none` where the vector field has no index. */
  index: string;
  /** Any further field may be set on a row. */
  dynamic: boolean;
  fields: Field[];
  /** The model that filled it, as denscape recorded it; undefined for collections of others. */
  model?: ModelMark;
}

/** A model as denscape records it with a collection. */
export interface ModelMark {
  fingerprint: string;
  /** For people; absent in collections of earlier versions. */
  name?: string;
}

export interface Field {
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

export interface RawField {
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
export interface RawDescription {
  schema: { fields: RawField[]; description?: string; enable_dynamic_field?: boolean; autoID?: boolean };
  properties?: { key: string; value: string }[];
}
interface RawIndexes {
  index_descriptions: { field_name: string; params: { key: string; value: string }[] }[];
}

/** Beginning of the description that denscape gives to the collections it creates. Milvus Lite stores none. */
const MADE_BY = 'Made by denscape; vectors by ';
/** Property that denscape gives to them too. */
const MODEL_PROPERTY = 'denscape.model';

/** A model in words: `all-MiniLM-L6-v2 (0123abcd…)`, or the fingerprint by itself. */
const markText = ({ fingerprint, name }: ModelMark): string =>
  name === undefined ? fingerprint : `${name} (${fingerprint})`;

function readMark(text: string): ModelMark {
  const [, name, fingerprint] = /^(.*) \(([^()]*)\)$/.exec(text) ?? [];
  return fingerprint === undefined ? { fingerprint: text } : { fingerprint, name };
}

/** A model in a message, its fingerprint cut to what tells two apart. */
export const shownModel = ({ fingerprint, name }: ModelMark): string =>
  name === undefined ? fingerprint : `${name} (${fingerprint.slice(0, 8)})`;

/** The model that denscape recorded, in a property or in the description. */
export function recordedModel({ schema, properties = [] }: RawDescription): ModelMark | undefined {
  const property = properties.find(({ key }) => key === MODEL_PROPERTY)?.value;
  if (property) return readMark(property);
  const { description = '' } = schema;
  return description.startsWith(MADE_BY) ? readMark(description.slice(MADE_BY.length)) : undefined;
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
  const dynamic = raw.schema.enable_dynamic_field ?? false;
  const texts = textsOf(name, fields, [options.textField ?? []].flat(), dynamic);
  const indexes = await describeIndexes(connection, name);
  const index = readIndex(name, vector.name, indexes);
  const sparse = sparseOf(fields);
  return {
    name,
    idField: id.name,
    idType: id.type === 'VarChar' ? 'VARCHAR' : 'INT64',
    autoId: id.autoId || Boolean(raw.schema.autoID),
    vectorField: vector.name,
    vectorType: vector.type as VectorType,
    dimensions: Number(vector.params.dim),
    ...(sparse && {
      sparseField: sparse.name,
      hasSparseIndex: indexes.some(({ field_name }) => field_name === sparse.name),
    }),
    textField: texts[0]?.field?.name,
    textFields: texts.map((text) => text.name),
    textLimit: Number(texts[0]?.field?.params.max_length ?? 65_535),
    metric: index.metric,
    index: index.type,
    dynamic,
    fields,
    model: recordedModel(raw),
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
  if (!primary)
    throw new FailureError(`collection ${collection} has no primary key`, { code: 'STORE_MISMATCH' });
  if (wanted && wanted !== primary.name) {
    throw new UserError(
      `idField ${wanted} is not the primary key of ${collection}, which is ${primary.name}`,
      { code: 'STORE_MISMATCH', option: 'store.idField' },
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
        { code: 'STORE_MISSING', option: 'store.vectorField' },
      );
    if (!readable.includes(field)) {
      throw new UserError(
        `field ${requested} of ${collection} is a ${field.type}; vectorField must be a FLOAT, FLOAT16 or BFLOAT16 vector: ${list(readable)}`,
        { code: 'STORE_MISMATCH', option: 'store.vectorField' },
      );
    }
    return field;
  }
  if (readable.length === 1) return readable[0];
  throw new UserError(
    readable.length === 0
      ? `collection ${collection} has no FLOAT, FLOAT16 or BFLOAT16 vector field; its fields: ${list(fields)}`
      : `collection ${collection} has several vector fields, name one with vectorField (--vector-field): ${list(readable)}`,
    { code: 'STORE_MISMATCH', option: 'store.vectorField' },
  );
}

/** The field with sparse vectors that rows bring along; those that the server computes are not among them. */
function sparseOf(fields: readonly Field[]): Field | undefined {
  const sparse = fields.filter(({ type, computed }) => type === 'SparseFloatVector' && !computed);
  return sparse.length === 1 ? sparse[0] : sparse.find(({ name }) => name === DEFAULT_FIELDS.sparse);
}

/** The fields of the texts; `field` is absent for a dynamic one. */
function textsOf(
  collection: string,
  fields: Field[],
  wanted: readonly string[],
  dynamic: boolean,
): { name: string; field?: Field }[] {
  const strings = fields.filter((field) => field.type === 'VarChar' && !field.primary);
  if (wanted.length > 0) return wanted.map((name) => namedText(collection, fields, name, dynamic));
  const usual = strings.find(({ name }) => name === DEFAULT_FIELDS.text);
  if (usual) return [{ name: usual.name, field: usual }];
  if (strings.length < 2) return strings.map((field) => ({ name: field.name, field }));
  throw new UserError(
    `collection ${collection} has several VARCHAR fields, name the texts with textField (--text-field): ${list(strings)}`,
    { code: 'STORE_MISMATCH', option: 'store.textField' },
  );
}

function namedText(
  collection: string,
  fields: Field[],
  name: string,
  dynamic: boolean,
): { name: string; field?: Field } {
  const field = fields.find((candidate) => candidate.name === name);
  if (field?.type === 'VarChar') return { name, field };
  const strings = list(fields.filter(({ type, primary }) => type === 'VarChar' && !primary));
  if (field) {
    throw new UserError(
      `field ${name} of ${collection} is a ${field.type}; textField must be a VARCHAR: ${strings}`,
      { code: 'STORE_MISMATCH', option: 'store.textField' },
    );
  }
  if (dynamic) return { name };
  throw new UserError(`collection ${collection} has no field ${name}; its VARCHAR fields: ${strings}`, {
    code: 'STORE_MISSING',
    option: 'store.textField',
  });
}

async function describeIndexes(
  connection: Connection,
  collection: string,
): Promise<RawIndexes['index_descriptions']> {
  try {
    const raw = await connection.call<RawIndexes>('DescribeIndex', { collection_name: collection });
    return raw.index_descriptions;
  } catch (error) {
    if (isNoIndex(error)) return [];
    throw error;
  }
}

function readIndex(
  collection: string,
  field: string,
  indexes: RawIndexes['index_descriptions'],
): { type: string; metric: Metric } {
  const mine = indexes.find(({ field_name }) => field_name === field);
  if (!mine) return { type: 'none', metric: 'L2' };
  const params = Object.fromEntries(mine.params.map(({ key, value }) => [key, value]));
  const nested = params.params ? (JSON.parse(params.params) as Record<string, string>) : {};
  const metric = String(params.metric_type ?? nested.metric_type ?? 'L2').toUpperCase();
  if (metric !== 'L2' && metric !== 'IP' && metric !== 'COSINE') {
    throw new UserError(
      `field ${field} of ${collection} is indexed with the metric ${metric}; it must be L2, IP or COSINE`,
      { code: 'STORE_MISMATCH' },
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
  /** The model's name, for people. */
  modelName?: string;
  /** Names of the file's columns that are stored as fields. */
  fields?: readonly string[];
  /** Type of the ids; VARCHAR only for ids from a column. Default INT64. */
  idType?: 'INT64' | 'VARCHAR';
  /** Whether lexical weights are stored too. */
  sparse?: boolean;
}

/** Creates a collection with the original's fields: id INT64, embedding FLOAT_VECTOR, text VARCHAR 65535. */
export async function createCollection(
  connection: Connection,
  name: string,
  options: StoreSettings,
  plan: Plan,
): Promise<void> {
  const id = options.idField ?? DEFAULT_FIELDS.id;
  const [text = DEFAULT_FIELDS.text] = [options.textField ?? []].flat();
  const mark = markText({ fingerprint: plan.model, name: plan.modelName });
  await connection
    .through('CreateCollection', (client) =>
      client.createCollection({
        collection_name: name,
        description: `${MADE_BY}${mark}`,
        properties: { [MODEL_PROPERTY]: mark },
        consistency_level: 'Strong',
        // Columns of the file, sources of a row and labels written back go there; the fields are the original's.
        enable_dynamic_field: true,
        fields: [
          plan.idType === 'VARCHAR'
            ? { name: id, data_type: DataType.VarChar, is_primary_key: true, autoID: false, max_length: 512 }
            : { name: id, data_type: DataType.Int64, is_primary_key: true, autoID: false },
          {
            name: options.vectorField ?? DEFAULT_FIELDS.vector,
            data_type: DataType.FloatVector,
            dim: plan.dimensions,
          },
          { name: text, data_type: DataType.VarChar, max_length: 65_535 },
          ...(plan.sparse ? [{ name: DEFAULT_FIELDS.sparse, data_type: DataType.SparseFloatVector }] : []),
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
        throw new UserError(`index ${type} with ${JSON.stringify(params)}: ${error.message.split('\n')[0]}`, {
          code: 'OPTION_INVALID',
          option: 'store.indexParams',
          cause: error,
        });
      }
      throw error;
    });
}
