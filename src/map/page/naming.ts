import type { Strings } from './blocks.js';

/** Most texts read for the word counts of the whole, and of one topic: a sample is enough and takes little time. */
const BACKGROUND = 2000;
const PER_TOPIC = 160;
/** A word in more than this share of all texts is not used in names. */
const COMMON = 0.2;
const KEYWORDS = 6;
/** UTF-16 units read of each text: the words that characterise a text are usually near its start. */
const UNITS = 1200;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });

/** The different words of a text in lower case, as first written; numbers and short letters name nothing. */
function wordsOf(text: string): Map<string, string> {
  const words = new Map<string, string>();
  for (const { segment, isWordLike } of segmenter.segment(text.slice(0, UNITS))) {
    if (!isWordLike) continue;
    const word = segment.toLocaleLowerCase();
    if (
      /^[\p{N}\p{P}_]+$/u.test(word) ||
      /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]{1,2}$/u.test(word)
    )
      continue;
    if (!words.has(word)) words.set(word, segment);
  }
  return words;
}

/** The same word but for its ending, or a part of the other. */
function alike(a: string, b: string): boolean {
  const shorter = Math.min(a.length, b.length);
  if (shorter < 4) return a === b;
  return a.slice(0, Math.max(4, shorter - 2)) === b.slice(0, Math.max(4, shorter - 2));
}

const spread = (rows: ArrayLike<number>, most: number): number[] => {
  const taken = Math.min(most, rows.length);
  return Array.from({ length: taken }, (_, i) => rows[Math.floor((i * rows.length) / taken)]);
};

/**
 * Keywords for topics that the page makes itself. A word's score is its share of the topic's texts times the
 * logarithm of how much larger that is than its share of all texts: what is common everywhere scores nothing, so
 * no list of stop words is needed, in any language.
 */
export class Naming {
  #background: Promise<Map<string, number>> | undefined;
  #read = 0;
  readonly #cache = new Map<string, Promise<string[]>>();

  constructor(
    private readonly texts: Strings,
    private readonly rows: number,
  ) {}

  #shares(): Promise<Map<string, number>> {
    this.#background ??= (async () => {
      const counts = new Map<string, number>();
      this.#read = Math.min(BACKGROUND, this.rows);
      for (let i = 0; i < this.#read; i++) {
        const row = Math.floor((i * this.rows) / this.#read);
        for (const word of wordsOf(await this.texts.at(row)).keys())
          counts.set(word, (counts.get(word) ?? 0) + 1);
      }
      return counts;
    })();
    return this.#background;
  }

  /** Keywords of these rows, best first; cached by `key`. Empty where the texts hold no words. */
  keywords(key: string, rows: ArrayLike<number>): Promise<string[]> {
    let keywords = this.#cache.get(key);
    if (!keywords) {
      keywords = this.#find(rows);
      this.#cache.set(key, keywords);
    }
    return keywords;
  }

  async #find(rows: ArrayLike<number>): Promise<string[]> {
    const everywhere = await this.#shares();
    const counts = new Map<string, number>();
    const sample = spread(rows, PER_TOPIC);
    const written = new Map<string, number>();
    for (const row of sample)
      for (const [word, spelling] of wordsOf(await this.texts.at(row))) {
        counts.set(word, (counts.get(word) ?? 0) + 1);
        written.set(spelling, (written.get(spelling) ?? 0) + 1);
      }
    // In its most frequent spelling: Iraq, NASA, oil.
    const spelled = new Map<string, string>();
    for (const [spelling, number] of written) {
      const word = spelling.toLocaleLowerCase();
      if (number > (written.get(spelled.get(word) ?? '') ?? 0)) spelled.set(word, spelling);
    }
    const scored: [number, string][] = [];
    for (const [word, count] of counts) {
      if (count < 2 && sample.length > 3) continue;
      if (this.#read >= 50 && (everywhere.get(word) ?? 0) > COMMON * this.#read) continue;
      const here = count / sample.length;
      const there = ((everywhere.get(word) ?? 0) + 1) / (this.#read + 1);
      if (here > there) scored.push([here * Math.log(here / there), word]);
    }
    scored.sort((a, b) => b[0] - a[0] || (a[1] < b[1] ? -1 : 1));
    const kept: string[] = [];
    for (const [, word] of scored) {
      if (kept.some((other) => alike(word, other))) continue;
      kept.push(word);
      if (kept.length === KEYWORDS) break;
    }
    return kept.map((word) => spelled.get(word) ?? word);
  }
}

/** A name of the first three keywords, as the original topics are named. */
export function nameOf(keywords: readonly string[], fallback: string): string {
  const name = keywords.slice(0, 3).join(', ');
  if (name === '') return fallback;
  const [first] = name;
  return first.toLocaleUpperCase() + name.slice(first.length);
}
