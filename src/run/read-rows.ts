import { UserError } from '../errors.js';
import type { Settings } from '../options/table.js';
import { type Corpus, readCorpus } from '../pipeline/corpus.js';
import type { TableSource } from '../read/index.js';

/** Advice to choose other columns, which a run doesn't allow. */
const CHOICE = /; the other columns are .*$/;

/**
 * Rows of a source, whose texts are in the columns that the run's are in.
 * @throws UserError where such a column is missing, or all of them are blank
 */
export async function readRows(
  source: TableSource,
  { textColumns }: Corpus,
  { read, embed, watch }: Settings,
): Promise<Corpus> {
  try {
    return await readCorpus(source, { ...read, text: textColumns }, { ...watch, offline: embed.offline });
  } catch (error) {
    if (!(error instanceof UserError) || error.option !== 'text') throw error;
    const { code, option, file, message } = error;
    const about = { code, option, file, cause: error };
    const columns = textColumns.join(' and ');
    // What was read would be said with the option, which no one gave here.
    if (code === 'COLUMN_MISSING') {
      throw new UserError(
        `${message.replace(', which `text` names', '')}; this run has its texts in ${columns}: name the columns of the new rows so, and leave a column empty that has no values`,
        about,
      );
    }
    if (code === 'INPUT_EMPTY')
      throw new UserError(`${message.replace(CHOICE, '')}; this run has its texts in ${columns}`, about);
    throw error;
  }
}
