import { stripVTControlCharacters } from 'node:util';

/** Tabs, line breaks of every kind, and the control characters that a terminal takes for one. */
const BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;

/**
 * Characters without a glyph that act on the text around them: control characters (C0, DEL, C1), marks that turn
 * the direction of text, invisible operators, byte order marks, annotation marks and tags. The joiners U+200C and
 * U+200D and the soft hyphen stay: Persian, Hindi, emoji and long words are written with them.
 */
const UNSEEN =
  /\p{Cc}|[\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

const LONE_SURROGATE = /\p{Surrogate}/gu;

/**
 * An untrusted text as one line that is safe to print: terminal sequences and characters that act on a terminal or on
 * the direction of text are taken out, line breaks and tabs become a space, half a surrogate pair becomes U+FFFD.
 */
export function plainLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(BREAKS, ' ')
    .replace(UNSEEN, '')
    .replace(LONE_SURROGATE, '\ufffd');
}

/** `plainLine` of each line; the line breaks stay. For stacks and help texts. */
export function plainLines(text: string): string {
  return text
    .split(/\r\n|[\r\n]/)
    .map(plainLine)
    .join('\n');
}

/** JSON whose strings are escaped so far that no terminal acts on them; parsing gives the same value. */
export function plainJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(ACTING, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

/** As UNSEEN and BREAKS, without the line feeds that lay the JSON out. */
const ACTING =
  /(?!\n)\p{Cc}|[\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
