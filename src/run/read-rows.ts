import { UserError } from '../errors.js';
import type { Settings } from '../options/table.js';
import { type Adapt, type Corpus, readCorpus } from '../pipeline/corpus.js';
import type { Table, TableSource } from '../read/index.js';

/** Advice to choose other columns, which a run doesn't allow. */
const CHOICE = /; the other columns are .*$/;

/** Whether all that a table holds is texts without a name of their own: a text a line or a file, or a list of strings. */
const isTextsAlone = ({ columns }: Table): boolean =>
  columns[0] === 'text' && (columns.length === 1 || (columns.length === 2 && columns[1] === 'file'));

/** Texts without a name get that of the run's column of texts, where it has only one. */
export const asRunNames =
  (columns: readonly string[]): Adapt =>
  (table, text) =>
    columns.length === 1 && !table.columns.includes(columns[0]) && isTextsAlone(table)
      ? { table: { ...table, columns: [columns[0], ...table.columns.slice(1)] }, text }
      : { table, text };

/** Texts without a name are read whatever the run's columns of texts are called. */
export const asTexts: Adapt = (table, text) => ({ table, text: isTextsAlone(table) ? ['text'] : text });

/**
 * Rows of a source, whose texts are in the columns that the run's are in, unless others are named.
 * @throws UserError where such a column is missing, or all of them are blank
 */
export async function readRows(
  source: TableSource,
  { textColumns }: Corpus,
  { read, embed, watch }: Settings,
  adapt: Adapt,
  named?: string | string[],
): Promise<Corpus> {
  const text = named === undefined ? textColumns : [named].flat();
  try {
    return await readCorpus(source, { ...read, text }, { ...watch, offline: embed.offline }, false, adapt);
  } catch (error) {
    if (named !== undefined || !(error instanceof UserError) || error.option !== 'text') throw error;
    const { code, option, file, message } = error;
    const about = { code, option, file, cause: error };
    const columns = textColumns.join(' and ');
    // What was read would be said with the option, which no one gave here.
    if (code === 'COLUMN_MISSING') {
      const fix =
        adapt === asTexts
          ? `name those of the new rows with --text`
          : `name the columns of the new rows so, and leave a column empty that has no values`;
      throw new UserError(
        `${message.replace(', which `text` names', '')}; this run has its texts in ${columns}: ${fix}`,
        about,
      );
    }
    if (code === 'INPUT_EMPTY')
      throw new UserError(`${message.replace(CHOICE, '')}; this run has its texts in ${columns}`, about);
    throw error;
  }
}
