import { after, endOf, HYPHENATED, INSIDE, kindAt, LETTER, STARTS } from './characters.js';
import { plainText } from './markup.js';

/**
 * What stands between two words where it isn't a space alone. No phrase goes across either. After a stop (the end of
 * a sentence or a line) any word has a capital; after a pause (a comma, a bracket, a dash) only names have.
 */
export const PAUSE = 0;
export const STOP = 1;
export type Gap = typeof PAUSE | typeof STOP;

/** Receives a text's words and gaps in order. */
export interface WordSink {
  /** The word `text.slice(start, end)`; a part of a text, so that no string has to be made for a word that is known. */
  word(text: string, start: number, end: number): void;
  gap(gap: Gap): void;
}

// Scripts without spaces between words: the platform's dictionaries divide them.
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const ANY_LETTER = /\p{L}/u;
const HIRAGANA_ONLY = /^\p{Script=Hiragana}{1,2}$/u;
const HAN = /\p{Script=Han}/u;
/** "第十", "三百": ordinals and numbers. */
export const NUMERAL = /^[第一二三四五六七八九十百千万萬亿億兩两]+$/u;
const SPACES = /^[ \t\u00a0]*$/;
const SENTENCE_END = /[.!?…\n\r|•。！？।؟]|:\s|[:;]-?[)(]/;
// l'équipe, d'accord, dell'arte: the article is no part of the word.
const ELIDED =
  /(?<![\p{L}\p{M}'])(?:[ldjnsmtc]|qu|jusqu|lorsqu|puisqu|quoiqu|un|dell|all|nell|sull|dall|quest|quell)'(?=\p{L})/giu;
const ELIDING = new Set(['fr', 'it', 'ca']);
const INITIALS = /^(?:\p{L}\.)+\p{L}$/u;
// Abbreviations that a full stop belongs to and that end no sentence.
const ABBREVIATED = new Set(
  'st mr mrs ms dr jr sr prof gen col lt sgt capt gov sen rep rev hon mt ft vs inc corp co ltd bros no nos vol ave blvd dept univ bzw ca evtl ggf inkl nr usw str sra srta ud uds av bd'.split(
    ' ',
  ),
);
// Two letters and signs that belong to them: C++, C#, F#, g++.
const SIGNED = /^\p{L}{1,2}$/u;

/** Divides texts into words. */
export class Divider {
  #segmenter: Intl.Segmenter;
  #elides: boolean;

  /** @param languages of the texts: articles of French, Italian and Catalan are cut off where one of them is among. */
  constructor(languages: Iterable<string> = []) {
    const all = [...languages].filter((language) => language !== '');
    this.#elides = all.some((language) => ELIDING.has(language));
    this.#segmenter = new Intl.Segmenter(all[0], { granularity: 'word' });
  }

  /** @param limit UTF-16 units that are read; later words add nothing to a topic. */
  divide(text: string, sink: WordSink, limit = 4000): void {
    const plain = plainText(text.length > limit ? text.slice(0, limit) : text);
    if (UNSPACED.test(plain)) this.#unspaced(plain, sink);
    else spaced(this.#elides ? plain.replace(ELIDED, ' ') : plain, sink);
  }

  #unspaced(text: string, sink: WordSink): void {
    for (const { segment, isWordLike } of this.#segmenter.segment(text)) {
      if (isWordLike) sink.word(segment, 0, segment.length);
      else if (!SPACES.test(segment)) sink.gap(SENTENCE_END.test(segment) ? STOP : PAUSE);
    }
  }
}

const APOSTROPHE = 39;
const HYPHEN = 45;
const DOT = 46;
const MIDDLE_DOT = 0xb7;
const SPACE = 32;

/**
 * The word rule of UAX 29 for the scripts with spaces, many times as fast as Intl.Segmenter: letters, numbers, marks and underscores,
 * and between letters apostrophes, dots and hyphens.
 */
function spaced(text: string, sink: WordSink): void {
  let end = 0;
  for (let at = 0; at < text.length; ) {
    const kind = kindAt(text, at);
    if ((kind & STARTS) === 0) {
      at = after(at, kind);
      continue;
    }
    let start = at;
    let dots = 0;
    at = endOf(text, at, INSIDE);
    while ((kindAt(text, at + 1) & LETTER) !== 0) {
      const sign = text.charCodeAt(at);
      if (sign === HYPHEN) at = endOf(text, at + 1, HYPHENATED);
      else if (sign === APOSTROPHE || sign === DOT || sign === MIDDLE_DOT) at = endOf(text, at + 1, INSIDE);
      else break;
      if (sign === DOT) dots++;
    }
    const isNet = text.charCodeAt(start - 1) === DOT && /^net$/i.test(text.slice(start, at));
    // ".NET", not the end of a sentence before "NET".
    if (isNet && !/[\p{L}\p{N}]/u.test(text[start - 2] ?? ' ')) start--;
    if (start > end) sayGap(text, end, start, sink);
    end = at;
    if (dots > 1 && !INITIALS.test(text.slice(start, at))) {
      // com.example.Handler: a path of names.
      for (let from = start; from <= at; ) {
        const dot = text.indexOf('.', from);
        const to = dot < 0 || dot > at ? at : dot;
        sink.word(text, from, to);
        sink.gap(PAUSE);
        from = to + 1;
      }
      continue;
    }
    const next = text[end];
    if (next === '.' && belongsToDot(text.slice(start, end))) end++;
    else if (next === '+' && text[end + 1] === '+' && SIGNED.test(text.slice(start, end))) end += 2;
    else if (
      next === '#' &&
      SIGNED.test(text.slice(start, end)) &&
      !/[\p{L}\p{N}]/u.test(text[end + 1] ?? ' ')
    )
      end++;
    if (next === '/') at = end += pairedLength(text, start, end);
    sink.word(text, start, end);
  }
}

// "PL/SQL", "TCP/IP", "C/C++": one of both has two letters at most. "EMR/PACS" are two things.
const PAIR = /^(?:\p{Lu}{1,2}\/\p{Lu}{1,3}|\p{Lu}{3}\/\p{Lu}{1,2})(?:\+\+)?(?![\p{L}\p{N}/])/u;

/** Length of what belongs to a word after it, from the slash: "/SQL" of "PL/SQL"; 0 where nothing does. */
function pairedLength(text: string, start: number, end: number): number {
  const pair = PAIR.exec(text.slice(start, end + 7))?.[0].length ?? 0;
  return pair > end - start ? pair - (end - start) : 0;
}

function sayGap(text: string, from: number, to: number, sink: WordSink): void {
  if (to === from + 1 && text.charCodeAt(from) === SPACE) return;
  const between = text.slice(from, to);
  if (!SPACES.test(between)) sink.gap(SENTENCE_END.test(between) ? STOP : PAUSE);
}

/** Whether a full stop after it is a part of it and ends no sentence. */
const belongsToDot = (form: string): boolean => INITIALS.test(form) || ABBREVIATED.has(form.toLowerCase());

const GENITIVE = /'s$/i;

/** A word without the English genitive and underscores at the edge, as it is shown at the end of a phrase. */
export const bare = (form: string): string => form.replace(GENITIVE, '').replace(/^_+|_+$/g, '');

const VOWEL_MARKS = /[\u064b-\u0652\u0670\u0640]/g;

/** Without Arabic vowel marks and the tatweel. */
export const withoutMarks = (form: string): string => form.replace(VOWEL_MARKS, '');

// Short names that are written like a common word but for their capitals.
const CAPITALS_MATTER = new Set(['US', 'IT', 'WHO', 'IE']);

/**
 * One key for all ways of writing a word: case, the genitive, the dots of initials, Arabic vowel marks and the
 * tatweel don't count. US, IT and WHO aren't the words us, it and who.
 */
export function keyOf(form: string): string {
  let word = withoutMarks(form.replace(GENITIVE, '')).replace(/^_+|_+$/g, '');
  if (INITIALS.test(word.replace(/\.$/, ''))) word = word.replaceAll('.', '');
  else if (word.length > 1 && word.endsWith('.')) word = word.slice(0, -1);
  return CAPITALS_MATTER.has(word) ? word : word.toLowerCase();
}

/** Whether a word says something by itself: a letter in it, more than a particle's length, no code or hash. */
export function isTelling(form: string): boolean {
  if (!ANY_LETTER.test(form) || HIRAGANA_ONLY.test(form)) return false;
  if (HAN.test(form)) return [...form].length > 1 && !NUMERAL.test(form);
  if (form.length > 5 && isCode(form)) return false;
  return form.length > 1;
}

/** Hashes, order numbers, identifiers: many digits among the letters. */
function isCode(form: string): boolean {
  let digits = 0;
  for (let i = 0; i < form.length; i++) {
    const code = form.charCodeAt(i);
    if (code >= 48 && code <= 57) digits++;
  }
  return digits > 2 && (digits * 2 > form.length || /^[0-9a-f]{7,}$/i.test(form));
}

/** Scripts that write words without spaces are joined without one. */
export const joinWords = (left: string, right: string): string =>
  UNSPACED.test(left) && UNSPACED.test(right) ? left + right : `${left} ${right}`;
