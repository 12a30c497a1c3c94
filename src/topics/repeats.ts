import { isInflected } from './diversity.js';

/**
 * Without parts of a name that say nothing new after the ones before: "top-up, top up", "timezone, zone", "Züge, Zug".
 * @param formOf a part as it is shown
 */
export function withoutRepeats<T>(parts: readonly T[], formOf: (part: T) => string): T[] {
  const said: string[] = [];
  /** Phrases and compounds written as one word: "Mac OS X" holds "OSX", "top up" is "topup". */
  const saidWhole: string[] = [];
  /** "sec", of "Securities and Exchange Commission". */
  const saidInitials = new Set<string>();
  return parts.filter((part) => {
    const form = folded(formOf(part));
    const whole = form.replace(/[ ._-]/g, '');
    const words = form.split(' ');
    const phrases = saidWhole.filter((other) => whole.length > 2 && other.endsWith(whole));
    if (phrases.length > 0 || (words.length > 1 && said.includes(whole))) return false;
    if (words.every((word) => said.some((other) => isSame(word, other)))) return false;
    const initials = initialsOf(words, formOf(part));
    if (said.some((other) => initials.has(other))) return false;
    if (saidInitials.has(form)) return false;
    for (const short of initials) saidInitials.add(short);
    said.push(...words);
    if (words.length > 1 || form.includes('-')) saidWhole.push(whole);
    return true;
  });
}

/** Words that initials may leave out. */
const SMALL = /^(?:and|of|the|for|in|de|du|des|del|la|le|y|e|und|der|für|&)$/;
const DIGITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

/** Short names for a phrase: "sec" of "securities and exchange commission", "f1" of "formula one"; and "js" of "JavaScript". */
function initialsOf(words: readonly string[], form: string): Set<string> {
  const first = (word: string) => (DIGITS.includes(word) ? `${DIGITS.indexOf(word)}` : (word[0] ?? ''));
  const all = [words, words.filter((word) => !SMALL.test(word))];
  const initials = new Set(all.filter(({ length }) => length > 1).map((some) => some.map(first).join('')));
  const capitals = /^(\p{Lu})\p{Ll}+(\p{Lu})\p{Ll}+$/u.exec(form);
  if (capitals) initials.add(`${capitals[1]}${capitals[2]}`.toLowerCase());
  return initials;
}

/** In lower case, without the accents of Latin letters. */
const folded = (word: string): string =>
  word
    .toLowerCase()
    .normalize('NFD')
    .replace(/(?<=\p{Script=Latin})\p{M}+/gu, '');

/** Letters that two forms of a word share at least, their share of the longer form, and letters that an inflection adds at most. */
const STEM = 4;
const STEM_SHARE = 0.6;
const LONGEST_ENDING = 2;
/** Endings of German and Romance plurals, and of German cases. */
const ENDING = /^(?:e|en|er|n|s|es)$/;
/** Scripts in which a sign is a syllable or a word, so that a common start or end means little. */
const SYLLABLES = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Script=Thai}/u;

/** "CDs", "cd'er" of "CD". */
const INITIALS = /^[a-z]{2,4}$/;
const PLURALS = /(?:s|'s|'er|'ar)$/;
/** Slavic nouns in two numbers: any vowel at the end of a Cyrillic word, "a", "u" or "y" of a short Latin one. "Data" and "date" are two. */
const LAST_VOWEL = /^(?:[а-яіїєґ]{2,}[аеиоуыюяіїє]|\p{Ll}{2}[auy])$/u;

const ARABIC = /^[\u0621-\u064a]+$/u;

/** An Arabic word without "the". */
const withoutArticle = (word: string): string =>
  word.length > 4 && word.startsWith('ال') ? word.slice(2) : word;

/** "log" of "logging", "logger" and "logs"; nothing for other words. */
const rootOf = (word: string): string | undefined =>
  /^([a-z]+([b-df-hj-np-tv-z]))\2(?:ing|ers?)$/.exec(word)?.[1] ?? /^([a-z]{2,}[^s])s?$/.exec(word)?.[1];

/** Letters that words made of one verb share at least: "development" and "developers", "printer" and "print". */
const VERB_LEAST = 5;
/** What such words have after these. */
const OF_VERB = /^(?:e|es|s|ed|ers?|ors?|ings?|ments?|ions?|ations?)?$/;
/** … after those of a verb in -y: "verify" and "verification". */
const OF_Y_VERB = /^(?:y|ies|ied|ying|ications?)$/;

/** Whether two English words are made of one verb. */
export function isOfOneVerb(one: string, other: string): boolean {
  if (!/^[a-z]+$/.test(one) || !/^[a-z]+$/.test(other)) return false;
  let stem = 0;
  while (stem < one.length && one[stem] === other[stem]) stem++;
  if (stem < VERB_LEAST) return false;
  const [a, b] = [one.slice(stem), other.slice(stem)];
  return (OF_VERB.test(a) && OF_VERB.test(b)) || (OF_Y_VERB.test(a) && OF_Y_VERB.test(b));
}

/** Whether two words are forms of one, or one is the last part of the other. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [withoutArticle(one), withoutArticle(other)];
  if (a === b) return true;
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (long.replaceAll('.', '') === short || long.replace(/[\d.]+$/, '') === short) return true;
  if (INITIALS.test(short) && PLURALS.test(long) && long.replace(PLURALS, '') === short) return true;
  if (!/\p{L}{3}/u.test(short) || SYLLABLES.test(short)) return false;
  // "معبد" and its plural "معابد"
  if (ARABIC.test(short) && short.length > 3 && long === `${short.slice(0, 2)}ا${short.slice(2)}`)
    return true;
  // "hra" and "hry", "гра" and "гри"
  if (a.length === b.length && LAST_VOWEL.test(a) && LAST_VOWEL.test(b) && a.slice(0, -1) === b.slice(0, -1))
    return true;
  if (long.split('-').includes(short)) return true;
  if (short.length >= STEM && long.endsWith(short)) return true;
  if (isInflected(short, long) || `${short}.js` === long) return true;
  // "logging" and "logs"
  const root = rootOf(long);
  if (root !== undefined && root.length > 2 && root !== long && root === rootOf(short)) return true;
  if (isOfOneVerb(short, long)) return true;
  // "cheque" and "check"
  if (/..que$/.test(long) && long.replace(/que$/, 'ck') === short) return true;
  let stem = 0;
  while (stem < short.length && short[stem] === long[stem]) stem++;
  if (stem === short.length && ENDING.test(long.slice(stem))) return true;
  return stem >= STEM && stem >= long.length * STEM_SHARE && long.length - stem <= LONGEST_ENDING;
}
