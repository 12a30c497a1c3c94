import { breathe } from '../breathe.js';
import { Digits } from './cell.js';
import { cellLikeBelow } from './header.js';
import { inputError } from './input-error.js';
import { elementsOf } from './json-array.js';
import { JsonFault, parseJson } from './json-value.js';
import { isObject, kindOf, readJsonLines } from './jsonl.js';
import type { TableBuilder } from './table.js';

/** A document that isn't an array is held whole: at most so many characters. */
const LONGEST_DOCUMENT = 256 * 1024 * 1024;
// A first line longer than this may be a row of JSON Lines whose end hasn't come yet.
const LONGEST_LINE_LOOKED_AT = 100_000;
/** Names under which services put a list of rows. */
const LISTS =
  'data items results rows records entries documents docs hits messages reviews comments posts value'.split(
    ' ',
  );

/** Rows of an array of arrays by which is decided whether the first one names the columns. */
const ROWS_COMPARED = 100;

/**
 * Reads JSON in any of the shapes that tables are kept in: lines, an array of objects, an object that holds such an
 * array, or pandas' forms by column, by row and split. `lines` says that the file's name promises JSON Lines,
 * `header: false` that the first of several arrays is a row.
 * @throws UserError with file and line where it is none of them.
 */
export async function readJson(
  texts: AsyncIterable<string>,
  builder: TableBuilder,
  { lines, header, signal }: { lines: boolean; header?: boolean; signal?: AbortSignal },
): Promise<void> {
  const { head, all } = await peek(texts);
  const start = head.trimStart();
  try {
    if (start.startsWith('[')) await readArray(all, builder, header);
    else if (!start.startsWith('{') || isLines(start, lines)) await readJsonLines(all, builder);
    else await readDocument(all, builder, { lines, signal });
  } catch (cause) {
    if (!(cause instanceof JsonFault)) throw cause;
    throw inputError(
      'FORMAT_INVALID',
      { source: builder.source, line: cause.line },
      `${cause.message}; expected JSON Lines or an array of objects`,
    );
  }
}

/** Whether a text that begins with an object holds one a line, rather than one over many lines. */
function isLines(start: string, promised: boolean): boolean {
  const end = start.indexOf('\n');
  if (end < 0) return promised && start.length > LONGEST_LINE_LOOKED_AT;
  if (start.slice(end).trim() === '') return false;
  if (promised) return true;
  try {
    parseJson(start.slice(0, end));
    return true;
  } catch (cause) {
    if (cause instanceof JsonFault) return false;
    throw cause;
  }
}

async function readArray(
  texts: AsyncIterable<string>,
  builder: TableBuilder,
  header: boolean | undefined,
): Promise<void> {
  let arrays: ArrayRows | undefined;
  for await (const { text, line } of elementsOf(texts, builder.source)) {
    const value = parseAt(text, line, builder.source);
    if (Array.isArray(value)) {
      if (!arrays && builder.rows > 0) throw unexpected(value, line, builder.source);
      arrays ??= new ArrayRows(builder, header);
      arrays.add(value, line);
    } else if (arrays) throw unexpected(value, line, builder.source, 'an array like those before');
    else builder.record(rowOf(value, line, builder.source), line);
  }
  arrays?.finish();
}

/** Rows that are arrays of cells: the first one names them, unless it looks like the others. */
class ArrayRows {
  #waiting: { cells: unknown[]; line: number }[] = [];
  #names: string[] | undefined;

  constructor(
    readonly builder: TableBuilder,
    readonly header: boolean | undefined,
  ) {}

