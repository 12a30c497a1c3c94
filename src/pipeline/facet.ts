import { cacheFolder } from '../cache-folder.js';
import { UserError } from '../errors.js';
import { answersTo } from '../language-model/facet.js';
import type { Settings } from '../options/table.js';
import type { Cell, Table } from '../read/index.js';
import type { Corpus } from './corpus.js';

/** Name of the column that holds the answers. */
const COLUMN = 'facet';

/** The corpus with a language model's answer about each text, where a question was given: answers are embedded in place of texts. */
export async function withAnswers(corpus: Corpus, { facet, watch }: Settings): Promise<Corpus> {
  if (!facet) return corpus;
  const { model, baseUrl, cacheFolder: kept } = facet;
  if (model === undefined || baseUrl === undefined)
    throw new Error('the table of options lets no question through without a model');
  const { documents, table, texts } = corpus;
  const folder = kept === true ? cacheFolder() : kept === false ? undefined : kept;
  const answers = await answersTo(documents.gather(texts), { ...facet, model, baseUrl, folder }, watch);
  const cells = new Array<Cell>(table.rows).fill(null);
  const embedded = [...texts];
  for (const [document, row] of documents.tableRows.entries()) {
    if (answers[document] === '') continue;
    cells[row] = answers[document];
    embedded[row] = answers[document];
  }
  return { ...corpus, table: withColumn(table, cells), embedded };
}

/** The table with the column that answers will be in, where a question was given. */
export const answeredTable = (table: Table, { facet }: Settings): Table =>
  facet ? withColumn(table, new Array<Cell>(table.rows).fill(null)) : table;

function withColumn(table: Table, cells: Cell[]): Table {
  let name = COLUMN;
  for (let number = 2; table.columns.includes(name); number++) name = `${COLUMN}_${number}`;
  return { ...table, columns: [...table.columns, name], values: [...table.values, cells] };
}

/** Refuses new rows for a run whose vectors are of answers: theirs would be of texts, and not comparable. */
export function refuseFacet(parameters: Readonly<Record<string, unknown>>): void {
  if (parameters['facet.question'] == null) return;
  throw new UserError(
    'this run embedded answers to a question (facet), and new rows have none; cluster all rows again with --facet, which asks about new ones only',
    { code: 'OPTION_INVALID', option: 'facet.question' },
  );
}
