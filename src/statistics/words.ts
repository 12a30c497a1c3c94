import { breathe } from '../breathe.js';
import type { Watch } from '../progress.js';
import { detectHere } from '../topics/detector.js';
import { withoutParticles } from '../topics/korean.js';
import { languageOf } from '../topics/language.js';
import { byScore, scoreWordsOfPart } from '../topics/log-odds.js';
import { stopWords } from '../topics/stopwords.js';
import { FIRST_FORM, type ReadTexts, type Tokens, tokenize } from '../topics/tokens.js';
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

/** From so many texts on fewer of their characters are read, which depends on their number. */
const MOST_SHARED = 100_000;

/** In how many texts of any group each content word stands. */
export class WordTable {
  private constructor(
    /** Words of each text, each once, by row. */
    private readonly wordsOf: readonly Int32Array[],
    private readonly spelling: readonly string[],
  ) {}

  /** @param read texts that were divided into words already: those that are the same are not divided again */
  static async open(
    texts: readonly string[],
    options: WordOptions = {},
    read?: ReadTexts,
  ): Promise<WordTable> {
    const step = Math.max(1, Math.floor(texts.length / SAMPLE));
    const sample = texts.filter((_, row) => row % step === 0);
    const languages =
      options.language === undefined
        ? (await (read?.detector ?? detectHere).ofGroups([sample]))[0]
        : [languageOf(options.language)];
    const pause = breathe(options.signal);
    const stops = stopWords(languages, options.stopWords);
    const isSame = read?.languages.join() === languages.join() && texts.length < MOST_SHARED;
    const known = read && isSame ? rowsRead(texts, read) : new Int32Array(texts.length).fill(-1);
    const others = Array.from(texts.keys()).filter((row) => known[row] < 0);
    const own = await tokenize(
      others.map((row) => texts[row]),
      new Divider(languages),
      pause,
    );
    // Whether a syllable of Korean is a particle is seen from all words together.
    if (read && isSame && [read.tokens, own].some(hasHangul)) return WordTable.open(texts, options);
    const wordsOf = new Array<Int32Array>(texts.length);
    const spelling: string[] = [];
    const idOf = new Map<string, number>();
    const add = async (tokens: Tokens, rowsAt: (place: number) => Iterable<number>) => {
      const finder = new ShownWords(tokens, stops, spelling, idOf);
      for (let place = 0; place < tokens.order.length; place++) {
        let words: Int32Array | undefined;
        for (const row of rowsAt(place)) {
          words ??= finder.at(place);
          wordsOf[row] = words;
        }
        await pause();
      }
    };
    if (read) {
      const rowsOf = Array.from(read.texts, (): number[] => []);
      for (const [row, text] of known.entries()) if (text >= 0) rowsOf[text].push(row);
      await add(read.tokens, (place) => rowsOf[read.tokens.order[place]]);
    }
    const divided = withoutParticles(own);
    await add(divided, (place) => [others[divided.order[place]]]);
    return new WordTable(wordsOf, spelling);
  }

  /** Texts of some rows that have each word. */
  counts(rows: Iterable<number>): Map<string, number> {
    const counts = new Int32Array(this.spelling.length);
    const met: number[] = [];
    for (const row of rows) for (const word of this.wordsOf[row]) if (counts[word]++ === 0) met.push(word);
    return new Map(met.map((word) => [this.spelling[word], counts[word]]));
  }
}

/** Of each text the place of the same one among those that were read, −1 where there is none or it was read without a part. */
function rowsRead(texts: readonly string[], { texts: known, isWhole }: ReadTexts): Int32Array {
  const places = new Map<string, number>();
  for (const [place, text] of known.entries()) if (isWhole[place] === 1) places.set(text, place);
  return Int32Array.from(texts, (text) => places.get(text) ?? -1);
}

const HANGUL = /\p{Script=Hangul}/u;
const hasHangul = ({ words }: Tokens): boolean => words.some((word) => HANGUL.test(word));

/** Finds the words of texts that are shown, each once, under numbers that several sets of tokens share. */
class ShownWords {
  /** By word of the tokens: its number; −1 for one that is never shown, −2 where it isn't known yet. */
  readonly #numberOf: Int32Array;
  /** By word: 1 + the last place that has it. */
  readonly #last: Int32Array;

  constructor(
    readonly tokens: Tokens,
    readonly stops: ReadonlyMap<string, unknown>,
    readonly spelling: string[],
    readonly idOf: Map<string, number>,
  ) {
    this.#numberOf = new Int32Array(tokens.words.length).fill(-2);
    this.#last = new Int32Array(tokens.words.length);
  }

  at(place: number): Int32Array {
    const { starts, stream, wordOf } = this.tokens;
    const words: number[] = [];
    for (let at = starts[place]; at < starts[place + 1]; at++) {
      if (stream[at] < FIRST_FORM) continue;
      const word = wordOf[stream[at] - FIRST_FORM];
      if (this.#last[word] === place + 1) continue;
      this.#last[word] = place + 1;
      const number = this.#numberOf[word] === -2 ? this.#number(word) : this.#numberOf[word];
      if (number >= 0) words.push(number);
    }
    return Int32Array.from(words);
  }

  #number(word: number): number {
    const { words, telling } = this.tokens;
    const spelled = words[word];
    let number = -1;
    if (telling[word] === 1 && !this.stops.has(spelled)) {
      number = this.idOf.get(spelled) ?? this.spelling.push(spelled) - 1;
      this.idOf.set(spelled, number);
    }
    this.#numberOf[word] = number;
    return number;
  }
}

/** A word and how strongly it sets texts apart, in standard deviations of its log-odds. */
export interface TellingWord {
  word: string;
  score: number;
  /** Texts of the group that have it. */
  texts: number;
}

/** The words that set some texts apart from the others, by how many of them and of all have each word. */
export function tellingWords(
  own: ReadonlyMap<string, number>,
  all: ReadonlyMap<string, number>,
): TellingWord[] {
  return scoreWordsOfPart(own, all, LEAST_TEXTS)
    .filter(({ score }) => score >= LEAST_SCORE)
    .sort(byScore)
    .slice(0, SHOWN)
    .map(({ word, score }) => ({ word, score, texts: own.get(word) ?? 0 }));
}

/** What is left of all counts without some of them. */
export function otherCounts(
  all: ReadonlyMap<string, number>,
  some: ReadonlyMap<string, number>,
): Map<string, number> {
  return new Map(Array.from(all, ([word, count]) => [word, count - (some.get(word) ?? 0)] as const));
}
