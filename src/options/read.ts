import * as v from 'valibot';
import { option } from './option.js';
import { PLACEHOLDERS } from './placeholders.js';
import { flag, matrixSchema, oneOf, someOf, text, whole } from './schemas.js';
import { watchOptions } from './watch.js';

/** A tab is hard to type in a shell. */
const delimiter = v.pipe(
  v.string('must be one character and no quote or line break'),
  v.transform((value) => (value === '\\t' || value.toLowerCase() === 'tab' ? '\t' : value)),
  v.check(
    (value) => value.length === 1 && !/["\r\n]/.test(value),
    'must be one character and no quote or line break',
  ),
);

const quoteRule = 'must be one character, or none';
const quote = v.pipe(
  v.string(quoteRule),
  v.check((value) => value === 'none' || (value.length === 1 && !/[\r\n]/.test(value)), quoteRule),
);

const skipRule = 'must be a number of lines such as 3, or lines such as 2-2 or 2-3,10-12';
const rising = (lines: string) =>
  lines.split(',').every((part) => {
    const [from, to = from] = part.split('-').map(Number);
    return from <= to;
  });
const skipRows = v.union(
  [
    whole(0),
    v.pipe(
      v.string(skipRule),
      v.regex(/^\d+$|^\d+-\d+(?:,\s*\d+-\d+)*$/, skipRule),
      v.check(rising, skipRule),
    ),
  ],
  skipRule,
);

/** Words with commas between, as a command line gives them. */
const wordList = v.pipe(
  v.string(),
  v.transform((words) =>
    words
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  ),
);

export const readOptions = {
  text: option({
    schema: someOf(text, 'must be a column or a list of columns'),
    help: 'columns whose texts are joined by a newline, such as title,description',
    unset: 'guessed from the header',
    flag: '--text <columns>',
    reported: false, // the columns used are reported as textColumns
  }),
  vectors: option({
    schema: v.union(
      [text, matrixSchema],
      'must be a column, a .npy file, or { data, rows, cols } with a Float32Array',
    ),
    help: 'vectors that you have already: a column that holds lists of numbers, or a .npy file with a row for each row of the input; nothing is embedded then',
    inCode: '{ data: Float32Array, rows, cols } with a row for each row of the input',
    unset: 'the texts are embedded',
    flag: '--vectors <column or file>',
    foundConfig: false,
    reported: false, // see `vectors` of the run's facts
    rule: (of) =>
      of('vectors') !== undefined && of('store.uri') !== undefined
        ? "can't be used with `store.uri`, which embeds and keeps vectors itself; leave one of them out"
        : undefined,
  }),
  encoding: option({
    schema: text,
    help: 'encoding of a file that is not UTF-8, such as windows-1252',
    unset: 'UTF-8, or as a byte order mark states',
    flag: '--encoding <name>',
    reported: false,
  }),
  badBytes: option({
    schema: oneOf('refuse', 'replace'),
    help: 'bytes that are not UTF-8 in a file that should be: refuse the file, or replace them by � and count them',
    default: 'refuse',
    flag: '--bad-bytes <how>',
    reported: false,
  }),
  delimiter: option({
    schema: delimiter,
    help: 'character between cells; \\t is a tab',
    unset: 'a tab in .tsv, else the one that gives rows equally many cells',
    flag: '--delimiter <character>',
    reported: false,
  }),
  quote: option({
    schema: quote,
    help: 'character around cells, or none where quotes are text',
    unset: '", or what the rows show',
    flag: '--quote <character>',
    reported: false,
  }),
  escape: option({
    schema: oneOf('double', 'backslash'),
    help: 'how a quote inside a quoted cell is written: twice, or after a backslash',
    unset: 'what the rows show',
    flag: '--escape <how>',
    reported: false,
  }),
  header: option({
    schema: flag,
    help: 'the first row names the columns',
    off: 'the first row is data and names no columns',
    default: true,
    reported: false,
  }),
  skipRows: option({
    schema: skipRows,
    help: 'lines to leave out: so many at the start, or FROM-TO, such as 2-2',
    unset: 'none, but what stands before a header',
    flag: '--skip-rows <lines>',
    reported: false,
  }),
  sheet: option({
    schema: v.union([text, whole(1)], 'must be a sheet’s name, or its number from 1'),
    help: 'sheet of an Excel workbook, by name or number',
    unset: 'the first',
    flag: '--sheet <name>',
    reported: false,
  }),
  placeholders: option({
    schema: v.union([wordList, v.array(v.string())], 'must be a list of texts'),
    help: 'cells that count as blank, with commas between; an empty text for none',
    fallback: {
      text: 'N/A, none, null, -, [deleted] and others like them',
      value: (): string[] => PLACEHOLDERS,
    },
    flag: '--placeholders <list>',
    reported: false,
  }),
  html: option({
    schema: oneOf('text', 'keep'),
    help: 'HTML in texts: read it as plain text, or keep it as it is',
    default: 'text',
    flag: '--html <how>',
    reported: false,
  }),
  inputFormat: option({
    schema: oneOf('csv', 'tsv', 'txt', 'document', 'jsonl', 'json', 'parquet', 'xlsx'),
    help: 'format of the input files; txt is a text a line, document a text a file',
    unset: 'by their names, or by their first bytes',
    flag: '--input-format <name>',
    reported: false,
  }),
};

const { placeholders, html } = readOptions;

/** Options of `documents(table, columns, …)`. */
export const documentOptions = { placeholders, html, ...watchOptions };
