import { JsonFault } from './json-value.js';
import { LONGEST_ROW, tooLong } from './lines.js';

/** The text of one element of an array, and the line on which it begins. */
interface Element {
  text: string;
  line: number;
}

const QUOTE = 34;
const BACKSLASH = 92;
const NEWLINE = 10;

/**
 * Cuts a text that is one JSON array into the texts of its elements as it streams past. Whether each is JSON is for
 * the caller to find out.
 * @throws JsonFault where the brackets don't make an array, UserError for an element longer than LONGEST_ROW.
 */
export async function* elementsOf(texts: AsyncIterable<string>, source: string): AsyncGenerator<Element> {
  let state: 'before' | 'inside' | 'after' = 'before';
  let depth = 0;
  let quoted = false;
  let escaped = false;
  let line = 1;
  // The element so far: its pieces from the chunks past, its first line.
  let pieces: string[] = [];
  let length = 0;
  let first = 0;
  let count = 0;

  for await (const text of texts) {
    let start = 0;
    const cut = (end: number): Element | undefined => {
      pieces.push(text.slice(start, end));
      const element = { text: pieces.join('').trim(), line: first };
      pieces = [];
      length = 0;
      first = 0;
      start = end + 1;
      return element.text === '' ? undefined : element;
    };
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === NEWLINE) line++;
      if (quoted) {
        if (escaped) escaped = false;
        else if (code === BACKSLASH) escaped = true;
        else if (code === QUOTE) quoted = false;
        continue;
      }
      if (code <= 32) continue;
      if (state === 'before' && code !== 91) throw new JsonFault('not a JSON array');
      if (state === 'after') throw new JsonFault('text after the array’s end', line);
      if (state === 'before') {
        state = 'inside';
        start = at + 1;
        continue;
      }
      if (depth === 0 && (code === 44 || code === 93)) {
        const element = cut(at);
        if (element) {
          count++;
          yield element;
        } else if (code === 44 || count > 0) {
          throw new JsonFault('a comma without a value', line);
        }
        if (code === 93) state = 'after';
        continue;
      }
      if (first === 0) first = line;
      if (code === QUOTE) quoted = true;
      else if (code === 123 || code === 91) depth++;
      else if (code === 125 || code === 93) depth--;
    }
    pieces.push(text.slice(start));
    length += text.length - start;
    if (length > LONGEST_ROW) throw tooLong(source, first, 'an element');
  }
  if (state === 'inside') throw new JsonFault('not JSON: the array isn’t closed by the file’s end', line);
}
