import { englishUses } from './english-uses.js';
import type { Occurrences } from './occurrences.js';
import { CONTENT } from './stopwords.js';
import { FIRST_FORM, type Tokens } from './tokens.js';
import { numbersOf } from './word-numbers.js';

/** Endings that make an adjective of a noun, and what the noun may end with in their place. */
const FROM_NOUNS: readonly (readonly [string, readonly string[]])[] = [
  ['al', ['', 'e', 'y', 'a', 's']],
  ['ic', ['', 'y']],
  ['ary', ['']],
  ['ive', ['']],
];
/** Fewest letters of the adjective before the ending: "topic" is not made of "top". */
const STEM_LEAST = 4;
/** Texts with a plural in -s, as a share of those with the word, from which it is a noun. */
const PLURALS = 0.1;

/**
 * Whether an English word is an adjective that is made of a noun of the texts: "economic" of "economy", "parliamentary" of
 * "parliament". Nouns with the same ending have a plural: "arrivals", "secretaries".
 */
export function isOfNoun(form: string, tokens: Tokens): boolean {
  const known = numbersOf(tokens);
  const own = known.get(form);
  if (own === undefined) return false;
  return FROM_NOUNS.some(([ending, nouns]) => {
    const stem = form.slice(0, -ending.length);
    if (!form.endsWith(ending) || stem.length < STEM_LEAST) return false;
    if (!nouns.some((noun) => known.has(stem + noun))) return false;
    // "Economics" is no plural.
    const plural = ending === 'ic' ? undefined : known.get(`${form}s`.replace(/ys$/, 'ies'));
    return plural === undefined || tokens.documents[plural] < tokens.documents[own] * PLURALS;
  });
}

/** Fewest letters of the adjective before the ending: "Iraqi" is made of "Iraq", but not "Iran" of "IRA". */
const COUNTRY_LEAST = 4;
const OF_COUNTRY = ['n', 'an', 'ian', 'i', 'ese', 'ish'];
/** Endings of the name that the adjective's replaces: "Italian" of "Italy". */
const COUNTRY_ENDS = ['', 'a', 'y', 'e', 'o'];

/** Whether an English word has the form of an adjective of a country or continent whose name the texts have: "European" of "Europe". */
export function isOfCountry(form: string, tokens: Tokens): boolean {
  const known = numbersOf(tokens);
  return OF_COUNTRY.some((ending) => {
    if (!form.endsWith(ending) || form.length < COUNTRY_LEAST + ending.length) return false;
    const country = form.slice(0, -ending.length);
    return COUNTRY_ENDS.some((last) => known.has(country + last));
  });
}

/** Share, and fewest, of a word's places before a content word, from which it describes that word. */
const DESCRIBES = 0.5;
const DESCRIBES_LEAST = 3;
/** Greatest shares of its places where it is a noun, and where it ends a noun phrase. */
const NOUNS = 0.1;
const ENDS = 0.3;
/** "third-quarter", "10-year". */
const NUMBERED =
  /^(?:\d+|first|second|third|fourth|fifth|one|two|three|four|five|six|seven|eight|nine|ten)-\p{L}+$/u;
/** Share of an adjective's places before the same noun, from which both together are the name. */
const FOLLOWS = 0.25;

/**
 * Whether an English word that is made of a noun, of a country's name or of a number describes the word after it at half of its places:
 * "European" of Union and nations. A name can do without it.
 */
export function describesNext({ at }: Occurrences, tokens: Tokens, uses: Uint8Array): boolean {
  if (at.length < DESCRIBES_LEAST) return false;
  const [word, next] = [wordsAt(0, tokens)(at[0]), wordsAt(1, tokens)];
  const form = tokens.words[word];
  if (NUMBERED.test(form)) return true;
  const { all, seen, capitals, nouns, coordinated, ends } = englishUses(tokens, uses).ofWord(word);
  // "Arsenal" is not made of "Arsène".
  const isMade = capitals >= seen * DESCRIBES ? isOfCountry(form, tokens) : isOfNoun(form, tokens);
  if (!isMade) return false;
  if (nouns + coordinated > all * NOUNS || ends > all * ENDS) return false;
  return at.filter((position) => uses[next(position)] === CONTENT).length >= at.length * DESCRIBES;
}

/**
 * An adjective with the noun that most often follows it, where that is often and the noun is the last: "European Union" for "European".
 * @param least places that the pair needs
 */
export function withFollower(
  { at }: Occurrences,
  tokens: Tokens,
  uses: Uint8Array,
  least: number,
): Occurrences | undefined {
  const { words, telling } = tokens;
  const [next, second] = [wordsAt(1, tokens), wordsAt(2, tokens)];
  const counts = new Map<number, number>();
  for (const position of at) {
    const word = next(position);
    if (uses[word] === CONTENT && telling[word] === 1) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const [[word, count] = [-1, 0]] = [...counts].sort(
    (a, b) => b[1] - a[1] || (words[a[0]] < words[b[0]] ? -1 : 1),
  );
  if (count < Math.max(least, at.length * FOLLOWS)) return undefined;
  const places = at.filter((position) => next(position) === word);
  const goesOn = places.filter((position) => uses[second(position)] === CONTENT);
  return goesOn.length < places.length * DESCRIBES ? { at: places, before: 0, after: 1 } : undefined;
}

/** The word some places after a position; -1 for none. */
const wordsAt =
  (shift: number, { stream, wordOf }: Tokens) =>
  (position: number): number => {
    const token = stream[position + shift] ?? 0;
    return token < FIRST_FORM ? -1 : wordOf[token - FIRST_FORM];
  };
