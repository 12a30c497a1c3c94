import { functionWords } from './stopwords.js';
import { FIRST_FORM, type Tokens } from './tokens.js';

/** Languages of single texts, where texts have several. */
export interface TextLanguages {
  languages: readonly string[];
  /** By place in `Tokens.order`: position in `languages`; UNKNOWN where no language has more small words than the others. */
  ofText: Int8Array;
}

const UNKNOWN = -1;

/**
 * The language of each text, by the small words in it: "und" and "nicht" are German. A word that several of the languages have counts
 * less in each.
 * @param languages of all texts
 * @returns nothing where the texts have one language
 */
export function languagesOfTexts(tokens: Tokens, languages: readonly string[]): TextLanguages | undefined {
  if (languages.length < 2) return undefined;
  const { starts, stream, wordOf, words } = tokens;
  const lists = languages.map(functionWords);
  const sharedBy = words.map((word) => lists.filter((list) => list.has(word)).length);
  const has = lists.map((list) => Uint8Array.from(words, (word) => (list.has(word) ? 1 : 0)));
  const ofText = Int8Array.from({ length: starts.length - 1 }, (_, place) => {
    const scores = new Float64Array(languages.length);
    for (let at = starts[place]; at < starts[place + 1]; at++) {
      if (stream[at] < FIRST_FORM) continue;
      const word = wordOf[stream[at] - FIRST_FORM];
      if (sharedBy[word] > 0)
        for (const [language, is] of has.entries()) scores[language] += is[word] / sharedBy[word];
    }
    const best = scores.indexOf(Math.max(...scores));
    return scores.some((score, i) => i !== best && score >= scores[best]) ? UNKNOWN : best;
  });
  return { languages, ofText };
}

/** Share of texts whose language is known from which a group's languages follow from theirs. */
const KNOWN = 0.5;
/** A language of fewer of them is none of the group's. */
const LEAST = 0.1;

/** Languages of a group of texts, the commonest first; nothing where too few of them are known. */
export function languagesIn(places: Int32Array, { languages, ofText }: TextLanguages): string[] | undefined {
  const counts = new Int32Array(languages.length);
  let known = 0;
  for (const place of places) {
    if (ofText[place] === UNKNOWN) continue;
    counts[ofText[place]]++;
    known++;
  }
  if (known < places.length * KNOWN || known === 0) return undefined;
  return (
    languages
      .map((language, i) => ({ language, count: counts[i] }))
      .filter(({ count }) => count >= known * LEAST)
      // Equal counts: the one that more of all texts are in.
      .sort((a, b) => b.count - a.count)
      .map(({ language }) => language)
  );
}

/** Texts of a group in a language. */
export function placesIn(
  places: Int32Array,
  language: string,
  { languages, ofText }: TextLanguages,
): Int32Array {
  const wanted = languages.indexOf(language);
  return places.filter((place) => ofText[place] === wanted);
}

/** Share of a word's texts in a language from which it is a word of it. */
const OWN = 0.8;

/** By word: 1 for one that mostly stands in texts of a language. */
export function wordsIn(language: string, tokens: Tokens, { languages, ofText }: TextLanguages): Uint8Array {
  const { starts, stream, wordOf, words } = tokens;
  const wanted = languages.indexOf(language);
  const own = new Int32Array(words.length);
  const all = new Int32Array(words.length);
  for (let place = 0; place + 1 < starts.length; place++)
    for (let at = starts[place]; at < starts[place + 1]; at++) {
      if (stream[at] < FIRST_FORM) continue;
      const word = wordOf[stream[at] - FIRST_FORM];
      all[word]++;
      if (ofText[place] === wanted) own[word]++;
    }
  return Uint8Array.from(own, (count, word) => (count > 0 && count >= all[word] * OWN ? 1 : 0));
}
