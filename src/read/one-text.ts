import { LONGEST_ROW, tooLong } from './lines.js';
import { withoutAddresses } from './markdown.js';
import type { TableBuilder } from './table.js';

/** Files that hold one text each: pages of a manual, notes, articles. */
export const MARKUP_FILE = /\.(?:md|markdown|rst|adoc)(?:\.gz|\.zst)?$/i;
const MARKDOWN_FILE = /\.(?:md|markdown)(?:\.gz|\.zst)?$/i;
/** Files whose text is one where that is asked for, `--input-format document`; else text files hold a text a line. */
export const DOCUMENT_FILE = /\.(?:md|markdown|rst|adoc|txt|text|html?)(?:\.gz|\.zst)?$/i;

/**
 * The whole of a file as one row's text.
 * @throws UserError where it is longer than a row may be.
 */
export async function readOneText(texts: AsyncIterable<string>, builder: TableBuilder): Promise<void> {
  const pieces: string[] = [];
  let length = 0;
  for await (const piece of texts) {
    pieces.push(piece);
    length += piece.length;
    if (length > LONGEST_ROW) throw tooLong(builder.source, 1, 'a text');
  }
  builder.header(['text'], 1);
  builder.report.dialect.push('a text a file');
  const text = pieces.join('');
  builder.cells([MARKDOWN_FILE.test(builder.source) ? withoutAddresses(text) : text.trim()], 1);
}
