import iconv from 'iconv-lite';
import type { SettingsOf } from '../options/option.js';
import type { readOptions } from '../options/read.js';
import { looksDelimited } from './dialect.js';
import { markedEncoding } from './encoding.js';
import { inputError } from './input-error.js';
import { MARKUP_FILE } from './one-text.js';
import type { Source } from './source.js';
import { isZip } from './zip.js';

export type Format = NonNullable<SettingsOf<typeof readOptions>['inputFormat']>;

const BY_EXTENSION: Record<string, Format> = {
  csv: 'csv',
  tsv: 'tsv',
  tab: 'tsv',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  json: 'json',
  parquet: 'parquet',
};

/** A file's format by its first bytes, then its name, then what its beginning looks like. */
export function formatOf({ name, head }: Source, encoding?: string): Format {
  if (head.subarray(0, 4).toString('latin1') === 'PAR1') return 'parquet';
  const extension = /\.(\w+?)(?:\.gz|\.zst)?$/i.exec(name)?.[1].toLowerCase() ?? '';
  const format = BY_EXTENSION[extension];
  if (format) return format;
  if (MARKUP_FILE.test(name)) return 'document';
  const text = beginning(head, encoding);
  if (/^\s*(?:\{|\[\s*["{[])/.test(text)) return 'json';
  // Lines of prose hold commas too: a name that promises a text a line is believed unless every line is a row.
  return looksDelimited(text, extension === 'txt' ? 1 : 0.8) ? 'csv' : 'txt';
}

/** A file's first characters, whether or not its encoding is known: all that is looked for are marks and line breaks. */
function beginning(head: Buffer, encoding: string | undefined): string {
  const chosen = encoding ?? markedEncoding(head) ?? 'utf-8';
  return iconv.decode(head, iconv.encodingExists(chosen) ? chosen : 'utf-8');
}

const EXPECTED = 'CSV, TSV, text, JSON (each also gzipped or .zst), Parquet or Excel';
/** First bytes of what people may take for a table. */
const DOCUMENTS: [mark: string, kind: string][] = [
  ['%PDF-', 'a PDF document'],
  ['{\\rtf', 'a Rich Text document'],
  ['\x89PNG', 'a picture'],
  ['\xFF\xD8\xFF', 'a picture'],
  ['SQLite format 3\0', 'an SQLite database'],
  ['ARROW1', 'an Arrow file'],
  ['\x93NUMPY', 'a NumPy array, which --vectors takes'],
];
const LOOKED_AT = 8192;
// Databases leave zero characters in exported texts; other control characters come from programs' own formats.
const CONTROLS_IN_TEXT = 1 / 500;

/**
 * Refuses pictures, archives and programs' own formats.
 * @throws UserError that names what it is, or the encoding that would read it.
 */
export function refuseBinary({ name, head }: Source, encoding: string | undefined): void {
  if (isZip(head)) {
    throw inputError(
      'FORMAT_INVALID',
      { source: name },
      'a zip archive inside a compressed file; unpack it first',
    );
  }
  if (head.subarray(0, 8).equals(OLD_EXCEL)) {
    throw inputError(
      'FORMAT_INVALID',
      { source: name },
      'an Excel workbook of the old kind (.xls); save it as .xlsx or "CSV UTF-8"',
    );
  }
  if (/utf-?(16|32)|ucs/i.test(encoding ?? markedEncoding(head) ?? '')) return;
  const kind = DOCUMENTS.find(([mark]) => head.subarray(0, mark.length).equals(Buffer.from(mark, 'latin1')));
  if (kind) {
    throw inputError('FORMAT_INVALID', { source: name }, `${kind[1]}; expected ${EXPECTED}`);
  }
  const start = head.subarray(0, LOOKED_AT);
  const zeros = [0, 0];
  let controls = 0;
  for (let at = 0; at < start.length; at++) {
    const byte = start[at];
    if (byte === 0) zeros[at & 1]++;
    else if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) controls++;
  }
  // Mostly Latin text in UTF-16: every other byte is zero.
  const [most, least] = [Math.max(...zeros), Math.min(...zeros)];
  if (most > start.length / 4 && least < most / 10) {
    const order = zeros[1] === most ? 'utf-16le' : 'utf-16be';
    throw inputError(
      'ENCODING_INVALID',
      { source: name },
      `looks like UTF-16 without a byte order mark; say so with --encoding ${order}`,
    );
  }
  const binary = zeros[0] + zeros[1] > 0 && controls > start.length * CONTROLS_IN_TEXT;
  if (!binary && zeros[0] + zeros[1] < start.length / 4) return;
  throw inputError('FORMAT_INVALID', { source: name }, `a binary file; expected ${EXPECTED}`);
}

/** What a site sends in place of a file: a page to look at it or to log in, or an answer that it may not be had. */
const PAGE =
  /^\s*(?:<\?xml[^>]*>\s*)?(?:<!doctype html[^>]*>|<html[^>]*>\s*<(?:head|body|!--)|<Error>\s*<Code>)/i;
/** What stands in a repository for a large file until Git LFS brings it. */
const LFS_POINTER = 'version https://git-lfs.github.com/spec/';

/**
 * Refuses what downloads leave in place of a table.
 * @throws UserError that names what it is and how to get the file itself
 */
export function refuseStandIn({ name, head }: Source): void {
  const start = head
    .subarray(0, LOOKED_AT)
    .toString('latin1')
    .replace(/^\xEF\xBB\xBF/, '');
  if (start.startsWith(LFS_POINTER)) {
    throw inputError(
      'FORMAT_INVALID',
      { source: name },
      'a pointer of Git LFS, not the file itself; `git lfs pull` in its repository brings that',
    );
  }
  if (PAGE.test(start)) {
    throw inputError(
      'FORMAT_INVALID',
      { source: name },
      'a web page, not a table; download the file itself (on GitHub with "Download raw file", elsewhere perhaps after logging in)',
    );
  }
}

const OLD_EXCEL = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
