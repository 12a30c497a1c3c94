import { breathe, turn } from '../breathe.js';
import type { OptionsOf, SettingsOf } from '../options/option.js';
import { resolveOptions } from '../options/resolve.js';
import { describerOptions } from '../options/topics.js';
import type { Watch } from '../progress.js';
import type { Matrix, Topic } from '../shapes.js';
import { type Boilerplate, findBoilerplate, withoutBoilerplate } from './boilerplate.js';
import { pickDiverse } from './diversity.js';
import { pickExemplars } from './exemplars.js';
import { differentTexts, groupByLabel } from './groups.js';
import {
  preferShared,
  type ScoredTerm,
  scoreGroups,
  usesOf,
  WordCounter,
  type WordScore,
} from './keywords.js';
import { detectLanguages, languageOf, loadLanguages, relatedLanguages } from './language.js';
import { lastResort, NAME_WORDS, nameByKeywords } from './names.js';
import { growPhrase, isVerb, type Occurrences, partOf, textsWith, WordFinder } from './phrases.js';
import { Speller } from './spelling.js';
import { readStopWords } from './stop-file.js';
import { CONTENT, GENERIC, stopWords } from './stopwords.js';
import { FIRST_FORM, type Tokens, tokenize } from './tokens.js';
import { Divider } from './words.js';

/** What stays the same for every grouping of the same texts. */
export interface DescriberOptions extends OptionsOf<typeof describerOptions> {
  texts: string[];
  /** The texts' vectors, for exemplars. */
  vectors?: Matrix;
}

/** One grouping of the texts: topics, themes, or any level of a hierarchy. */
export interface Grouping {
  /** A label a text, -1 for noise. */
  labels: Int32Array;
  /** Number of groups; labels are below it. */
  clusterCount: number;
  /** How surely each text belongs to its group; weighs the means that exemplars are near to. Default 1 each. */
  probabilities?: Float64Array;
  /** A number a group, copied to its topic. Default 0 each. */
  persistence?: Float64Array;
}

/** Names any grouping of the texts that it was opened with. */
export interface Describer {
  /** Passages that many texts share; no keyword comes from them. */
  boilerplate: Boilerplate;
  /**
   * Describes each group by keywords, a name and its most central texts.
   *
   * @param grouping of the texts that the describer was opened with
   * @param watch `signal` and `onProgress`; those of the opening where it is left out
   * @returns the topics by id, and the languages found
   * @throws the reason of `signal` when aborted
   */
  describe(grouping: Grouping, watch?: Watch): Promise<TopicAnswer>;
}

export type TopicInput = DescriberOptions & Grouping;

/** Groups described. */
export interface TopicAnswer {
  /** In the order of their ids. */
  topics: Topic[];
  /** Languages detected, with the number of clustered rows in each, most first; `language` is '' for rows without a detected one. */
  languages: { language: string; rows: number }[];
  /** Wording that many texts share and that no keyword comes from; left out where there is none. */
  boilerplate?: { texts: number; examples: string[] };
}

/** Texts of a group that its language is detected by, and of all. */
const TEXTS_DETECTED = 40;
const ALL_TEXTS_DETECTED = 400;
/** Words of a group that are grown to phrases, times the keywords wanted. */
const GROWN = 4;
const EVERYWHERE = 0.6;
const LONGEST_KEYWORD = 40;
/** Best words that are checked for being parts of several names, and what is left of their weight, and of a verb's. */
const BOUND_CHECKED = 12;
const WEAK_SCORE = 0.4;
/** A phrase comes before a word of equal weight. */
const PHRASE_SCORE = 1 + 1e-9;
/** Share of a word's texts that a phrase needs to be shown in its place. */
const PHRASE_SHARE = 0.5;

/**
 * Prepares texts so that several groupings of them can be described, one after the other, without reading the texts
 * again.
 *
 * @param options the texts, their vectors where known, and options as docs/options.md describes them
 * @returns what describes groupings of these texts
 * @throws UserError for an invalid option
 * @throws the reason of `options.signal` when aborted
 * @example
 * const describer = await openDescriber({ texts, vectors });
 * const topics = await describer.describe({ labels, clusterCount });
 */
export async function openDescriber(options: DescriberOptions & Watch): Promise<Describer> {
  const { texts, vectors, signal, onProgress } = options;
  const settings = resolveOptions(describerOptions, givenOf(options));
  const given = settings.language === undefined ? undefined : languageOf(settings.language);
  await loadLanguages();
  const sample = spread(texts, ALL_TEXTS_DETECTED);
  const languages = given === undefined ? detectLanguages(sample) : [given];
  const pause = breathe(signal);
  const boilerplate = await findBoilerplate(texts, pause);
  const tokens = await tokenize(withoutBoilerplate(texts, boilerplate), new Divider(languages), pause);
  const stops = await readStopWords(settings.stopWords);
  const describer = new TextDescriber(
    { ...settings, language: given, stopWords: stops, texts, vectors },
    tokens,
  );
  return {
    boilerplate,
    async describe(grouping, watch = { onProgress, signal }) {
      const result = await describer.describe(grouping, watch);
      const { passages, examples } = boilerplate;
      if (passages.size === 0) return result;
      return { ...result, boilerplate: { texts: passages.size, examples: examples.map(({ text }) => text) } };
    },
  };
}

