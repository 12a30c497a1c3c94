import * as v from 'valibot';
import { option } from './option.js';
import { matrixSchema, oneOf, someOf, text } from './schemas.js';

const delimiterRule = 'must be one character and no quote or line break';

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
  delimiter: option({
    schema: v.pipe(
      v.string(delimiterRule),
      v.check((value) => value.length === 1 && !/["\r\n]/.test(value), delimiterRule),
    ),
    help: 'character between cells',
    unset: 'a tab in .tsv, else the one that the header line holds most of',
    flag: '--delimiter <character>',
    reported: false,
  }),
  inputFormat: option({
    schema: oneOf('csv', 'tsv', 'jsonl', 'parquet'),
    help: 'format of the input file',
    unset: 'by its name, or by its first bytes',
    flag: '--input-format <name>',
    reported: false,
  }),
};
