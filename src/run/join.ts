import { UserError } from '../errors.js';
import type { Corpus } from '../pipeline/corpus.js';
import { Documents } from '../pipeline/documents.js';
import type { Cell, Table } from '../read/index.js';
import { addReport, emptyReport } from '../read/report.js';

export interface JoinOptions {
  /** Column whose values name rows; without it a row is known by all of its cells. */
  id?: string;
  /** What becomes of rows that the run has: `skip` leaves them out, `add` takes them again. Default `skip`. */
  duplicates?: 'skip' | 'add';
}

/** The rows of a run and new ones after them. */
export interface Joined {
  corpus: Corpus;
  /** Rows of the source that were taken, ascending. */
  taken: Int32Array;
  /** Rows of the source that were there already. */
  skipped: number;
  /** Of these, rows whose text differs from that under the same id. */
  changed: number;
}

/**
 * Puts new rows after those of a run. A row that is there already is left out: one with the id of a row of the run or of an
 * earlier new row, or, without a column of ids, one that equals such a row in every column.
 */
export function joinRows(old: Corpus, fresh: Corpus, { id, duplicates = 'skip' }: JoinOptions): Joined {
  const columns = [...old.table.columns];
  for (const name of fresh.table.columns) if (!columns.includes(name)) columns.push(name);
  // New rows have no answers yet.
  const compared = columns.filter((name) => name !== old.answerColumn);
  const keyOf = id === undefined ? wholeRow(compared) : ofColumn(id);
  const oldKey = keyOf(old.table);
  const known = new Map<string, string>();
  for (let row = 0; row < old.table.rows; row++) known.set(oldKey(row), old.texts[row]);
  const freshKey = keyOf(fresh.table);
  const taken: number[] = [];
  let changed = 0;
  for (let row = 0; row < fresh.table.rows; row++) {
    const key = freshKey(row);
    const before = known.get(key);
    if (before === undefined || duplicates === 'add') {
      known.set(key, fresh.texts[row]);
      taken.push(row);
    } else if (before !== fresh.texts[row]) changed++;
  }
  const rows = Int32Array.from(taken);
  return {
    corpus: joined(old, fresh, columns, rows),
    taken: rows,
    skipped: fresh.table.rows - rows.length,
    changed,
  };
}

type KeyOf = (table: Table) => (row: number) => string;

/** Every cell; a column that a table lacks is null in it. */
const wholeRow =
  (columns: string[]): KeyOf =>
  (table) => {
    const held = columns.map((name) => table.values[table.columns.indexOf(name)]);
    return (row) => JSON.stringify(held.map((cells) => cells?.[row] ?? null));
  };

const ofColumn =
  (name: string): KeyOf =>
  (table) => {
    const cells = table.values[table.columns.indexOf(name)];
    if (!cells) {
      throw new UserError(
        `${table.source} has no column ${name} for ids; found ${table.columns.join(', ')}`,
        {
          code: 'COLUMN_MISSING',
          option: 'id',
          file: table.source,
        },
      );
    }
    return (row) => String(cells[row] ?? '');
  };

function joined(old: Corpus, fresh: Corpus, columns: string[], rows: Int32Array): Corpus {
  const count = old.table.rows + rows.length;
  const values = columns.map((name): Cell[] => {
    const before = old.table.values[old.table.columns.indexOf(name)];
    const at = name === old.answerColumn ? -1 : fresh.table.columns.indexOf(name);
    const after = fresh.table.values[at];
    const cells: Cell[] = before ? [...before] : new Array<Cell>(old.table.rows).fill(null);
    for (const row of rows) cells.push(after?.[row] ?? null);
    return cells;
  });
  const lines = new Int32Array(count);
  lines.set(old.table.lines);
  lines.set(
    Int32Array.from(rows, (row) => fresh.table.lines[row]),
    old.table.rows,
  );
  const report = { ...emptyReport(), ...structuredClone(old.table.report) };
  addReport(report, fresh.table.report);
  for (const name of ['placeholders', 'htmlTexts', 'blankTexts'] as const) {
    report[name].count += fresh.table.report[name].count;
  }
  const texts = [...old.texts, ...Array.from(rows, (row) => fresh.texts[row])];
  const isDocument = new Uint8Array(fresh.table.rows);
  for (const row of fresh.documents.tableRows) isDocument[row] = 1;
  const added = [...rows.keys()].filter((at) => isDocument[rows[at]] === 1);
  const tableRows = Int32Array.from([...old.documents.tableRows, ...added.map((at) => old.table.rows + at)]);
  return {
    table: { columns, rows: count, values, lines, source: old.table.source, report },
    textColumns: old.textColumns,
    texts,
    ...(old.embedded && { embedded: [...old.embedded, ...texts.slice(old.table.rows)] }),
    answerColumn: old.answerColumn,
    documents: new Documents(tableRows, count),
    vectorColumn: old.vectorColumn,
  };
}
