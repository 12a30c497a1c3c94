import { UserError } from '../errors.js';
import type { SparseRows } from '../shapes.js';
import { type SparseRow, sparseRow } from '../sparse-rows.js';
import type { Collection } from './collection.js';
import type { Connection, Server } from './connection.js';
import { MilvusError } from './failure.js';
import { column, idsExpression, query, type Source } from './query.js';
import { type FieldData, TYPE_NUMBER } from './wire.js';

/**
 * What is stored for a text without weights, since Milvus Lite refuses a vector without numbers: almost nothing at token 0,
 * which begins or pads texts in the vocabularies of BERT and XLM-RoBERTa and has no weight in any other row.
 */
export const NO_WEIGHTS: SparseRow = { ids: Uint32Array.of(0), weights: Float32Array.of(1e-6) };

/** A sparse vector as it travels: for each number its place as u32 and itself as f32, little-endian, places ascending. */
export function sparseBytes({ ids, weights }: SparseRow): Buffer {
  const out = Buffer.allocUnsafe(ids.length * 8);
  for (let at = 0; at < ids.length; at++) {
    out.writeUInt32LE(ids[at], at * 8);
    out.writeFloatLE(weights[at], at * 8 + 4);
  }
  return out;
}

function readSparse(bytes: Uint8Array): SparseRow {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const places = Array.from({ length: bytes.byteLength >> 3 }, (_, at) => at * 8);
  return {
    ids: Uint32Array.from(places, (at) => view.getUint32(at, true)),
    weights: Float32Array.from(places, (at) => view.getFloat32(at + 4, true)),
  };
}

/** Rows `from` to `to` as a column. */
export function sparseColumn(name: string, rows: SparseRows, from: number, to: number): FieldData {
  const parts = Array.from({ length: to - from }, (_, i) => sparseRow(rows, from + i));
  const filled = parts.map((row) => (row.ids.length > 0 ? row : NO_WEIGHTS));
  // A place more than the largest.
  const dim = filled.reduce((most, { ids }) => Math.max(most, ids[ids.length - 1] + 1), 1);
  const sparse_float_vector = { contents: filled.map(sparseBytes), dim };
  return { type: TYPE_NUMBER.SparseFloatVector, field_name: name, vectors: { dim, sparse_float_vector } };
}

/** Bytes of a row's weights. */
export const sparseSize = ({ starts }: SparseRows, row: number): number =>
  (starts[row + 1] - starts[row]) * 8 + 16;

/** The stored weights of these ids, in their order; undefined where a row isn't there. */
export async function readSparseRows(
  source: Source,
  field: string,
  ids: readonly string[],
): Promise<(SparseRow | undefined)[]> {
  const { collection } = source;
  const page = await query(source, idsExpression(collection, ids), [collection.idField, field]);
  const vectors = page.fields_data.find(({ field_name }) => field_name === field)?.vectors;
  const { contents = [] } = vectors?.sparse_float_vector ?? {};
  const found = new Map(column(page, collection.idField).map((id, at) => [String(id), contents[at]]));
  return ids.map((id) => {
    const bytes = found.get(id);
    return bytes && readSparse(bytes);
  });
}

/**
 * Checks that lexical weights can be stored where they are made, and that none are required where they aren't.
 * @throws UserError
 */
export function checkSparse(
  isMade: boolean,
  { version, lite }: Server,
  address: string,
  collection: Collection | undefined,
): void {
  const refusal = (what: string) => new UserError(what, { code: 'STORE_MISMATCH', option: 'sparse' });
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  if (isMade && !lite && (Number(major) < 2 || (Number(major) === 2 && Number(minor) < 4)))
    throw refusal(
      `Milvus ${version} at ${address} has no sparse vectors, which came with 2.4; leave out --sparse, or use another server`,
    );
  if (!collection) return;
  const field = collection.fields.find(({ name }) => name === collection.sparseField);
  if (isMade && !field)
    throw refusal(
      `collection ${collection.name} has no field for sparse vectors (SPARSE_FLOAT_VECTOR), which can't be added to it; leave out --sparse, or name another --collection`,
    );
  if (!isMade && field && !field.nullable && !field.hasDefault)
    throw refusal(
      `collection ${collection.name} requires sparse vectors in ${field.name}; add --sparse, with a model that gives them, or choose another --collection`,
    );
}

/** Gives the weights of a collection that denscape made their index. */
export async function createSparseIndex(connection: Connection, name: string, field: string): Promise<void> {
  await connection
    .through('CreateIndex', (client) =>
      client.createIndex({
        collection_name: name,
        field_name: field,
        index_type: 'SPARSE_INVERTED_INDEX',
        metric_type: 'IP',
        params: {},
        timeout: 120_000,
      }),
    )
    .catch((error: unknown) => {
      // Another writer made it between our check and this request.
      if (!(error instanceof MilvusError && /already exist|at most one|duplicate/i.test(error.message)))
        throw error;
    });
}
