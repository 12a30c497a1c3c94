import type { UserError } from '../errors.js';
import { inputError } from './input-error.js';

/** A row's text, at most, in characters: more is a quote or a bracket that was never closed, not a text. */
export const LONGEST_ROW = 64 * 1024 * 1024;

/** The bytes as text; a character cut by a chunk's end comes with the next one. */
export async function* decoded(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true });
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}

/**
 * Lines ended by LF or CRLF, without their ends.
 * @throws UserError with the number of a line longer than LONGEST_ROW.
 */
export async function* linesOf(
  texts: AsyncIterable<string>,
  source: string,
): AsyncGenerator<{ line: string; number: number }> {
  // The pieces of a line that isn't whole: joined once, so that a long line costs its length and not its square.
  let pieces: string[] = [];
  let length = 0;
  let number = 0;
  for await (const text of texts) {
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      pieces.push(text.slice(start, end));
      yield { line: withoutReturn(pieces.join('')), number: ++number };
      pieces = [];
      length = 0;
      start = end + 1;
    }
    pieces.push(text.slice(start));
    length += text.length - start;
    if (length > LONGEST_ROW) throw tooLong(source, number + 1, 'a line');
  }
  const rest = pieces.join('');
  if (rest !== '') yield { line: withoutReturn(rest), number: ++number };
}

export function tooLong(source: string, line: number, what: string): UserError {
  return inputError(
    'INPUT_TOO_LARGE',
    { source, line },
    `${what} of more than ${LONGEST_ROW / 1024 ** 2} MiB; at most that is read; is this a table with a row a line?`,
  );
}

const withoutReturn = (line: string) => (line.endsWith('\r') ? line.slice(0, -1) : line);
