import { breathe } from '../breathe.js';
import { counted } from '../counted.js';
import type { OptionsOf } from '../options/option.js';
import { documentOptions } from '../options/read.js';
import { resolveOptions } from '../options/resolve.js';
import { isBlank } from './cell.js';
import { chooseText } from './choose-text.js';
import { cellsNamed } from './fields.js';
import { hasMarkup, htmlToText } from './html.js';
import { noFinding, note } from './report.js';
import { placeOfRow, type Table } from './table.js';

/** What counts as blank, and what becomes of HTML; each option is described in docs/options.md. */
type TextOptions = OptionsOf<typeof documentOptions>;

/**
 * One text a row: the columns joined by a newline, blank ones left out; '' where all are blank. What was blank, a
 * placeholder or HTML is counted in `table.report`; the table's own cells stay as they are.
 *
 * @param table a table that was read
 * @param columns those that make the text; chosen as `chooseText` does where they are left out
 * @param options what counts as blank, what becomes of HTML, `signal` and `onProgress`
 * @returns a text for each row of the table
 * @throws UserError for a column that the table does not have
 * @throws the reason of `options.signal` when aborted
 * @example
 * const texts = await documents(table, ['title', 'description']);
 */
export async function documents(
  table: Table,
  columns: string[] = chooseText(table).columns,
  options: TextOptions = {},
): Promise<string[]> {
  const { onProgress, signal, html, placeholders: words } = resolveOptions(documentOptions, options);
  const placeholders = new Set(words.map((word) => word.trim().toLowerCase()));
  const cells = columns.map((name) => cellsNamed(table, name));
  const { report } = table;
  report.blankTexts = noFinding();
  report.placeholders = noFinding();
  report.htmlTexts = noFinding();
  const texts = new Array<string>(table.rows);
  // The first row of each kind of finding.
  const first: { placeholder?: number; html?: number; blank?: number; garbled?: number } = {};
  let garbled = 0;
  const pause = breathe(signal);
  for (let row = 0; row < table.rows; row++) {
    await pause();
    let text = '';
    for (const at of cells) {
      const cell = at(row);
      if (isBlank(cell)) continue;
      let part = String(cell);
      if (isPlaceholder(part, placeholders)) {
        note(report.placeholders, table.lines[row], part.trim());
        first.placeholder ??= row;
        continue;
      }
      if (html === 'text' && hasMarkup(part)) {
        note(report.htmlTexts, table.lines[row], part.slice(0, 40));
        first.html ??= row;
        part = await htmlToText(part);
        if (isBlank(part) || isPlaceholder(part, placeholders)) continue;
      }
      text = text === '' ? part : `${text}\n${part}`;
    }
    if (text === '') {
      note(report.blankTexts, table.lines[row], columns.join(', '));
      first.blank ??= row;
    }
    if (GARBLED.test(text)) {
      garbled++;
      first.garbled ??= row;
    }
    texts[row] = text;
  }
  const say = (message: string, level: 'info' | 'warning') =>
    onProgress?.({ stage: 'read', level, message: `${table.source}: ${message}` });
  if (first.placeholder !== undefined) {
    const [{ detail }] = report.placeholders.examples;
    say(
      `${counted(report.placeholders.count, 'cell')} with a placeholder, first on ${placeOfRow(table, first.placeholder)} (${detail}); counted as blank; --placeholders changes the list`,
      'info',
    );
  }
  if (first.html !== undefined) {
    say(
      `HTML in ${counted(report.htmlTexts.count, 'text')}, first on ${placeOfRow(table, first.html)}; read as plain text, --html keep leaves it`,
      'info',
    );
  }
  if (first.garbled !== undefined) {
    const [word] = GARBLED_WORD.exec(texts[first.garbled]) ?? [''];
    say(
      `${counted(garbled, 'text')} with letters of UTF-8 that were saved in another encoding, first on ${placeOfRow(table, first.garbled)} (${word}); names may have parts of such words: save the file as UTF-8 from its source`,
      'warning',
    );
  }
  if (first.blank !== undefined) {
    say(
      `${counted(report.blankTexts.count, 'row')} without text, first on ${placeOfRow(table, first.blank)}; labelled -1`,
      'warning',
    );
  }
  return texts;
}

/** "mÃ¡s" for "más", "itâ€™s" for "it’s": UTF-8 read as windows-1252 and written again; "AMANHÃ»" is none. */
const GARBLED = /[ÂÃ](?![«»])[\u0080-\u00bf]|â€[\u0080-\u00bf™œ˜“”¦¢]/u;
const GARBLED_WORD = new RegExp(`[\\p{L}\\p{N}]{0,20}(?:${GARBLED.source})[\\p{L}\\p{N}]{0,20}`, 'u');

// No placeholder is longer, so texts need no look at the set.
const LONGEST_PLACEHOLDER = 64;

const isPlaceholder = (text: string, placeholders: ReadonlySet<string>) =>
  text.length <= LONGEST_PLACEHOLDER && placeholders.has(text.trim().toLowerCase());
