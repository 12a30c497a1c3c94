import { breathe } from '../breathe.js';
import type { Watch } from '../progress.js';
import { withoutParticles } from '../topics/korean.js';
import { detectLanguages, languageOf, loadLanguages } from '../topics/language.js';
import { stopWords } from '../topics/stopwords.js';
import { FIRST_FORM, type Tokens, tokenize } from '../topics/tokens.js';
import { Divider } from '../topics/words.js';

/** Texts whose language is looked at. */
const SAMPLE = 400;
/** Words shown of a group of texts. */
const SHOWN = 8;
/** A word is shown from so many standard deviations of its log-odds on. */
const LEAST_SCORE = 2;
/** A word that fewer texts of a group have sets nothing apart. */
const LEAST_TEXTS = 2;

export interface WordOptions extends Pick<Watch, 'signal'> {
  /** ISO 639 code; detected where it is left out. */
  language?: string;
  /** Words that are never shown, besides those of the languages. */
  stopWords?: readonly string[];
}

/** In how many texts of any group each content word stands. */
export class WordTable {
  private constructor(
    /** Words of each text, each once, by row. */
    private readonly wordsOf: Int32Array[],
    private readonly spelling: string[],
    /** Texts that have each word. */
    readonly all: ReadonlyMap<string, number>,
  ) {}

  static async open(texts: readonly string[], options: WordOptions = {}): Promise<WordTable> {
    await loadLanguages();
    const step = Math.max(1, Math.floor(texts.length / SAMPLE));
    const sample = texts.filter((_, row) => row % step === 0);
    const languages =
      options.language === undefined ? detectLanguages([...sample]) : [languageOf(options.language)];
    const pause = breathe(options.signal);
    const tokens = withoutParticles(await tokenize(texts, new Divider(languages), pause));
    const stops = stopWords(languages, options.stopWords);
    const isShown = tokens.words.map((word, at) => tokens.telling[at] === 1 && !stops.has(word));
    const wordsOf = new Array<Int32Array>(texts.length);
    for (const [place, row] of tokens.order.entries()) {
      wordsOf[row] = wordsAt(tokens, place, isShown);
      await pause();
    }
    const table = new WordTable(wordsOf, tokens.words, new Map());
    return new WordTable(wordsOf, tokens.words, table.counts(texts.keys()));
  }

  /** Texts of some rows that have each word. */
  counts(rows: Iterable<number>): Map<string, number> {
    const counts = new Map<string, number>();
    for (const row of rows) {
      for (const word of this.wordsOf[row]) {
        const spelled = this.spelling[word];
        counts.set(spelled, (counts.get(spelled) ?? 0) + 1);
      }
    }
    return counts;
  }
}

function wordsAt({ starts, stream, wordOf }: Tokens, place: number, isShown: readonly boolean[]): Int32Array {
  const words = new Set<number>();
  for (let at = starts[place]; at < starts[place + 1]; at++) {
    if (stream[at] < FIRST_FORM) continue;
    const word = wordOf[stream[at] - FIRST_FORM];
    if (isShown[word]) words.add(word);
  }
  return Int32Array.from(words);
}

/** A word and how strongly it sets texts apart, in standard deviations of its log-odds. */
export interface TellingWord {
  word: string;
  score: number;
  /** Texts of the group that have it. */
  texts: number;
}

/** The words that set some texts apart from the others, from those of `logOdds`. */
export function tellingWords(
  scored: readonly { word: string; score: number }[],
  counts: ReadonlyMap<string, number>,
): TellingWord[] {
  return scored
    .filter(({ word, score }) => score >= LEAST_SCORE && (counts.get(word) ?? 0) >= LEAST_TEXTS)
    .slice(0, SHOWN)
    .map(({ word, score }) => ({ word, score, texts: counts.get(word) ?? 0 }));
}

/** What is left of all counts without some of them. */
export function otherCounts(
  all: ReadonlyMap<string, number>,
  some: ReadonlyMap<string, number>,
): Map<string, number> {
  return new Map(Array.from(all, ([word, count]) => [word, count - (some.get(word) ?? 0)] as const));
}
