import pLimit from 'p-limit';
import type { Watch } from '../progress.js';
import type { Collection } from './collection.js';
import type { Connection } from './connection.js';
import { readKey } from './dynamic.js';
import { isTooMuch } from './failure.js';
import { dynamicTexts, type FieldData, readScalarColumn, type Scalar } from './wire.js';

/** How fresh the rows are that a read returns, as Milvus numbers it. */
type Consistency = 'Strong' | 'Bounded' | 'Session' | 'Eventually';

/** Where rows are read from. */
export interface Source {
  connection: Connection;
  collection: Collection;
  /** Concurrent requests: 1 for Milvus Lite, which serves one at a time. */
  parallel: number;
  /** Whether vectors were read under IP or COSINE that are not of unit length. */
  lengths: { vary: boolean };
  /** Partitions that are read; left out: all. */
  partitions?: readonly string[];
  /** Left out: the query sees everything written before it, by any process. */
  consistency?: Consistency;
}

/** Bytes of one response: far below the message limit, large enough that requests don't dominate. */
export const PAGE_BYTES = 8 * 2 ** 20;

/** Rows of a page, given the bytes of one. */
export const pageRows = (bytes: number): number =>
  Math.max(16, Math.min(4096, Math.floor(PAGE_BYTES / bytes)));

/**
 * A text in an expression. Milvus' grammar takes control characters as they are but for line ends, and Milvus Lite's
 * knows no `\u`.
 */
export function literal(text: string): string {
  const escaped = text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r');
  return `"${escaped}"`;
}

/** An id in an expression. */
export const idLiteral = ({ idType }: Collection, id: string): string =>
  idType === 'INT64' ? id : literal(id);

/** A list of ids as an expression. */
export function idsExpression(collection: Collection, ids: readonly string[]): string {
  return `${collection.idField} in [${ids.map((id) => idLiteral(collection, id)).join(',')}]`;
}

/** The columns of a query's response. */
export interface Page {
  fields_data: FieldData[];
}

export function query(
  { connection, collection, partitions, consistency = 'Strong' }: Source,
  expr: string,
  fields: readonly string[],
  params: Record<string, string> = {},
): Promise<Page> {
  return connection.call<Page>('Query', {
    collection_name: collection.name,
    expr,
    output_fields: fields,
    consistency_level: consistency,
    ...(partitions && { partition_names: partitions }),
    query_params: Object.entries(params).map(([key, value]) => ({ key, value })),
  });
}

/**
 * Fields as a query names them: those whose names are no words of the grammar come with all dynamic fields of a row.
 */
export function outputFields({ fields }: Collection, names: readonly string[]): string[] {
  const isOdd = (name: string) =>
    !fields.some((field) => field.name === name) && !/^[A-Za-z_]\w*$/.test(name);
  if (!names.some(isOdd)) return [...new Set(names)];
  const own = names.filter((name) => fields.some((field) => field.name === name));
  return [...new Set(own), '$meta'];
}

/** Number of rows that match a filter. */
export async function countRows(source: Source, filter = ''): Promise<number> {
  const { fields_data } = await query(source, filter, ['count(*)']);
  const { data = [] } = (fields_data[0]?.scalars?.long_data ?? {}) as { data?: string[] };
  return Number(data[0] ?? 0);
}

/** A column of a page by name; a dynamic field lies inside the row's JSON. */
export function column(page: Page, name: string): Scalar[] {
  const own = page.fields_data.find((field) => field.field_name === name && !field.is_dynamic);
  if (own) return readScalarColumn(own);
  const dynamic = page.fields_data.find((field) => field.is_dynamic || field.field_name === '$meta');
  if (!dynamic) return [];
  const { data = [] } = (dynamic.scalars?.json_data ?? {}) as { data?: unknown[] };
  return dynamicTexts([dynamic], data.length).map((json) => readKey(json, name));
}

/** Calls `request` for a range; where the server refuses it as too large, for its halves in turn. */
export async function inHalves(
  from: number,
  to: number,
  request: (from: number, to: number) => Promise<void>,
): Promise<void> {
  try {
    await request(from, to);
  } catch (error) {
    if (!isTooMuch(error) || to - from < 2) throw error;
    const middle = (from + to) >>> 1;
    await inHalves(from, middle, request);
    await inHalves(middle, to, request);
  }
}

/** Calls `page` for consecutive ranges of `total` things, some at once. */
export async function inPages(
  total: number,
  size: number,
  parallel: number,
  watch: Watch,
  page: (from: number, to: number) => Promise<void>,
  report: (done: number) => void,
): Promise<void> {
  const limit = pLimit(parallel);
  let done = 0;
  const starts = Array.from({ length: Math.ceil(total / size) }, (_, i) => i * size);
  try {
    await Promise.all(
      starts.map((from) =>
        limit(async () => {
          watch.signal?.throwIfAborted();
          const to = Math.min(from + size, total);
          await inHalves(from, to, page);
          done += to - from;
          report(done);
        }),
      ),
    );
  } finally {
    limit.clearQueue();
  }
}
