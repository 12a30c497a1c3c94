import { PERIODS } from '../statistics/periods.js';
import { option } from './option.js';
import { flag, oneOf, someOf, text } from './schemas.js';

/** Options of the command line's output files. */
export const outputOptions = {
  out: option({
    schema: text,
    help: 'folder that receives the files; made when missing',
    default: 'denscape-out',
    flag: '--out <folder>',
    foundConfig: false,
    commandOnly: true,
    reported: false,
  }),
  force: option({
    schema: flag,
    help: 'replace files in `out` that no run of denscape wrote',
    default: false,
    foundConfig: false,
    commandOnly: true,
    reported: false,
  }),
  outputFormat: option({
    schema: oneOf('csv', 'parquet'),
    help: 'format of the table of rows: clusters.csv or clusters.parquet',
    default: 'csv',
    flag: '--output-format <name>',
    formerFlags: ['--format'],
    commandOnly: true,
    reported: false,
  }),
  excel: option({
    schema: flag,
    help: 'write CSV files so that Excel reads them best; cells that look like formulas get an apostrophe',
    default: false,
    commandOnly: true,
    reported: false,
  }),
  save: option({
    schema: flag,
    help: 'keep the run itself in `out`, so that rows can be added, topics cut anew and files exported without starting over',
    off: 'write the files for people alone: no rows can be added to the run, and no topics cut anew',
    default: true,
    commandOnly: true,
    reported: false,
  }),
  groupBy: option({
    schema: someOf(text, 'must be a column or a list of columns'),
    help: 'columns whose values are compared in groups.csv, such as section,author',
    unset: 'up to five that have a few different values',
    flag: '--group-by <columns>',
    commandOnly: true,
    reported: false,
  }),
  time: option({
    schema: text,
    help: 'column of dates that topics are followed over in timeline.csv',
    unset: 'the first column of dates',
    flag: '--time <column>',
    commandOnly: true,
    reported: false,
  }),
  period: option({
    schema: oneOf(...PERIODS),
    help: 'length of time that rows are counted in',
    unset: 'the shortest that leaves at most 60 of them',
    flag: '--period <name>',
    commandOnly: true,
    reported: false,
  }),
  writeVectors: option({
    schema: flag,
    help: 'also write vectors.parquet: the rows with their vectors in a column embedding, for a later run with `vectors`',
    default: false,
    commandOnly: true,
    reported: false,
  }),
  timings: option({
    schema: flag,
    help: 'print the seconds of each stage, and write them into report.md and clusters.json, which then differ from run to run',
    default: false,
    commandOnly: true,
    reported: false,
  }),
  png: option({
    schema: flag,
    help: 'also write map.png and map.svg, for reports',
    default: false,
    commandOnly: true,
    reported: false,
  }),
};