/** What describes the texts and a grouping, besides options. */
const DATA = ['texts', 'vectors', 'labels', 'clusterCount', 'probabilities', 'persistence'];

/** The options, without the data; unknown names stay, to be refused. */
const givenOf = (options: object): OptionsOf<typeof describerOptions> =>
  Object.fromEntries(Object.entries(options).filter(([name]) => !DATA.includes(name)));

/**
 * Describes each group of texts by keywords, a name and its most central texts; see `openDescriber` for several groupings of the
 * same texts.
 *
 * @param input texts, their labels (-1 for none), vectors where known, and options as docs/options.md describes them
 * @returns the topics by id, and the languages found
 * @throws UserError for an invalid option
 * @throws the reason of `input.signal` when aborted
 * @example
 * const { topics } = await describeTopics({ texts, labels: fit.labels, vectors, keywords: 5 });
 */
export async function describeTopics(
  input: Omit<TopicInput, 'clusterCount'> & Partial<Pick<TopicInput, 'clusterCount'>> & Watch,
): Promise<TopicAnswer> {
  const { clusterCount = input.labels.reduce((most, label) => Math.max(most, label + 1), 0) } = input;
  return (await openDescriber(input)).describe({ ...input, clusterCount }, input);
}

/** The texts with their options, decided. */
interface DescriberSettings extends Omit<SettingsOf<typeof describerOptions>, 'stopWords'> {
  texts: string[];
  vectors?: Matrix;
  stopWords: string[];
}

class TextDescriber {
  #uses = new Map<string, Uint8Array>();
  #counter: WordCounter;
  #finder: WordFinder;
  #speller: Speller;
  #wanted: number;

  constructor(
    readonly options: DescriberSettings,
    readonly tokens: Tokens,
  ) {
    this.#counter = new WordCounter(tokens);
    this.#finder = new WordFinder(tokens);
    this.#speller = new Speller(tokens);
    this.#wanted = options.keywords;
  }

