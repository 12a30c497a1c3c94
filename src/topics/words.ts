/**
 * Words of a text as a keyword may show them: markup, links and numbers gone, sentence breaks kept so that no
 * pair of words spans one.
 */
export interface Words {
  /** As written, in order; '' is a break (punctuation, a new line, or something that isn't a word). */
  forms: string[];
}

// Scripts without spaces between words: the platform's dictionaries divide them.
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
// The word rule of UAX 29 for the scripts with spaces, several times faster than Intl.Segmenter. Joiners
// (U+200C, U+200D) and marks belong to words of Persian, Hindi and Nepali.
const SPACED_WORD =
  /[\p{L}\p{N}_][\p{L}\p{M}\p{N}_\u200c\u200d]*(?:['’.\u00b7](?=\p{L})[\p{L}\p{M}\p{N}_\u200c\u200d]+|-(?=\p{L})[\p{L}\p{M}\p{N}_]+)*/gu;
const LETTER = /\p{L}/u;
const HIRAGANA_ONLY = /^\p{Script=Hiragana}{1,2}$/u;
const HAN = /\p{Script=Han}/u;
const WORDLIKE_GAP = /^[ \t\u00a0]*$/;
// l'équipe, d'accord, dell'arte: the article is no part of the word.
const ELIDING = new Set(['fr', 'it', 'ca']);
const ELIDED =
  /(?<![\p{L}\p{M}])(?:[ldjnsmtc]|qu|jusqu|lorsqu|puisqu|quoiqu|un|dell|all|nell|sull|dall|quest|quell)['’](?=\p{L})/giu;
// Texts longer than this say nothing new about a topic's words.
const LONGEST = 4000;

const ENTITIES: Record<string, string> = { amp: '&', quot: '"', lt: '<', gt: '>', apos: "'", nbsp: ' ' };
const ENTITY = /&?#x([0-9a-f]{2,6});|&?#(\d{1,7});|&?\b(amp|quot|lt|gt|apos|nbsp);|&[a-z]{2,8};/gi;
const TAG = /<\/?[a-z!][^<>]{0,500}>/gi;
const LINK = /\b(?:https?:\/\/|www\.)\S+|\S+@\S+\.\S+/gi;

/** Resolves entities (also those that lost their `&`), drops tags, links, addresses and stray backslashes. */
export function cleanMarkup(text: string): string {
  if (!/[<&#;\\@/]/.test(text)) return text;
  // Feeds hold `&amp;lt;b&amp;gt;`.
  const resolved = text.replace(/&(?:amp;)+/gi, '&').replace(ENTITY, resolve);
  return resolved.replace(TAG, ' ').replace(LINK, ' ').replace(/\\/g, ' ');
}

function resolve(_: string, hex?: string, decimal?: string, name?: string): string {
  if (name) return ENTITIES[name.toLowerCase()];
  const code = hex ? Number.parseInt(hex, 16) : Number(decimal);
  return code > 31 && code <= 0x10ffff ? String.fromCodePoint(code) : ' ';
}

/** Divides texts into words. `language` helps the platform's dictionaries; scripts with spaces don't need it. */
export class Divider {
  #segmenter: Intl.Segmenter;
  #elides: boolean;

  constructor(language?: string) {
    this.#elides = ELIDING.has(language ?? '');
    this.#segmenter = new Intl.Segmenter(language || undefined, { granularity: 'word' });
  }

  divide(text: string): Words {
    const clean = cleanMarkup(text.length > LONGEST ? text.slice(0, LONGEST) : text).normalize('NFC');
    return UNSPACED.test(clean)
      ? this.#unspaced(clean)
      : spaced(this.#elides ? clean.replace(ELIDED, ' ') : clean);
  }

  #unspaced(text: string): Words {
    const forms: string[] = [];
    for (const { segment, isWordLike } of this.#segmenter.segment(text)) {
      if (isWordLike) forms.push(bare(segment));
      else if (!WORDLIKE_GAP.test(segment)) forms.push('');
    }
    return { forms };
  }
}

function spaced(text: string): Words {
  const forms: string[] = [];
  let end = 0;
  for (const match of text.matchAll(SPACED_WORD)) {
    if (match.index > end && !WORDLIKE_GAP.test(text.slice(end, match.index))) forms.push('');
    forms.push(bare(match[0]));
    end = match.index + match[0].length;
  }
  return { forms };
}

/** Without the English genitive and underscores at the edge. */
const bare = (word: string): string => word.replace(/['’]s$/i, '').replace(/^_+|_+$/g, '');

/** One key for all ways of writing a word: case, Arabic vowel marks and the tatweel don't count. */
export const keyOf = (form: string): string => form.toLowerCase().replace(/[\u064b-\u0652\u0670\u0640]/g, '');

/** Whether a word says something by itself: a letter in it, and more than a particle's length. */
export function isTelling(form: string): boolean {
  if (!LETTER.test(form) || HIRAGANA_ONLY.test(form)) return false;
  if (HAN.test(form)) return [...form].length > 1;
  return form.length > 1;
}

/** Scripts that write words without spaces are joined without one. */
export const joinWords = (left: string, right: string): string =>
  UNSPACED.test(left) && UNSPACED.test(right) ? left + right : `${left} ${right}`;
