import { eachWord } from './groups.js';
import { CONTENT, type Use } from './stopwords.js';
import type { Tokens } from './tokens.js';

/** A word of a group, or a phrase, with its weight. */
export interface ScoredTerm {
  key: string;
  /** Its content words in lower case. */
  words: string[];
  /** Texts of the group that hold it. */
  count: number;
  score: number;
}

/** Words of one group by their numbers in `Tokens.words`, those of most texts first. */
export interface GroupCounts {
  words: Int32Array;
  /** Texts of the group that hold the word at the same position. */
  texts: Int32Array;
  /** Content words in all, every occurrence. */
  content: number;
}

// A group keeps its most frequent words; rarer ones can't become keywords.
const WORDS_KEPT = 400;

/** How each word may be used; see `stopWords`. */
export const usesOf = (tokens: Tokens, stops: ReadonlyMap<string, Use>): Uint8Array =>
  Uint8Array.from(tokens.words, (word) => stops.get(word) ?? CONTENT);

/** Counts the content words of groups; keeps its working memory between groups. */
export class WordCounter {
  #tokens: Tokens;
  /** Texts of the group that hold the word, and the last of them, plus 1. */
  #texts: Int32Array;
  #last: Int32Array;

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
    this.#texts = new Int32Array(tokens.words.length);
    this.#last = new Int32Array(tokens.words.length);
  }

  /**
   * Each text counts a word once, so that one long text doesn't name the topic.
   * @param places The group's different texts.
   * @param uses By word, see `usesOf`.
   */
  count(places: Int32Array, uses: Uint8Array): GroupCounts {
    const { telling, words } = this.#tokens;
    const met: number[] = [];
    let content = 0;
    eachWord(places, this.#tokens, (word, _, text) => {
      if (uses[word] !== CONTENT || telling[word] === 0) return;
      content++;
      if (this.#last[word] === text + 1) return;
      if (this.#texts[word]++ === 0) met.push(word);
      this.#last[word] = text + 1;
    });
    // Most words stand in one text; sorting them is most of the work.
    const shared = met.filter((word) => this.#texts[word] > 1);
    const kept = (shared.length >= WORDS_KEPT ? shared : met)
      .sort((a, b) => this.#texts[b] - this.#texts[a] || (words[a] < words[b] ? -1 : 1))
      .slice(0, WORDS_KEPT);
    const counts = {
      words: Int32Array.from(kept),
      texts: Int32Array.from(kept, (word) => this.#texts[word]),
      content,
    };
    for (const word of met) this.#texts[word] = this.#last[word] = 0;
    return counts;
  }
}

/** A word of a group with its weight, best first. */
export interface WordScore {
  word: number;
  texts: number;
  score: number;
}

// Topics "use" a word that is among so many of their best.
const WORDS_USED = 10;
const SHARED_POWER = 0.3;

/**
 * Weights of each group's words by class-based TF-IDF (Grootendorst 2022, BERTopic, equation 2): tf · ln(1 + A / f),
 * with tf the group's texts that hold the word, A the mean number of content words a group, and f the texts that hold
 * it anywhere. A weight is divided by (number of groups that use the word) ^ 0.3, so that neighbours aren't named alike.
 */
export function scoreGroups(groups: GroupCounts[], { documents, words }: Tokens): WordScore[][] {
  const mean = groups.reduce((sum, { content }) => sum + content, 0) / Math.max(1, groups.length);
  const byScore = (a: WordScore, b: WordScore) =>
    b.score - a.score || b.texts - a.texts || (words[a.word] < words[b.word] ? -1 : 1);
  const scored = groups.map((group) =>
    Array.from(group.words, (word, i) => {
      const texts = group.texts[i];
      return { word, texts, score: texts * Math.log(1 + mean / Math.max(texts, documents[word])) };
    }).sort(byScore),
  );
  const users = new Map<number, number>();
  for (const group of scored)
    for (const { word } of group.slice(0, WORDS_USED)) users.set(word, (users.get(word) ?? 0) + 1);
  return scored.map((group) => {
    const shared = (word: number) => (users.get(word) ?? 1) ** SHARED_POWER;
    return group.map((term) => ({ ...term, score: term.score / shared(term.word) })).sort(byScore);
  });
}

// A word that few texts of a topic hold isn't what they are about. With these two bounds the NPMI of keywords and the
// number of different ones are above plain class-based TF-IDF's on news, questions and intents alike.
const SUPPORT = 0.1;
const RELATIVE_SCORE = 0.25;
const KEYWORDS_LEAST = 4;

/** Words of enough texts, and of a quarter of the best one's weight unless they are few; others only where there would be fewer than `wanted` words. */
export function preferShared(terms: WordScore[], texts: number, wanted: number): WordScore[] {
  if (texts < 3) return terms;
  const support = Math.max(2, Math.min(texts * SUPPORT, Math.sqrt(texts)));
  const least = (terms.find((term) => term.texts >= support)?.score ?? 0) * RELATIVE_SCORE;
  const shared = terms
    .filter((term) => term.texts >= support)
    .filter((term, i) => i < KEYWORDS_LEAST || term.score >= least);
  if (shared.length === 0 || shared.length >= wanted) return shared.length === 0 ? terms : shared;
  // Below all shared ones, in their own order; those that two texts have first.
  const others = terms.filter((term) => !shared.includes(term));
  const twice = others.filter((term) => term.texts > 1);
  const filling = (twice.length > 0 ? twice : others).slice(0, wanted);
  const bound = Math.min(...shared.map(({ score }) => score), filling[0]?.score ?? 1);
  const best = filling[0]?.score || 1;
  return [...shared, ...filling.map((term) => ({ ...term, score: (bound * 0.5 * term.score) / best }))];
}
