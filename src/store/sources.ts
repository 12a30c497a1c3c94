import type { Watch } from '../progress.js';
import { readKey } from './dynamic.js';
import { changedColumns } from './field-columns.js';
import { column, idsExpression, type Page, query, type Source } from './query.js';
import { after } from './read-collection.js';
import { rewriteRows } from './rewrite.js';

/**
 * The dynamic field in which a row that denscape wrote lists the sources that it came from. A row of two files is
 * theirs both: equal texts have one id.
 */
export const SOURCES = 'denscape_sources';

/** The sources in a row's dynamic fields; undefined where denscape left none. */
export function sourcesIn(json: string): string[] | undefined {
  const list = json.includes(SOURCES) ? readKey(json, SOURCES) : null;
  if (typeof list !== 'string') return undefined;
  const sources: unknown = JSON.parse(list);
  return Array.isArray(sources) ? sources.map(String) : undefined;
}

/** JSON for a row's list of sources with one more. */
export const withSource = (json: string, source: string): string =>
  JSON.stringify([...new Set([...(sourcesIn(json) ?? []), source])].sort());

/** Each row's list of sources. */
export const sourcesOf = (page: Page): (string[] | undefined)[] =>
  column(page, SOURCES).map((list) =>
    typeof list === 'string' ? sourcesIn(`{"${SOURCES}":${list}}`) : undefined,
  );

/** Rows of a collection that are not among those of a file. */
export interface Strays {
  /** Written by denscape from this source alone, in an earlier state of it. */
  left: string[];
  /** Written from this source and from others. */
  shared: string[];
  /** Of other sources, or of other programs. */
  others: number;
}

/** Looks through a collection for rows that are not among `ids`. `name` is that of the file's source. */
export async function findStrays(
  source: Source,
  ids: readonly string[],
  name: string,
  watch: Watch,
): Promise<Strays> {
  const { collection } = source;
  const own = new Set(ids);
  const strays: Strays = { left: [], shared: [], others: 0 };
  let last: string | undefined;
  for (let read = 0; ; ) {
    watch.signal?.throwIfAborted();
    const fields = [collection.idField, ...(collection.dynamic ? [SOURCES] : [])];
    const page = await query(source, after(collection, last, undefined), fields, {
      limit: '8192',
      iterator: 'True',
      reduce_stop_for_best: 'True',
    });
    const found = column(page, collection.idField).map(String);
    if (found.length === 0) return strays;
    const lists = collection.dynamic ? sourcesOf(page) : [];
    found.forEach((id, i) => {
      if (own.has(id)) return;
      const list = lists[i];
      if (!list?.includes(name)) strays.others++;
      else if (list.length === 1) strays.left.push(id);
      else strays.shared.push(id);
    });
    last = found.at(-1);
    read += found.length;
    watch.onProgress?.({ stage: 'store', done: read, unit: 'rows' });
  }
}

/** Rows of one delete request. */
const BATCH = 2000;

/** Deletes rows that left their source; of rows that other sources have too, only the mark of this one. */
export async function prune(source: Source, strays: Strays, name: string, watch: Watch): Promise<void> {
  const { connection, collection } = source;
  for (let from = 0; from < strays.left.length; from += BATCH) {
    watch.signal?.throwIfAborted();
    const part = strays.left.slice(from, from + BATCH);
    await connection.call('Delete', {
      collection_name: collection.name,
      expr: idsExpression(collection, part),
    });
  }
  const keys = (json: string) => {
    const rest = (sourcesIn(json) ?? []).filter((other) => other !== name);
    return new Map([[SOURCES, JSON.stringify(rest)]]);
  };
  await rewriteRows(
    source,
    strays.shared,
    (columns, at) => changedColumns(collection, columns, at, { fields: {}, keys }),
    { signal: watch.signal },
  );
}
