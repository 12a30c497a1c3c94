import { counted } from '../counted.js';
import { UserError } from '../errors.js';
import { didYouMean } from '../options/nearest.js';
import { DEFAULT_COLLECTION, DEFAULT_FIELDS } from '../options/store.js';
import type { Settings } from '../options/table.js';
import type { Watch } from '../progress.js';
import type { Cell } from '../read/cell.js';
import {
  chooseText,
  describeTable,
  documents as documentsOf,
  readTable,
  type Table,
  type TableSource,
  type TextChoice,
} from '../read/index.js';
import { isNpy } from '../read/npy.js';
import { TableBuilder } from '../read/table.js';
import type { StoredRows } from '../store/index.js';
import { Documents } from './documents.js';

type StoreSettings = NonNullable<Settings['store']>;

/** Rows with the document that each is about. */
export interface Corpus {
  table: Table;
  textColumns: string[];
  /** The document of each row, '' where it has none. */
  texts: string[];
  /** What is embedded in place of each document; the document itself where this is left out. */
  embedded?: string[];
  /** The column that holds a language model's answers, where these are embedded. */
  answerColumn?: string;
  /** Which rows take part: those with a text. */
  documents: Documents;
  /** A column of vectors, which is no text and not shown. */
  vectorColumn?: string;
}

/** Texts read from a source, with the columns that they are from. */
interface Texts {
  table: Table;
  choice: TextChoice;
  /** The document of each row, '' where it has none. */
  texts: string[];
  vectorColumn?: string;
}

/** What is read of a table for a run that is there: other names of its columns, or other columns of texts. */
export type Adapt = (
  table: Table,
  text: Settings['read']['text'],
) => { table: Table; text: Settings['read']['text'] };

export async function readTexts(
  source: TableSource,
  { text: wanted, placeholders, html, vectors, ...file }: Settings['read'],
  { offline, ...watch }: Watch & { offline?: boolean },
  adapt: Adapt = (table, text) => ({ table, text }),
): Promise<Texts> {
  const { table, text } = adapt(await readTable(source, { ...file, ...watch }, offline), wanted);
  const vectorColumn = typeof vectors === 'string' && !isNpy(vectors) ? vectors : undefined;
  const choice = chooseText(vectorColumn === undefined ? table : withoutColumn(table, vectorColumn), text);
  if (choice.doubt !== undefined) {
    table.report.warnings.push(choice.doubt);
    watch.onProgress?.({ stage: 'read', level: 'warning', message: `${table.source}: ${choice.doubt}` });
  }
  const texts = await documentsOf(table, choice.columns, {
    placeholders,
    html,
    ...watch,
  });
  return { table, choice, texts, vectorColumn };
}

/** Reads texts and reports what was read. */
export async function readCorpus(
  source: TableSource,
  settings: Settings['read'],
  watch: Watch & { offline?: boolean },
  /** Whether rows without a text take part too. */
  isWhole = false,
  adapt?: Adapt,
): Promise<Corpus> {
  const { table, choice, texts, vectorColumn } = await readTexts(source, settings, watch, adapt);
  watch.onProgress?.({ stage: 'read', message: describeTable(table, choice, texts) });
  const filledRows = Int32Array.from(texts.keys()).filter((row) => isWhole || texts[row] !== '');
  if (filledRows.length === 0 && table.rows > 0) throw nothingFilled(table, choice.columns);
  const documents = new Documents(filledRows, table.rows);
  return { table, textColumns: choice.columns, texts, documents, vectorColumn };
}

function withoutColumn(table: Table, name: string): Table {
  const at = table.columns.indexOf(name);
  if (at < 0) {
    throw new UserError(
      `vectors must be a column of ${table.source} or a .npy file; got "${name}"; found ${table.columns.join(', ')}${didYouMean(name, table.columns)}`,
      { code: 'COLUMN_MISSING', option: 'vectors', file: table.source },
    );
  }
  const isOther = (_: unknown, column: number) => column !== at;
  return { ...table, columns: table.columns.filter(isOther), values: table.values.filter(isOther) };
}

function nothingFilled(table: Table, columns: string[]): UserError {
  const others = table.columns.filter((name) => !columns.includes(name)).slice(0, 20);
  const fix = others.length > 0 ? `; the other columns are ${others.join(', ')}: choose one with --text` : '';
  return new UserError(
    `${table.source}: no text in ${columns.join(', ')}: ${table.rows === 1 ? 'the only row is' : `all ${counted(table.rows, 'row')} are`} blank there${fix}`,
    { code: 'INPUT_EMPTY', option: 'text', file: table.source },
  );
}

/**
 * A collection as a table: ids, texts, then the requested fields. Rows without a text are clustered too; rows whose
 * vector can't be compared are not.
 */
export function storedCorpus(stored: StoredRows, settings: StoreSettings): Corpus {
  const { ids, idField, texts, textFields, columns, usable } = stored;
  const textColumn = textFields.join(', ') || DEFAULT_FIELDS.text;
  const shown = Object.entries(columns).filter(([name]) => name !== textColumn && name !== idField);
  const table: Table = {
    columns: [idField, textColumn, ...shown.map(([name]) => name)],
    rows: ids.length,
    values: [ids, texts, ...shown.map(([, cells]) => cells)],
    lines: Int32Array.from(ids.keys(), (row) => row + 1),
    source: settings.collection ?? DEFAULT_COLLECTION,
    report: new TableBuilder('').report,
  };
  table.report.warnings.push(...stored.findings);
  return {
    table,
    textColumns: [textColumn],
    texts,
    documents: new Documents(usable, ids.length),
  };
}

/** Refuses columns that the file doesn't have, before anything is connected or embedded. */
export function checkColumns(corpus: Corpus, settings: StoreSettings): void {
  idColumn(corpus, settings);
  for (const name of settings.fields ?? []) columnOf(corpus, name, 'store.fields');
}

/** Ids from a column of the file; undefined where they are derived. */
export function idColumn(
  corpus: Corpus,
  { id }: StoreSettings,
): { column: string; values: string[] } | undefined {
  if (id === undefined) return undefined;
  return {
    column: id,
    values: columnOf(corpus, id, 'store.id').map((value) => String(value ?? '')),
  };
}

/** A column of the file, of the documents only. */
export function columnOf({ table, documents }: Corpus, name: string, option: string): Cell[] {
  const column = table.columns.indexOf(name);
  if (column >= 0) return documents.gather(table.values[column]);
  const what = option === 'store.id' ? 'for ids' : 'to store as a field';
  throw new UserError(
    `${table.source} has no column ${name} ${what}; found ${table.columns.join(', ')}${didYouMean(name, table.columns)}`,
    {
      code: 'COLUMN_MISSING',
      option,
      file: table.source,
    },
  );
}

/** What was embedded in place of the documents, in another order; topics are described by it. */
export function embeddedTexts({ documents, embedded }: Corpus, order: Int32Array): string[] | undefined {
  const own = embedded && documents.gather(embedded);
  return own && Array.from(order, (document) => own[document]);
}
