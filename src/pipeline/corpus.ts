import { UserError } from '../errors.js';
import { DEFAULT_COLLECTION, DEFAULT_FIELDS } from '../options/store.js';
import type { Settings } from '../options/table.js';
import type { Watch } from '../progress.js';
import { chooseText, documents, readTable, type Table, type TableSource } from '../read/index.js';
import { TableBuilder } from '../read/table.js';
import type { StoredRows } from '../store/index.js';

type StoreSettings = NonNullable<Settings['store']>;

/** Rows with the document that each is about. */
export interface Corpus {
  table: Table;
  textColumns: string[];
  /** The document of each row, '' where it has none. */
  texts: string[];
  /** Rows that take part, ascending: those with a text. */
  filledRows: Int32Array;
}

export async function readCorpus(
  source: TableSource,
  { text, ...file }: Settings['read'],
  watch: Watch,
): Promise<Corpus> {
  const { onProgress } = watch;
  const table = await readTable(source, { ...file, ...watch });
  const choice = chooseText(table, text);
  if (choice.guessed) {
    onProgress?.({
      stage: 'read',
      message: `text is ${choice.columns.join(' + ')} (${choice.why}); --text chooses others`,
    });
  }
  const texts = documents(table, choice.columns);
  const filledRows = Int32Array.from(texts.keys()).filter((row) => texts[row] !== '');
  const blank = texts.length - filledRows.length;
  const counted = `${table.rows.toLocaleString('en-US')} rows`;
  onProgress?.({
    stage: 'read',
    message:
      blank > 0 ? `${counted}, ${blank.toLocaleString('en-US')} of them without text (labelled -1)` : counted,
  });
  return { table, textColumns: choice.columns, texts, filledRows };
}

/** A collection as if it had been a file: its text, then the fields asked for. Rows without text count too. */
export function storedCorpus({ ids, texts, columns }: StoredRows, settings: StoreSettings): Corpus {
  const textField = settings.textField ?? DEFAULT_FIELDS.text;
  const table: Table = {
    columns: ['id', textField, ...Object.keys(columns).filter((name) => name !== textField)],
    rows: ids.length,
    values: [
      ids,
      texts,
      ...Object.entries(columns)
        .filter(([name]) => name !== textField)
        .map(([, cells]) => cells),
    ],
    lines: Int32Array.from(ids.keys(), (row) => row + 1),
    source: settings.collection ?? DEFAULT_COLLECTION,
    report: new TableBuilder('').report,
  };
  return {
    table,
    textColumns: [textField],
    texts: texts.map((text, row) => (text.trim() === '' ? ids[row] : text)),
    filledRows: Int32Array.from(ids.keys()),
  };
}

/** Ids from a column of the file, checked; undefined where they are derived. */
export function idColumn(
  { table, filledRows }: Corpus,
  { id }: StoreSettings,
): { column: string; values: string[] } | undefined {
  if (id === undefined) return undefined;
  const column = table.columns.indexOf(id);
  if (column < 0) {
    throw new UserError(`${table.source} has no column ${id} for ids; found ${table.columns.join(', ')}`, {
      code: 'COLUMN_MISSING',
      option: 'store.id',
      file: table.source,
    });
  }
  return {
    column: id,
    values: Array.from(filledRows, (row) => String(table.values[column][row] ?? '')),
  };
}
