import { eachWord } from './groups.js';
import { CONTENT, type Use } from './stopwords.js';
import type { Tokens } from './tokens.js';

/** A candidate keyword of a group: a word or a phrase, with its weight. */
export interface ScoredTerm {
  /** Its words in lower case with spaces between, stop words inside a phrase too; one term of a group has it. */
  key: string;
  /** Its content words in lower case. */
  words: string[];
  /** Texts of the group that contain it. */
  count: number;
  /** Weight; higher is better. */
  score: number;
}

/** The most frequent words of one group (a topic, or a theme). */
export interface GroupCounts {
  /** Words, as positions in `Tokens.words`: by number of texts, most first, then alphabetically. */
  words: Int32Array;
  /** texts[i]: how many texts of the group contain words[i]. */
  texts: Int32Array;
  /** The group's different texts. */
  size: number;
  /** Occurrences of content words in the group's different texts: every one counts, also of words that are not listed above. */
  content: number;
}

/** Words listed per group. Words beyond these can't become keywords. */
const WORDS_KEPT = 400;

/** Per word of `tokens.words`: whether it is a content word or a kind of stop word; see stopwords.ts. */
export const usesOf = (tokens: Tokens, stops: ReadonlyMap<string, Use>): Uint8Array =>
  Uint8Array.from(tokens.words, (word) => stops.get(word) ?? CONTENT);

