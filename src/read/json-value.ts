import { DEEPEST, Digits } from './cell.js';
import { faultIn } from './json-fault.js';

/** Why a text isn't JSON that can be read; one clause without file and line, which the caller knows. */
export class JsonFault extends Error {
  constructor(
    message: string,
    /** The fault's line in the text, from 1, where that is known. */
    readonly line?: number,
  ) {
    super(message);
  }
}

const QUOTE = 34;
const BACKSLASH = 92;
// Marks digits among the strings of a parsed text. A NUL in a string of the file is written \u0000 too, but isn't
// followed by digits alone unless someone means to.
const MARK = '\u0000';
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
// Any number of so few characters without an exponent is its double's shortest text.
const SHORT = 15;
const KEY = /^\s*:/;
const LONGEST_SPACE = 100;

/**
 * Parses a JSON text, with numbers that no double holds as `Digits`, and with NaN and the infinities, which Python
 * and pandas write, as null.
 * @throws JsonFault where it isn't JSON or is nested deeper than DEEPEST.
 */
export function parseJson(text: string): unknown {
  const { json, marked } = markNumbers(text);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    const at = faultIn(json);
    throw new JsonFault(`not JSON${excerpt(json, at)}`, lineAt(json, at));
  }
  return marked ? unmark(value) : value;
}

/** The text with odd numbers as marked strings. One pass; depth is checked on the way. */
function markNumbers(text: string): { json: string; marked: boolean } {
  let json = '';
  let kept = 0;
  let depth = 0;
  let marked = false;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = afterString(text, at);
    } else if (code === 123 || code === 91) {
      if (++depth > DEEPEST) throw new JsonFault(`nested more than ${DEEPEST} deep`, lineAt(text, at));
      at++;
    } else if (code === 125 || code === 93) {
      depth--;
      at++;
    } else if (code === 45 || (code >= 48 && code <= 57) || code === 78 || code === 73) {
      const end = afterWord(text, at);
      if (end - at > SHORT || !plainDigits(text, at, end)) {
        const written = rewritten(text.slice(at, end));
        // A number before a colon stays one, which isn't JSON.
        if (written !== undefined && !KEY.test(text.slice(end, end + LONGEST_SPACE))) {
          json += text.slice(kept, at) + written;
          kept = end;
          marked ||= written !== 'null';
        }
      }
      at = end;
    } else at++;
  }
  return { json: kept === 0 ? text : json + text.slice(kept), marked };
}

/** Position after the string that begins at a quote; the text's end where it isn't closed. */
function afterString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (text.charCodeAt(quote - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return quote + 1;
  }
  return text.length;
}

function afterWord(text: string, start: number): number {
  let at = start + 1;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const digit = code >= 48 && code <= 57;
    const letter = (code | 32) >= 97 && (code | 32) <= 122;
    if (!digit && !letter && code !== 43 && code !== 45 && code !== 46) break;
  }
  return at;
}

/** Digits with at most a point, not beginning with a minus: `12.5`. */
function plainDigits(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code !== 46 && (code < 48 || code > 57)) return false;
  }
  return true;
}

/** What a word becomes; undefined where it stays: a number that its double holds, or nothing that is known. */
function rewritten(word: string): string | undefined {
  if (/^-?(?:NaN|Infinity)$/.test(word)) return 'null';
  if (!NUMBER.test(word) || canonical(word) === canonical(String(Number(word)))) return undefined;
  return `"\\u0000${word}"`;
}

/** Sign, digits without outer zeros and their exponent: equal for equal decimal values. */
function canonical(number: string): string {
  const [, sign, whole, fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  if (whole === undefined) return number; // Infinity
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  const scale =
    significant === '' ? 0 : Number(exponent) - fraction.length + digits.length - significant.length;
  return `${sign}${significant}e${scale}`;
}

function unmark(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.startsWith(MARK) && NUMBER.test(value.slice(1)) ? new Digits(value.slice(1)) : value;
  }
  if (Array.isArray(value)) return value.map(unmark);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unmark(inner)]));
}

const AROUND = 20;

/** The text around a fault, without the marks of numbers. */
function excerpt(json: string, at: number): string {
  if (at >= json.trimEnd().length) return ': it ends too early';
  const around = json.slice(Math.max(0, at - AROUND), at + AROUND);
  return ` near ${JSON.stringify(around.replaceAll('\\u0000', '').replace(/\s+/g, ' '))}`;
}

const lineAt = (text: string, at: number) => text.slice(0, at).split('\n').length;