  add(cells: unknown[], line: number): void {
    if (this.#names) this.builder.record(named(this.#names, cells), line);
    else if (this.#waiting.push({ cells, line }) > ROWS_COMPARED) this.finish();
  }

  finish(): void {
    const [first, ...below] = this.#waiting;
    this.#waiting = [];
    if (!first) return;
    const hasHeader =
      this.header !== false &&
      namesCells(
        first.cells,
        below.map(({ cells }) => cells),
      );
    this.#names = hasHeader ? first.cells.map(String) : first.cells.map((_, at) => `column_${at + 1}`);
    if (!hasHeader) this.builder.report.dialect.push('no row of names');
    for (const { cells, line } of hasHeader ? below : [first, ...below]) this.add(cells, line);
  }
}

/** Whether the cells of an array name those of the arrays below it. */
function namesCells(cells: unknown[], below: unknown[][]): boolean {
  if (!cells.every((cell) => typeof cell === 'string' && cell.trim() !== '')) return false;
  const texts = (row: unknown[]) => row.map((cell) => (typeof cell === 'string' ? cell : String(cell ?? '')));
  return new Set(cells).size === cells.length && cellLikeBelow(texts(cells), below.map(texts)) === undefined;
}

function parseAt(text: string, line: number, source: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    if (!(cause instanceof JsonFault)) throw cause;
    throw inputError('FORMAT_INVALID', { source, line }, `${cause.message}; expected an object or a string`);
  }
}

function rowOf(value: unknown, line: number, source: string): Record<string, unknown> {
  if (typeof value === 'string') return { text: value };
  if (isObject(value) && !(value instanceof Digits)) return value;
  throw unexpected(value, line, source);
}

const unexpected = (value: unknown, line: number, source: string, expected = 'an object or a string') =>
  inputError('ROW_INVALID', { source, line }, `${kindOf(value)}; expected ${expected}`);

const named = (header: string[], cells: unknown[]) =>
  Object.fromEntries(cells.map((cell, at) => [header[at] ?? `column_${at + 1}`, cell]));

async function readDocument(
  texts: AsyncIterable<string>,
  builder: TableBuilder,
  { lines, signal }: { lines: boolean; signal?: AbortSignal },
): Promise<void> {
  const pieces: string[] = [];
  let length = 0;
  for await (const text of texts) {
    pieces.push(text);
    length += text.length;
    if (length > LONGEST_DOCUMENT) {
      throw inputError(
        'INPUT_TOO_LARGE',
        { source: builder.source },
        `one JSON object of more than ${LONGEST_DOCUMENT / 1024 ** 2} MiB; write one object a line (jq -c does it)`,
      );
    }
  }
  const value = parseDocument(pieces.join(''), builder.source);
  // A file of one line may be JSON Lines with one row.
  const rows = isObject(value) ? (rowsOf(value) ?? (lines ? [value] : undefined)) : undefined;
  if (!rows) {
    const keys = isObject(value) ? Object.keys(value).slice(0, 10).join(', ') : kindOf(value);
    throw inputError(
      'FORMAT_INVALID',
      { source: builder.source },
      `one JSON object (${keys}) that holds no rows; expected an array of objects, one under a name such as data, or an object a line`,
    );
  }
  const pause = breathe(signal);
  for (const [at, row] of rows.entries()) {
    if (at % ROWS_COMPARED === 0) await pause();
    builder.record(row, at + 1);
  }
}

function parseDocument(text: string, source: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    if (!(cause instanceof JsonFault)) throw cause;
    throw inputError(
      'FORMAT_INVALID',
      { source, line: cause.line },
      `${cause.message}; expected JSON Lines or an array of objects`,
    );
  }
}

type Rows = Record<string, unknown>[];

/** The rows that an object holds; undefined where it isn't clear. */
function rowsOf(value: Record<string, unknown>, depth = 0): Rows | undefined {
  return (
    splitForm(value) ??
    listUnderName(value) ??
    nested(value, depth) ??
    columnForm(value) ??
    textsByKey(value) ??
    oneRow(value, depth)
  );
}

/** pandas' split form: `{"columns": ["id", "text"], "data": [[1, "…"], …]}`. */
function splitForm({ columns, data }: Record<string, unknown>): Rows | undefined {
  if (!Array.isArray(columns) || !Array.isArray(data) || !data.every(Array.isArray)) return undefined;
  const header = columns.map(String);
  return data.map((cells) => named(header, cells));
}

/** An array of objects or strings under a usual name, or the only one there is. */
function listUnderName(value: Record<string, unknown>): Rows | undefined {
  const lists = Object.entries(value).filter(([, inner]) => isList(inner));
  const found =
    LISTS.map((name) => lists.find(([key]) => key.toLowerCase() === name)).find((list) => list) ??
    (lists.length === 1 ? lists[0] : undefined);
  if (!found) return undefined;
  const [key, list] = found;
  const objects = (list as unknown[]).some(isObject);
  // A single column of texts is pandas' form by column, and keeps its name.
  if (!objects && !LISTS.includes(key.toLowerCase())) return undefined;
  return (list as unknown[]).map((row) => (typeof row === 'string' ? { text: row } : (row as Rows[number])));
}

