import { type Chosen, KeywordChooser } from './choose.js';
import { englishUses } from './english-uses.js';
import { differentTexts } from './groups.js';
import { type GroupCounts, scoreGroups, usesOf, WordCounter, type WordScore } from './keywords.js';
import { Speller } from './spelling.js';
import { CONTENT, GENERIC, stopWords } from './stopwords.js';
import type { Tokens } from './tokens.js';
import type { NounTest } from './word-classes.js';

/** Share of all texts from which a word may be in most of them. */
const EVERYWHERE = 0.6;
/** Texts of all in a group from which its words may be those of all texts. */
const MOST = 0.5;

export interface VocabularySettings {
  /** Keywords of a group. */
  keywords: number;
  stopWords: readonly string[];
  /** Texts that a keyword needs. */
  minDf: number;
}

/** The words of texts, and keywords of groups chosen from them. */
export class Vocabulary {
  readonly speller: Speller;
  readonly #uses = new Map<string, Uint8Array>();
  readonly #counter: WordCounter;
  readonly #chooser: KeywordChooser;

  constructor(
    readonly tokens: Tokens,
    readonly settings: VocabularySettings,
  ) {
    this.#counter = new WordCounter(tokens);
    this.speller = new Speller(tokens);
    this.#chooser = new KeywordChooser(tokens, this.speller, settings.keywords);
  }

  /**
   * Counts a group's words of content.
   * @param members the group's texts, as positions in `tokens`
   * @param languages of the group
   */
  count(members: Int32Array, languages: readonly string[]): GroupCounts {
    return this.#counter.count(differentTexts(members, this.tokens), this.#usesIn(languages));
  }

  /** Weights of the words of each group but the last, the texts in none, without those that tell no group from another. */
  score(counts: GroupCounts[], groups: readonly Int32Array[]): WordScore[][] {
    return scoreGroups(counts, this.tokens, counts.length - 1).map((scored) =>
      scored.filter(({ word }) => !this.#isEverywhere(word, groups)),
    );
  }

  /**
   * Keywords of a group.
   * @param isTaggedNoun tells nouns of the group's English texts
   */
  choose(
    members: Int32Array,
    scores: WordScore[],
    languages: readonly string[],
    isTaggedNoun?: NounTest,
  ): Chosen {
    return this.#chooser.choose(
      differentTexts(members, this.tokens),
      scores,
      this.#usesIn(languages),
      languages,
      isTaggedNoun,
    );
  }

  /** Whether the texts have small words between those of content, as English sentences do. */
  hasSmallWords(languages: readonly string[]): boolean {
    return englishUses(this.tokens, this.#usesIn(languages)).hasSmallWords;
  }

  /** By word of the vocabulary; the same array for the same languages. */
  #usesIn(languages: readonly string[]): Uint8Array {
    const key = [...languages].sort().join();
    let uses = this.#uses.get(key);
    if (!uses) {
      uses = usesOf(this.tokens, stopWords(languages, this.settings.stopWords));
      const least = this.settings.minDf;
      for (let word = 0; word < uses.length; word++)
        if (uses[word] === CONTENT && this.tokens.documents[word] < least) uses[word] = GENERIC;
      this.#uses.set(key, uses);
    }
    return uses;
  }

  /** Whether most texts have a word though no group holds most texts. */
  #isEverywhere(word: number, groups: readonly Int32Array[]): boolean {
    const { documents, identity } = this.tokens;
    const different = (identity.at(-1) ?? 0) + 1;
    if (documents[word] < different * EVERYWHERE) return false;
    return groups.every(({ length }) => length < identity.length * MOST);
  }
}
