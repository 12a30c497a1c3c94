import { UserError } from '../errors.js';
import type { Settings } from '../options/table.js';
import { type Corpus, readCorpus } from '../pipeline/corpus.js';
import type { TableSource } from '../read/index.js';

/**
 * Rows of a source, whose texts are in the columns that the run's are in.
 * @throws UserError where such a column is missing
 */
export async function readRows(
  source: TableSource,
  { textColumns }: Corpus,
  { read, embed, watch }: Settings,
): Promise<Corpus> {
  try {
    return await readCorpus(source, { ...read, text: textColumns }, { ...watch, offline: embed.offline });
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'COLUMN_MISSING' || error.option !== 'text')
      throw error;
    throw new UserError(
      `${error.message}; this run has its texts in ${textColumns.join(' and ')}: name the columns of the new rows so, and leave a column empty that has no values`,
      { code: error.code, option: error.option, file: error.file, cause: error },
    );
  }
}