const isList = (value: unknown) =>
  Array.isArray(value) &&
  value.length > 0 &&
  (value.every((row) => isObject(row) && !(row instanceof Digits)) ||
    value.every((row) => typeof row === 'string'));

/** Columns of cells: `{"id": [1, 2], "text": ["…", "…"]}`, or with row names: `{"id": {"0": 1}, "text": {"0": "…"}}`. */
function columnForm(value: Record<string, unknown>): Rows | undefined {
  const columns = Object.entries(value);
  if (columns.length === 0) return undefined;
  if (columns.every(([, cells]) => Array.isArray(cells))) {
    const [, first] = columns[0] as [string, unknown[]];
    if (columns.some(([, cells]) => (cells as unknown[]).length !== first.length)) return undefined;
    return first.map((_, row) =>
      Object.fromEntries(columns.map(([name, cells]) => [name, (cells as unknown[])[row]])),
    );
  }
  if (!columns.every(([, cells]) => isObject(cells) && !(cells instanceof Digits))) return undefined;
  const tables = columns as [string, Record<string, unknown>][];
  const inner = Object.keys(tables[0][1]);
  if (inner.length === 0 || tables.some(([, cells]) => !sameKeys(cells, inner))) return undefined;
  // Row names outside rather than inside: pandas' form by row.
  const numbered = (names: string[]) => names.every((name) => /^\d+$/.test(name));
  const outer = columns.map(([name]) => name);
  if (!numbered(inner) && (numbered(outer) || outer.length > inner.length))
    return tables.map(([, row]) => row);
  return inner.map((row) => Object.fromEntries(tables.map(([name, cells]) => [name, cells[row]])));
}

const sameKeys = (value: Record<string, unknown>, keys: string[]) =>
  Object.keys(value).length === keys.length && keys.every((key) => key in value);

const NESTING = 3;

/** `{"response": {"items": […]}}`: the rows of the only object inside that has a list of them. */
function nested(value: Record<string, unknown>, depth: number): Rows | undefined {
  if (depth >= NESTING) return undefined;
  const found = Object.values(value).flatMap((inner) => {
    const rows = isObject(inner) ? (listUnderName(inner) ?? nested(inner, depth + 1)) : undefined;
    return rows ? [rows] : [];
  });
  return found.length === 1 ? found[0] : undefined;
}

// Fewer keys of one shape may be the fields of a row: `line1`, `line2`.
const KEYS_OF_ONE_SHAPE = 10;

/** Texts under numbers, as pandas writes a single column, or under many ids of one shape: `{"t1": "…", "t2": "…"}`. */
function textsByKey(value: Record<string, unknown>): Rows | undefined {
  const entries = Object.entries(value);
  if (entries.length < 2 || !entries.every(([, text]) => typeof text === 'string' || text === null))
    return undefined;
  const shapes = new Set(entries.map(([key]) => key.replace(/\d+/g, '#')));
  if (shapes.size > 1 || (!shapes.has('#') && entries.length < KEYS_OF_ONE_SHAPE)) return undefined;
  return entries.map(([key, text]) => ({ key, text }));
}

/** An object of plain cells is one row. */
function oneRow(value: Record<string, unknown>, depth: number): Rows | undefined {
  const plain = Object.values(value).every(
    (cell) => typeof cell !== 'object' || cell === null || cell instanceof Digits,
  );
  return depth === 0 && plain && Object.keys(value).length > 0 ? [value] : undefined;
}

/** The beginning of a stream of texts, and all of it. */
async function peek(texts: AsyncIterable<string>): Promise<{ head: string; all: AsyncIterable<string> }> {
  const iterator = texts[Symbol.asyncIterator]();
  const first = await iterator.next();
  const head = first.done ? '' : first.value;
  async function* all() {
    if (head !== '') yield head;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  return { head, all: all() };
}