  /**
   * Describes each group by keywords (class-based TF-IDF, words grown to phrases, redundancy removed), a name made
   * of the first of them, and its most central different texts. The noise counts as one more group, so that words
   * common everywhere weigh little. Every topic gets a name, whatever its texts hold.
   */
  async describe(grouping: Grouping, { signal, onProgress }: Watch): Promise<TopicAnswer> {
    const { texts, vectors } = this.options;
    const { labels, clusterCount, persistence } = grouping;
    const probabilities = grouping.probabilities ?? new Float64Array(texts.length).fill(1);
    const next = async (done: number) => {
      signal?.throwIfAborted();
      onProgress?.({ stage: 'topics', done, total: clusterCount, unit: 'topics' });
      await turn();
    };
    const places = groupByLabel(labels, clusterCount, this.tokens.order);
    const byLanguage = new Map<string, number>();
    const uses: Uint8Array[] = [];
    const counts = [];
    for (const [label, members] of places.entries()) {
      const languages = this.#languagesOf(members);
      const first = languages[0] ?? '';
      if (label < clusterCount) byLanguage.set(first, (byLanguage.get(first) ?? 0) + members.length);
      uses.push(this.#usesIn(languages));
      counts.push(this.#counter.count(differentTexts(members, this.tokens), uses[label]));
      await next(label);
    }
    const scores = scoreGroups(counts, this.tokens).map((scored) =>
      scored.filter(({ word }) => !this.#isEverywhere(word, places)),
    );
    const topics: Topic[] = [];
    const pause = breathe(signal);
    for (let id = 0; id < clusterCount; id++) {
      const rows = places[id].map((place) => this.tokens.order[place]).sort();
      const own = this.#keywords(places[id], scores[id], uses[id]);
      const keywords = own.length > 0 ? own : lastResort(rows, texts, this.#wanted);
      const exemplars = pickExemplars(
        rows,
        { texts, probabilities, vectors },
        keywords,
        this.options.examples,
      );
      if (keywords.length === 0) keywords.push(`Topic ${id}`);
      topics.push({
        id,
        size: rows.length,
        persistence: persistence?.[id] ?? 0,
        keywords,
        name: '',
        exemplars,
      });
      await pause();
    }
    nameByKeywords(topics);
    const languages = [...byLanguage]
      .map(([language, rows]) => ({ language, rows }))
      .sort((a, b) => b.rows - a.rows || (a.language < b.language ? -1 : 1));
    return { topics, languages };
  }

  #languagesOf(members: Int32Array): string[] {
    const sample = spread(members, TEXTS_DETECTED).map(
      (place) => this.options.texts[this.tokens.order[place]],
    );
    const languages = this.options.language === undefined ? detectLanguages(sample) : [this.options.language];
    return relatedLanguages(languages, sample.join(' '));
  }

  /** By word of the vocabulary; the same array for the same languages. */
  #usesIn(languages: string[]): Uint8Array {
    const key = [...languages].sort().join();
    let uses = this.#uses.get(key);
    if (!uses) {
      uses = usesOf(this.tokens, stopWords(languages, this.options.stopWords));
      const least = this.options.minDf;
      for (let word = 0; word < uses.length; word++)
        if (uses[word] === CONTENT && this.tokens.documents[word] < least) uses[word] = GENERIC;
      this.#uses.set(key, uses);
    }
    return uses;
  }

  #keywords(members: Int32Array, scores: WordScore[], uses: Uint8Array): string[] {
    const different = differentTexts(members, this.tokens);
    const candidates = preferShared(scores, different.length, NAME_WORDS).slice(0, this.#wanted * GROWN);
    const group = this.#finder.find(
      different,
      candidates.map(({ word }) => word),
    );
    const least = different.length >= 5 ? 3 : 2;
    const phrases = candidates.map(({ word }, rank) => {
      const phrase = growPhrase(word, group, this.tokens, uses, least);
      if (phrase.before + phrase.after > 0 || rank >= BOUND_CHECKED) return { phrase, bound: false };
      const part = partOf(word, group, this.tokens, uses, least);
      return { phrase: part.phrase ?? phrase, bound: part.bound && !part.phrase };
    });
    const whole = phrases
      .filter(({ phrase }) => phrase.before + phrase.after > 0)
      .map(({ phrase }) => ({
        phrase,
        texts: textsWith(phrase, this.tokens),
        ...this.#termOf(phrase, uses),
      }));
    const grown = new Map<string, ScoredTerm & { phrase: Occurrences }>();
    for (const [rank, { word, score, texts }] of candidates.entries()) {
      let { phrase, bound } = phrases[rank];
      if (phrase.before + phrase.after === 0) {
        // "oil", where half of the texts that have it have "oil prices".
        const most = textsWith(phrase, this.tokens) * PHRASE_SHARE;
        const holder = whole.find(
          (other) => other.texts >= most && other.words.includes(this.tokens.words[word]),
        );
        if (holder) ({ phrase, bound } = { phrase: holder.phrase, bound: false });
      }
      const isPhrase = phrase.before + phrase.after > 0;
      const isWeak = bound || (!isPhrase && isVerb(word, group, this.tokens));
      const weight = isWeak ? WEAK_SCORE : isPhrase ? PHRASE_SCORE : 1;
      const term = phrase.at.length > 0 ? this.#termOf(phrase, uses) : this.#wordTerm(word);
      // Candidates come best first: the first word that a phrase grows from gives its score.
      if (!grown.has(term.key)) grown.set(term.key, { ...term, count: texts, phrase, score: score * weight });
    }
    const terms = [...grown.values()].sort((a, b) => b.score - a.score);
    const keywords = pickDiverse(terms, this.#wanted).map(({ key }) => {
      const { phrase } = grown.get(key)!;
      const form = this.#speller.spell(phrase);
      if (form.length <= LONGEST_KEYWORD) return form;
      const alone = this.#speller.spell({ at: phrase.at, before: 0, after: 0 });
      return alone.length <= LONGEST_KEYWORD ? alone : `${alone.slice(0, LONGEST_KEYWORD - 1)}…`;
    });
    return keywords;
  }

  /** Whether most texts have a word though no group holds most texts: it tells no group from another. */
  #isEverywhere(word: number, places: Int32Array[]): boolean {
    const { documents, identity } = this.tokens;
    const different = (identity.at(-1) ?? 0) + 1;
    if (documents[word] < different * EVERYWHERE) return false;
    return places.every(({ length }) => length < identity.length * 0.5);
  }

  #wordTerm(word: number): { key: string; words: string[] } {
    return { key: this.tokens.words[word], words: [this.tokens.words[word]] };
  }

  #termOf({ at, before, after }: Occurrences, uses: Uint8Array): { key: string; words: string[] } {
    const { stream, wordOf, words } = this.tokens;
    const tokens = stream.subarray(at[0] - before, at[0] + after + 1);
    const all = Array.from(tokens, (token) => wordOf[token - FIRST_FORM]);
    const content = all.filter((part) => uses[part] === CONTENT);
    return { key: all.map((part) => words[part]).join(' '), words: content.map((part) => words[part]) };
  }
}

/** At most `limit` values, evenly spread. */
function spread<T>(values: ArrayLike<T>, limit: number): T[] {
  if (values.length <= limit) return Array.from(values);
  return Array.from({ length: limit }, (_, i) => values[Math.floor((i * values.length) / limit)]);
}
