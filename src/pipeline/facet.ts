import { cacheFolder } from '../cache-folder.js';
import { UserError } from '../errors.js';
import { answersTo } from '../language-model/facet.js';
import type { Settings } from '../options/table.js';
import type { Cell, Table } from '../read/index.js';
import type { Corpus } from './corpus.js';

/** Name of the column that holds the answers. */
const COLUMN = 'facet';

interface Asking {
  /** Rows of the table before this one are left as they are. Default 0. */
  from?: number;
  /** Answers that are there already, by text. */
  known?: ReadonlyMap<string, string>;
}

/**
 * Refuses a question without a model to ask, before anything is read: a run keeps its question, but not where texts are sent.
 * @throws UserError
 */
export function requireEndpoint({ facet }: Pick<Settings, 'facet'>): void {
  if (facet === undefined || facet.baseUrl !== undefined) return;
  throw new UserError('facet.baseUrl must be given with `facet.question`, or as `nameWith.baseUrl`', {
    code: 'OPTION_MISSING',
    option: 'facet.baseUrl',
  });
}

/** The corpus with a language model's answer about each text, where a question was given: answers are embedded in place of texts. */
export async function withAnswers(
  corpus: Corpus,
  settings: Pick<Settings, 'facet' | 'watch'>,
  { from = 0, known = new Map() }: Asking = {},
): Promise<Corpus> {
  const { facet, watch } = settings;
  if (!facet) return corpus;
  requireEndpoint(settings);
  const { model, baseUrl, cacheFolder: kept } = facet;
  if (model === undefined || baseUrl === undefined)
    throw new Error('the table of options lets no question through without a model');
  const { documents, texts } = corpus;
  const folder = kept === true ? cacheFolder() : kept === false ? undefined : kept;
  const rows = documents.tableRows.filter((row) => row >= from);
  const open = Array.from(rows, (row) => texts[row]).filter((text) => !known.has(text));
  const answers = await answersTo(open, { ...facet, model, baseUrl, folder }, watch);
  const answerOf = new Map([...known, ...open.map((text, at): [string, string] => [text, answers[at]])]);
  const { table, column } = answeredTable(corpus);
  const cells = table.values[table.columns.indexOf(column)];
  const embedded = [...(corpus.embedded ?? texts)];
  for (const row of rows) {
    const answer = answerOf.get(texts[row]) ?? '';
    if (answer === '') continue;
    cells[row] = answer;
    embedded[row] = answer;
  }
  return { ...corpus, table, answerColumn: column, embedded };
}

/** The table with a column for answers, which may be changed, and its name. */
export function answeredTable({ table, answerColumn }: Pick<Corpus, 'table' | 'answerColumn'>): {
  table: Table;
  column: string;
} {
  const at = answerColumn === undefined ? -1 : table.columns.indexOf(answerColumn);
  if (at >= 0) {
    const values = table.values.map((cells, column) => (column === at ? [...cells] : cells));
    return { table: { ...table, values }, column: table.columns[at] };
  }
  let column = COLUMN;
  for (let number = 2; table.columns.includes(column); number++) column = `${COLUMN}_${number}`;
  const cells = new Array<Cell>(table.rows).fill(null);
  return {
    table: { ...table, columns: [...table.columns, column], values: [...table.values, cells] },
    column,
  };
}

/** What is embedded of each row where some column holds answers: these, and the text where there is none. */
export function answersOrTexts(
  { columns, values }: Table,
  texts: readonly string[],
  column: string,
): string[] {
  const cells = values[columns.indexOf(column)];
  return texts.map((text, row) => answerIn(cells?.[row]) ?? text);
}

/** The answer that a cell holds. */
const answerIn = (cell: Cell | undefined): string | undefined =>
  typeof cell === 'string' && cell !== '' ? cell : undefined;

/** The answers of a corpus by text. */
export function knownAnswers({ table, texts, answerColumn }: Corpus): Map<string, string> {
  if (answerColumn === undefined) return new Map();
  const cells = table.values[table.columns.indexOf(answerColumn)];
  return new Map(
    texts.flatMap((text, row): [string, string][] => {
      const answer = answerIn(cells?.[row]);
      return answer === undefined ? [] : [[text, answer]];
    }),
  );
}
