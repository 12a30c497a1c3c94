import type { Watch } from '../progress.js';
import type { FileFields } from './field-columns.js';
import { column, idsExpression, inPages, outputFields, PAGE_BYTES, query, type Source } from './query.js';
import { SOURCES, sourcesOf } from './sources.js';
import { fitText } from './text.js';
import type { Scalar } from './wire.js';

/** Rows as they should be stored. */
export interface Wanted {
  ids: readonly string[];
  /** Compared with what is stored, where ids come from a column and stay when a text changes. */
  texts?: readonly string[];
  /** Columns of the file that are stored as fields, by name. */
  fields?: FileFields;
  /** Name of the source, which each row that denscape wrote should list. */
  origin?: string;
  /** Whether denscape wrote whatever is stored under these ids, as it did where they are derived from the texts. */
  isOurs?: boolean;
}

/** Rows that differ from what is stored, by position, ascending. */
export interface Differences {
  /** Not stored, or stored with another text: they need a vector. */
  missing: Int32Array;
  /** Stored with their text, but with other values in fields of the file, or without its source. */
  outdated: Int32Array;
}

/** Compares rows with what is stored. */
export async function findDifferences(
  source: Source,
  { ids, texts, fields = {}, origin, isOurs = false }: Wanted,
  watch: Watch,
): Promise<Differences> {
  const { collection } = source;
  const compared = texts && collection.textField;
  const names = Object.keys(fields);
  const marks = collection.dynamic && origin !== undefined;
  /** 1: stored with its text; 2: the fields agree as well. */
  const state = new Uint8Array(ids.length);
  const bytes = 30 + (compared ? 1000 : 0) + (names.length + (marks ? 1 : 0)) * 100;
  const size = Math.max(1, Math.min(4096, Math.floor(PAGE_BYTES / bytes)));
  const wanted = outputFields(collection, [
    collection.idField,
    ...(compared ? [compared] : []),
    ...names,
    ...(marks ? [SOURCES] : []),
  ]);
  await inPages(
    ids.length,
    size,
    source.parallel,
    watch,
    async (from, to) => {
      const page = await query(source, idsExpression(collection, ids.slice(from, to)), wanted);
      const stored = compared ? column(page, compared) : [];
      const values = names.map((name) => column(page, name));
      const sources = marks ? sourcesOf(page) : [];
      const rowOf = new Map<string, number>();
      for (let row = from; row < to; row++) rowOf.set(ids[row], row);
      column(page, collection.idField).forEach((id, i) => {
        const row = rowOf.get(String(id));
        if (row === undefined) return;
        if (compared && stored[i] !== fitText(texts[row], collection.textLimit)) return;
        const isMarked = !marks || (sources[i]?.includes(origin) ?? !isOurs);
        const agrees = names.every((name, n) => isSame(values[n][i], fields[name][row]));
        state[row] = isMarked && agrees ? 2 : 1;
      });
    },
    (done) => watch.onProgress?.({ stage: 'store', done, total: ids.length, unit: 'rows' }),
  );
  const rows = Int32Array.from(ids.keys());
  return {
    missing: rows.filter((row) => state[row] === 0),
    outdated: rows.filter((row) => state[row] === 1),
  };
}

/** A field of a schema returns numbers of its own type, and 64-bit numbers as text. */
const isSame = (stored: Scalar | undefined, wanted: Scalar): boolean =>
  (stored ?? null) === wanted ||
  (stored !== null && stored !== undefined && wanted !== null && String(stored) === String(wanted)) ||
  (typeof wanted === 'number' && stored === Math.fround(wanted));
