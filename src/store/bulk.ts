import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SchemaElement } from 'hyparquet';
import { parquetWriteRows } from 'hyparquet-writer';
import { turn } from '../breathe.js';
import { UserError } from '../errors.js';
import { makeFolder } from '../files/folder.js';
import { parquetWriter } from '../files/parquet-writer.js';
import { replaceFile, writeWhole } from '../files/replace.js';
import type { Watch } from '../progress.js';
import type { Collection, Field } from './collection.js';
import { schemaField } from './field-columns.js';
import { importScript } from './import-script.js';
import type { Scalar } from './wire.js';
import { dynamicJson, fitTexts, type Rows } from './write.js';

/** Bytes of vectors in one file, about: Milvus takes 1,024 files and 1 GB a file at least in one import. */
const FILE_BYTES = 2 ** 28;
/** Numbers that are packed in one go. */
const NUMBERS_AT_ONCE = 2 ** 22;

/** A column of a file: how Parquet describes it, and its value in a row. */
interface Column {
  schema: SchemaElement[];
  at(row: number): unknown;
}

/** How Milvus' reader expects the scalar types of its fields. */
const PARQUET: Readonly<Record<string, Partial<SchemaElement>>> = {
  Bool: { type: 'BOOLEAN' },
  Int8: { type: 'INT32', converted_type: 'INT_8' },
  Int16: { type: 'INT32', converted_type: 'INT_16' },
  Int32: { type: 'INT32' },
  Int64: { type: 'INT64' },
  Float: { type: 'FLOAT' },
  Double: { type: 'DOUBLE' },
  VarChar: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  JSON: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
};

/** The values of a field as its Parquet column holds them. */
function cell(type: string, value: Scalar): unknown {
  if (type === 'JSON') return JSON.stringify(value);
  if (value === null) return null;
  if (type === 'Int64') return BigInt(value as string | number);
  return value;
}

/**
 * A folder of Parquet files in the layout of Milvus' bulk import, a column for each field of a collection. They hold
 * the rows that would otherwise be sent, which a server reads from its storage faster than it takes them from a client.
 */
export class BulkFolder {
  private readonly files: string[] = [];
  private waiting: Rows[] = [];
  private bytes = 0;

  private constructor(
    readonly path: string,
    private readonly watch: Watch,
  ) {}

  /** Makes the folder. Throws a UserError where files of an earlier fill lie in it: they would be imported again. */
  static async open(path: string, watch: Watch): Promise<BulkFolder> {
    await makeFolder(path);
    const earlier = (await readdir(path)).find((name) => name.endsWith('.parquet'));
    if (earlier !== undefined)
      throw new UserError(
        `${path} holds ${earlier} already; import and delete the files of the last fill, or name another folder`,
        { code: 'OUTPUT_EXISTS', option: 'bulk', file: join(path, earlier) },
      );
    return new BulkFolder(path, watch);
  }

  /** Takes rows; a file is written when there are enough. Returns how many texts had to be cut. */
  async add(collection: Collection, rows: Rows): Promise<number> {
    const { fitted, cut } = fitTexts(collection, rows.texts);
    this.waiting.push({ ...rows, texts: fitted });
    this.bytes += rows.vectors.data.byteLength;
    if (this.bytes >= FILE_BYTES) await this.write(collection);
    return cut;
  }

  /** Writes the last file, and the script that imports all. Returns their names. */
  async finish(collection: Collection): Promise<string[]> {
    await this.write(collection);
    if (this.files.length > 0)
      await writeWhole(join(this.path, 'import.py'), importScript(collection.name, this.files), this.watch);
    return this.files;
  }

  private async write(collection: Collection): Promise<void> {
    const parts = this.waiting;
    this.waiting = [];
    this.bytes = 0;
    if (parts.length === 0) return;
    // Named before anything is awaited: the next file may be begun while this one is written.
    const name = `rows-${String(this.files.length + 1).padStart(4, '0')}.parquet`;
    this.files.push(name);
    const { signal } = this.watch;
    const groups = parts.map((rows) => columnsOf(collection, rows));
    const names = groups[0].map(({ schema }) => schema[0].name);
    async function* all() {
      let count = 0;
      for (const [part, columns] of groups.entries()) {
        for (let row = 0; row < parts[part].ids.length; row++) {
          yield Object.fromEntries(columns.map(({ at }, c) => [names[c], at(row)]));
          if (++count % 500 !== 0) continue;
          signal?.throwIfAborted();
          await turn();
        }
      }
    }
    await replaceFile(
      join(this.path, name),
      async (write) => {
        await parquetWriteRows({
          writer: parquetWriter(write),
          rows: all(),
          // Milvus 2.3 reads no rows from columns with a dictionary.
          columns: names.map((column) => ({ name: column, encoding: 'PLAIN' })),
          schema: [
            { name: 'root', num_children: names.length },
            ...groups[0].flatMap(({ schema }) => schema),
          ],
          rowGroupSize: Math.max(1, Math.ceil(NUMBERS_AT_ONCE / collection.dimensions)),
          createdBy: 'denscape',
        });
      },
      { signal },
    );
  }
}

/** @throws UserError where the collection has vectors that these files can't hold. */
export function checkBulk({ name, vectorType }: Collection): void {
  if (vectorType === 'FloatVector') return;
  throw new UserError(
    `collection ${name} holds ${vectorType}s; files for a bulk import are written for FLOAT_VECTOR only: leave out --bulk`,
    { code: 'STORE_MISMATCH', option: 'bulk' },
  );
}

function columnsOf(collection: Collection, rows: Rows): Column[] {
  const { ids, texts, vectors, fields = {} } = rows;
  const { cols, data } = vectors;
  const { idField, idType, vectorField, textField } = collection;
  const columns: Column[] = [
    {
      schema: [scalar(idField, idType === 'INT64' ? 'Int64' : 'VarChar')],
      at: (row) => (idType === 'INT64' ? BigInt(ids[row]) : ids[row]),
    },
    {
      schema: [
        { name: vectorField, repetition_type: 'OPTIONAL', converted_type: 'LIST', num_children: 1 },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        { name: 'element', repetition_type: 'OPTIONAL', type: 'FLOAT' },
      ],
      at: (row) => Array.from(data.subarray(row * cols, (row + 1) * cols)),
    },
  ];
  if (textField) columns.push({ schema: [scalar(textField, 'VarChar')], at: (row) => texts[row] });
  for (const [name, values] of Object.entries(fields)) {
    const field: Field | undefined = schemaField(collection, name);
    if (field)
      columns.push({ schema: [scalar(name, field.type)], at: (row) => cell(field.type, values[row]) });
  }
  if (collection.dynamic) {
    const json = dynamicJson(collection, rows, 0, ids.length);
    columns.push({ schema: [scalar('$meta', 'JSON')], at: (row) => json?.[row] ?? '{}' });
  }
  return columns;
}

const scalar = (name: string, type: string): SchemaElement => ({
  name,
  repetition_type: 'OPTIONAL',
  ...PARQUET[type],
});
