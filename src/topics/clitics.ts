import { Merge } from './merge.js';
import { stopWords } from './stopwords.js';
import type { Tokens } from './tokens.js';

/** Letters of what is left at least. */
const LEAST = 3;

/** Arabic: "and", "so" before a word; "in the", "as the", "for the" before one with the article; "in", "as", "for" before any. */
const ARABIC = /^[\u0621-\u064a]+$/u;
const ARABIC_CONJUNCTIONS = ['و', 'ف'];
const ARABIC_WITH_ARTICLE = ['بال', 'كال'];
const ARABIC_FOR_THE = 'لل';
const ARABIC_PREPOSITIONS = ['ب', 'ل', 'ك'];
const ARTICLE = 'ال';
/** The article and a small word before it, with a word that is long enough for no other reading, whether the texts have it alone or not. */
const WITH_ARTICLE = /^[وف]?(?:لل|[بك]ال|(?<=[وف])ال)([\u0621-\u064a]{4,})$/u;
/** Hebrew: "and", "in", "for", "from", "that", "as" and the article. */
const HEBREW = /^[א-ת"'״׳]+$/u;
const HEBREW_PREFIXES = ['וה', 'שה', 'מה', 'כשה', 'ו', 'ב', 'ל', 'מ', 'ש', 'כ', 'ה'];

/**
 * Words without the small words that Arabic and Hebrew write together with them, where what is left is a word of the texts that is as
 * common: "بالإنترنت" (on the internet) becomes "الإنترنت"; Turkish names without the cases after their apostrophe, Greek words without
 * the accent that a pronoun after them adds.
 */
export function withoutClitics(tokens: Tokens, language: string): Tokens {
  if (language === 'ar') return withoutPrefixes(tokens, language, ARABIC, arabicBases);
  if (language === 'tr') return withoutTurkishEndings(tokens);
  if (language === 'el') return withoutSecondAccents(tokens);
  if (language === 'he') return withoutPrefixes(tokens, language, HEBREW, hebrewBases);
  return tokens;
}

/** Turkish writes cases of names after an apostrophe: "Haiti'ye" (to Haiti). */
const TURKISH_NAME = /^(\p{L}{2,}\d*|\p{L}[\p{L}\d²³]+)'\p{Ll}{1,8}$/u;

function withoutTurkishEndings(tokens: Tokens): Tokens {
  const merge = new Merge(tokens);
  for (const [word, form] of tokens.words.entries()) {
    const name = TURKISH_NAME.exec(form)?.[1];
    if (name !== undefined && tokens.documents[word] > 0) merge.join(word, name);
  }
  return merge.close();
}

/** A Greek word with a second accent, on its last vowel: "προσγείωσή" (landing) before "του" (his). */
const SECOND_ACCENT = /(?<=[άέήίόύώΐΰ].*)[άέήίόύώ](?=ς?$)/u;

function withoutSecondAccents(tokens: Tokens): Tokens {
  const merge = new Merge(tokens);
  for (const [word, form] of tokens.words.entries())
    if (tokens.documents[word] > 0 && SECOND_ACCENT.test(form))
      merge.join(
        word,
        form.replace(SECOND_ACCENT, (vowel) => vowel.normalize('NFD')[0]),
      );
  return merge.close();
}

/** What a word may be without a prefix, likeliest first. */
function arabicBases(word: string): string[] {
  const bases: string[] = [];
  const without = (prefix: string) => word.slice(prefix.length);
  for (const prefix of ARABIC_CONJUNCTIONS)
    if (word.startsWith(prefix)) bases.push(...arabicBases(without(prefix)), without(prefix));
  for (const prefix of ARABIC_WITH_ARTICLE)
    if (word.startsWith(prefix)) bases.push(ARTICLE + without(prefix), without(prefix));
  if (word.startsWith(ARABIC_FOR_THE)) bases.push(ARTICLE + without(ARABIC_FOR_THE), without(ARABIC_FOR_THE));
  for (const prefix of ARABIC_PREPOSITIONS) if (word.startsWith(prefix)) bases.push(without(prefix));
  return bases;
}

const hebrewBases = (word: string): string[] =>
  HEBREW_PREFIXES.filter((prefix) => word.startsWith(prefix)).map((prefix) => word.slice(prefix.length));

function withoutPrefixes(
  tokens: Tokens,
  language: string,
  letters: RegExp,
  basesOf: (word: string) => string[],
): Tokens {
  const { words, documents, telling } = tokens;
  const merge = new Merge(tokens);
  const stops = stopWords([language]);
  const isWord = (base: string, least: number) => {
    const id = merge.find(base);
    return id !== undefined && documents[id] >= least;
  };
  for (const [word, form] of words.entries()) {
    if (telling[word] === 0 || documents[word] === 0 || stops.has(form) || !letters.test(form)) continue;
    const bases = basesOf(form).filter((base) => base.length >= LEAST && !stops.has(base));
    const base = bases.find((known) => isWord(known, documents[word]));
    const sure = WITH_ARTICLE.exec(form)?.[1];
    if (base !== undefined) merge.join(word, base);
    else if (language === 'ar' && sure !== undefined && !stops.has(ARTICLE + sure))
      merge.join(word, ARTICLE + sure);
  }
  return merge.close();
}
