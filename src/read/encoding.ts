import { isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { UserError } from '../errors.js';
import type { SettingsOf } from '../options/option.js';
import type { readOptions } from '../options/read.js';
import { inputError } from './input-error.js';
import { note, type ReadReport } from './report.js';
import type { Source } from './source.js';

type EncodingSettings = Pick<SettingsOf<typeof readOptions>, 'encoding' | 'badBytes'>;

const NEWLINE = 10;

/**
 * The bytes as UTF-8 without a byte order mark, checked or converted.
 * @throws UserError with the line of the first bytes that aren't UTF-8, or for an unknown encoding.
 */
export async function* toUtf8(
  source: Source,
  { encoding, badBytes }: EncodingSettings,
  report: ReadReport,
): AsyncGenerator<Buffer> {
  const marked = markedEncoding(source.head);
  const chosen = (encoding ?? marked ?? 'utf-8').toLowerCase();
  if (!iconv.encodingExists(chosen)) {
    throw new UserError(
      `encoding "${encoding}": unknown; use a name such as utf-8, utf-16, windows-1252, iso-8859-1, shift_jis or gb18030`,
      { code: 'OPTION_INVALID', option: 'encoding' },
    );
  }
  if (!/^utf-?8$/.test(chosen)) yield* converted(source, chosen, report);
  else if (badBytes === 'replace') yield* replacedUtf8(source, report);
  else yield* checkedUtf8(source);
}

async function* checkedUtf8({ name, bytes }: Source): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let line = 1;
  let tail: Buffer = Buffer.alloc(0);
  let start = true;
  // Whether characters beyond ASCII were read: then the file is UTF-8, and only these bytes are damaged.
  let beyondAscii = false;
  for await (const chunk of bytes) {
    try {
      // Characters beyond ASCII take more bytes than places in a string.
      if (decoder.decode(chunk, { stream: true }).length < chunk.length) beyondAscii = true;
    } catch {
      throw invalidBytes(name, Buffer.concat([tail, chunk]), line, beyondAscii);
    }
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) line++;
    // A character may be cut by the chunk's end; no newline can lie within it.
    tail = cutCharacter(chunk.length >= 3 ? chunk.subarray(-3) : Buffer.concat([tail, chunk]));
    yield start && hasUtf8Mark(chunk) ? chunk.subarray(3) : chunk;
    start = false;
  }
  try {
    decoder.decode();
  } catch {
    throw invalidBytes(name, tail, line, beyondAscii);
  }
}

/** Each byte sequence that isn't UTF-8 as U+FFFD, as the encoding standard says, and counted. */
async function* replacedUtf8({ bytes }: Source, report: ReadReport): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder('utf-8');
  let line = 1;
  const counted = (text: string): Buffer => {
    const first = text.indexOf('\uFFFD');
    if (first >= 0) {
      const count = text.split('\uFFFD').length - 1;
      note(report.replacedBytes, line + newlines(text.slice(0, first)), 'not UTF-8', count);
    }
    line += newlines(text);
    return Buffer.from(text);
  };
  for await (const chunk of bytes) yield counted(decoder.decode(chunk, { stream: true }));
  yield counted(decoder.decode());
}

async function* converted(source: Source, encoding: string, report: ReadReport): AsyncGenerator<Buffer> {
  const decoder = iconv.getDecoder(encoding); // drops a byte order mark
  let line = 1;
  for await (const chunk of source.bytes) {
    const text = decoder.write(chunk);
    const at = text.indexOf('\uFFFD');
    if (at >= 0) note(report.replacedBytes, line + newlines(text.slice(0, at)), `not ${encoding}`);
    line += newlines(text);
    if (text.length > 0) yield Buffer.from(text);
  }
  const rest = decoder.end();
  if (rest) yield Buffer.from(rest);
}

function invalidBytes(name: string, bytes: Buffer, firstLine: number, otherwiseUtf8: boolean): UserError {
  let line = firstLine;
  let start = 0;
  for (;;) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    const part = bytes.subarray(start, end);
    if (!isUtf8(part) || newline < 0) {
      const byte = part[firstInvalid(part)].toString(16).toUpperCase().padStart(2, '0');
      return inputError(
        'ENCODING_INVALID',
        { source: name, line },
        `byte 0x${byte} is not UTF-8; ${fixFor(bytes, otherwiseUtf8)}`,
      );
    }
    start = end;
    line++;
  }
}

/** The advice: naming another encoding would spoil the rows of a file that is UTF-8 but for a few bytes. */
function fixFor(bytes: Buffer, otherwiseUtf8: boolean): string {
  const text = new TextDecoder('utf-8').decode(bytes);
  const good = text.match(/[^\0-\x7F\uFFFD]/gu)?.length ?? 0;
  const bad = text.split('\uFFFD').length - 1;
  if (otherwiseUtf8 || good >= bad) {
    return 'the rest is, so these bytes are damaged: --bad-bytes replace reads them as �';
  }
  // In Latin script, letters of ASCII are the most.
  const letters = bytes.reduce((count, byte) => count + ((byte | 32) >= 97 && (byte | 32) <= 122 ? 1 : 0), 0);
  const others = bytes.reduce((count, byte) => count + (byte >= 0x80 ? 1 : 0), 0);
  return others < letters
    ? "name the file's encoding, for example --encoding windows-1252"
    : "name the file's encoding, such as --encoding shift_jis, gb18030, euc-kr or windows-1251";
}

function firstInvalid(bytes: Buffer): number {
  let at = 0;
  while (at < bytes.length) {
    const length = [1, 2, 3, 4].find((n) => at + n <= bytes.length && isUtf8(bytes.subarray(at, at + n)));
    if (length === undefined) return at;
    at += length;
  }
  return Math.max(0, bytes.length - 1);
}

/** The bytes of a last character that isn't whole. */
function cutCharacter(end: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, end.length); back++) {
    const byte = end[end.length - back];
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? Buffer.from(end.subarray(end.length - back)) : Buffer.alloc(0);
    }
  }
  return Buffer.alloc(0);
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

const hasUtf8Mark = (bytes: Buffer) => bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;

/** The encoding that a byte order mark names, other than UTF-8's. */
export function markedEncoding(head: Buffer): string | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return head[2] === 0 && head[3] === 0 ? 'utf-32le' : 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return undefined;
}

/** The texts without zero characters, which databases leave in exports; counted. */
export async function* withoutNuls(texts: AsyncIterable<string>, report: ReadReport): AsyncGenerator<string> {
  let line = 1;
  for await (const text of texts) {
    const first = text.indexOf('\0');
    if (first >= 0) {
      const count = text.split('\0').length - 1;
      note(report.nuls, line + newlines(text.slice(0, first)), 'U+0000', count);
    }
    line += newlines(text);
    yield first < 0 ? text : text.replaceAll('\0', '');
  }
}
