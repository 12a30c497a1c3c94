import { counted } from '../counted.js';
import type { TextChoice } from './choose-text.js';
import type { Table } from './table.js';

/** What was read, in one line for the user: rows, columns, how the file is written, the text, blanks and duplicates. */
export function describeTable(table: Table, choice: TextChoice, texts: readonly string[]): string {
  const { report, columns, rows } = table;
  const filled = texts.filter((text) => text !== '');
  const repeated = filled.length - new Set(filled).size;
  const why = choice.guessed ? ` (${choice.why}; --text chooses others)` : '';
  const parts = [
    `${counted(rows, 'row')}, ${counted(columns.length, 'column')}${report.dialect.map((note) => `, ${note}`).join('')}`,
    `text is ${choice.columns.join(' + ')}${why}`,
    `${rows - filled.length} without text (labelled -1)`,
    `${repeated} repeated`,
  ];
  return `${table.source}: ${parts.join('; ')}`;
}