/** Counts the content words of one group after another, and reuses its arrays (8 bytes per word of the vocabulary). */
export class WordCounter {
  #tokens: Tokens;
  /** Per word: texts of the current group that contain it. All 0 between calls. */
  #texts: Int32Array;
  /** Per word: 1 + the text in which it was last counted. All 0 between calls. */
  #last: Int32Array;

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
    this.#texts = new Int32Array(tokens.words.length);
    this.#last = new Int32Array(tokens.words.length);
  }

  /**
   * Counts in how many texts of a group each content word occurs. A word counts once per text, so that one long text doesn't
   * decide the topic's keywords.
   * @param places the group's texts, equal ones once, as positions in `tokens`
   * @param uses per word, from `usesOf`; only words of use CONTENT are counted
   */
  count(places: Int32Array, uses: Uint8Array): GroupCounts {
    const { telling, words } = this.#tokens;
    const met: number[] = [];
    let content = 0;
    eachWord(places, this.#tokens, (word, _, text) => {
      // 'telling' is 0 for words that can't be keywords, such as numbers.
      if (uses[word] !== CONTENT || telling[word] === 0) return;
      content++;
      if (this.#last[word] === text + 1) return;
      if (this.#texts[word]++ === 0) met.push(word);
      this.#last[word] = text + 1;
    });
    const least = this.#textsOfLast(met, places.length);
    const kept = met
      .filter((word) => this.#texts[word] >= least)
      .sort((a, b) => this.#texts[b] - this.#texts[a] || (words[a] < words[b] ? -1 : 1))
      .slice(0, WORDS_KEPT);
    const counts = {
      words: Int32Array.from(kept),
      texts: Int32Array.from(kept, (word) => this.#texts[word]),
      size: places.length,
      content,
    };
    for (const word of met) this.#texts[word] = this.#last[word] = 0;
    return counts;
  }

  /** Texts that have the last word of those that are kept. Most words are in one or two texts, and sorting them would take most of the time. */
  #textsOfLast(met: number[], texts: number): number {
    const words = new Int32Array(texts + 1);
    for (const word of met) words[this.#texts[word]]++;
    let least = texts;
    for (let kept = words[least]; kept < WORDS_KEPT && least > 1; kept += words[least]) least--;
    return least;
  }
}

/** A word of a group with its weight. */
export interface WordScore {
  /** Position in `Tokens.words`. */
  word: number;
  /** Texts of the group that contain it. */
  texts: number;
  /** Weight; higher is better. */
  score: number;
  /** Whether many other groups use it about as much: it says little about any of them. */
  isSpread: boolean;
  /** Whether no other group has it in a larger share of its texts. */
  isOwn: boolean;
}

/** A group counts as using its so many words of highest weight. */
const WORDS_USED = 10;
/** Exponent of the number of groups that use a word, by which its weights are divided. */
const SHARED_POWER = 0.3;
/** A word is spread if more than so many groups, and this share of them, have it in half as large a share of their texts. */
const SPREAD_LEAST = 3;
const SPREAD_GROUPS = 0.12;
const SPREAD_SHARE = 0.5;
/** Best words of a group that are looked at; others hardly become keywords. */
const SPREAD_CHECKED = 120;

/**
 * Weights of each group's words by class-based TF-IDF (Grootendorst 2022, BERTopic, equation 2): tf · ln(1 + A / f),
 * with tf the number of the group's texts that contain the word and f the number of all texts that do (the paper counts
 * occurrences), and A the mean number of occurrences of content words per group. Each weight is then divided by (number of groups that use the word) ^ 0.3, in
 * every group that lists it, so that similar groups get different keywords.
 * @param wanted of so many groups, the first, words are returned; the others only count as users of words
 * @returns per group its words, highest weight first; equal weights: by texts, then alphabetically
 */
export function scoreGroups(
  groups: GroupCounts[],
  { documents, words }: Tokens,
  wanted = groups.length,
): WordScore[][] {
  const mean = groups.reduce((sum, { content }) => sum + content, 0) / Math.max(1, groups.length);
  const byScore = (a: WordScore, b: WordScore) =>
    b.score - a.score || b.texts - a.texts || (words[a.word] < words[b.word] ? -1 : 1);
  const scored = groups.map((group) =>
    Array.from(group.words, (word, i) => {
      const texts = group.texts[i];
      return {
        word,
        texts,
        score: texts * Math.log(1 + mean / Math.max(texts, documents[word])),
        isSpread: false,
        isOwn: false,
      };
    }),
  );
  const { shares, greatest } = sharesOf(groups, words.length);
  const most = Math.max(SPREAD_LEAST, groups.length * SPREAD_GROUPS);
  const users = new Int32Array(words.length);
  for (const group of scored) for (const { word } of firstOf(group, WORDS_USED, byScore)) users[word]++;
  const divisors = Array.from(
    { length: groups.length + 1 },
    (_, count) => Math.max(1, count) ** SHARED_POWER,
  );
  return scored.slice(0, wanted).map((group, at) => {
    for (const term of group) term.score /= divisors[users[term.word]];
    group.sort(byScore);
    for (const term of group.slice(0, SPREAD_CHECKED)) {
      const share = term.texts / groups[at].size;
      term.isSpread = countFrom(shares, term.word, share * SPREAD_SHARE) > most;
      term.isOwn = share >= greatest[term.word];
    }
    return group;
  });
}

/** The first terms of all in an order, sorted. */
function firstOf(
  terms: readonly WordScore[],
  wanted: number,
  order: (a: WordScore, b: WordScore) => number,
): WordScore[] {
  const first: WordScore[] = [];
  for (const term of terms) {
    if (first.length === wanted && order(term, first[wanted - 1]) > 0) continue;
    let at = first.length;
    while (at > 0 && order(term, first[at - 1]) < 0) at--;
    first.splice(at, 0, term);
    if (first.length > wanted) first.pop();
  }
  return first;
}

/** The shares of texts that contain each word, of the groups that list it: word i has `of[first[i]] .. of[first[i + 1] - 1]`. */
interface Shares {
  first: Int32Array;
  of: Float64Array;
}

/** With the greatest of each word's shares. */
function sharesOf(groups: GroupCounts[], words: number): { shares: Shares; greatest: Float64Array } {
  const first = new Int32Array(words + 1);
  for (const group of groups) for (const word of group.words) first[word + 1]++;
  for (let word = 0; word < words; word++) first[word + 1] += first[word];
  const of = new Float64Array(first[words]);
  const greatest = new Float64Array(words);
  const next = first.slice();
  for (const group of groups) addShares(group, next, of, greatest);
  return { shares: { first, of }, greatest };
}

/** A call a group: V8 compiles a function anew between calls, not in the middle of one over all words. */
function addShares(
  { words, texts, size }: GroupCounts,
  next: Int32Array,
  of: Float64Array,
  greatest: Float64Array,
): void {
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    const share = texts[i] / size;
    of[next[word]++] = share;
    if (share > greatest[word]) greatest[word] = share;
  }
}

/** How many of a word's shares are at least `least`. */
function countFrom({ first, of }: Shares, word: number, least: number): number {
  let count = 0;
  for (let at = first[word]; at < first[word + 1]; at++) if (of[at] >= least) count++;
  return count;
}

// A word that few texts of a topic contain isn't what the topic is about. With these bounds, the coherence of keywords (NPMI)
// and the number of different ones are higher than with class-based TF-IDF alone, on news, questions and intents.
/** Share of a topic's texts that must contain a word; in texts at most √texts and at least 2. */
const SUPPORT = 0.1;
/** Share of the best supported word's weight that a word must have, … */
const RELATIVE_SCORE = 0.25;
/** … of which the first so many supported words are exempt. */
const KEYWORDS_LEAST = 4;

/** How many of a topic's texts must contain a word. */
export const supportOf = (texts: number): number => Math.max(2, Math.min(texts * SUPPORT, Math.sqrt(texts)));

/**
 * Picks the candidate keywords among a group's words. Words that enough texts contain (SUPPORT) are supported; those of them
 * with enough weight (RELATIVE_SCORE) are kept. Where there are some but fewer than `wanted`, up to `wanted` of the other words
 * follow, with weights scaled to at most half the lowest kept one. Groups of fewer than three texts keep all words.
 * @param terms the group's words, best first
 * @param texts how many texts the group has
 * @param wanted how many words are needed
 * @returns best first
 */
export function preferShared(terms: WordScore[], texts: number, wanted: number): WordScore[] {
  if (texts < 3) return terms;
  const support = supportOf(texts);
  const least = (terms.find((term) => term.texts >= support)?.score ?? 0) * RELATIVE_SCORE;
  const supported = terms
    .filter((term) => term.texts >= support)
    .filter((term, i) => i < KEYWORDS_LEAST || term.score >= least);
  if (supported.length >= wanted) return supported;
  // In their order. Words of a single text follow only if none of the others is in two or more texts.
  const others = terms.filter((term) => !supported.includes(term));
  const twice = others.filter((term) => term.texts > 1);
  const filling = (twice.length > 0 ? twice : others).slice(0, wanted);
  if (supported.length === 0) return filling;
  const bound = Math.min(...supported.map(({ score }) => score), filling[0]?.score ?? 1);
  const best = filling[0]?.score || 1;
  return [...supported, ...filling.map((term) => ({ ...term, score: (bound * 0.5 * term.score) / best }))];
}
