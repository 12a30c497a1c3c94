import { type Ngrams, slotOf } from './ngrams.js';

/** UTF-16 units that are read of a text at most. */
const READ = 1000;
/** Bytes after which the word that is being read is the last, and after which it is cut. */
const BYTES = 350;
const BYTES_MOST = 380;
/** Bytes of a word that n-grams are taken from. */
const WORD_BYTES = 70;
/** What each score of the table lacks, so that a byte holds it. */
const BASE_SCORE = 53;
const SPACE = 0x20;

/**
 * Detects the language of a text by its n-grams as the package eld does (Nito T.M., Efficient Language Detector 2.1), with the same scores:
 * each n-gram of four bytes of UTF-8 at every third byte of a word, with a space at the beginning and the end of words, adds its scores
 * once. A seventh of a millisecond less for each text than the package, which looks for them as properties of objects.
 */
export class LanguageDetector {
  readonly #separators: RegExp;
  /** The bytes of the word that is being read, with a space before it. */
  readonly #word = new Uint8Array(BYTES_MOST + 8).fill(SPACE);
  #length = 0;
  /** By slot of the table, the text in which its n-gram stood last. */
  readonly #seen: Uint32Array;
  #text = 0;
  readonly #scores: Uint32Array;

  constructor(readonly ngrams: Ngrams) {
    this.#separators = new RegExp(ngrams.separators, 'gu');
    this.#seen = new Uint32Array(ngrams.slots.length);
    this.#scores = new Uint32Array(ngrams.languages.length);
  }

  /** ISO 639-1 code of the language with the highest score, of equal ones the first; '' where none has any. */
  detect(text: string): string {
    const scores = this.scoresOf(text);
    let best = -1;
    for (let language = 0; language < scores.length; language++)
      if (scores[language] > (best < 0 ? 0 : scores[best])) best = language;
    return best < 0 ? '' : this.ngrams.languages[best];
  }

  /** The score of each language; valid until the next call. */
  scoresOf(text: string): Uint32Array {
    this.#text++;
    this.#scores.fill(0);
    this.#length = 0;
    this.#read(text.slice(0, READ).replace(this.#separators, ' ').trim().toLowerCase());
    this.#endWord();
    return this.#scores;
  }

  #read(text: string): void {
    let bytes = 0;
    for (let at = 0; at < text.length && bytes <= BYTES_MOST; at++) {
      const unit = text.charCodeAt(at);
      if (unit === SPACE) {
        this.#endWord();
        if (bytes > BYTES) return;
        bytes++;
      } else bytes += this.#push(unit);
    }
  }

  /** Appends a character to the word; its number of bytes. Separators leave none of two UTF-16 units. */
  #push(unit: number): number {
    const word = this.#word;
    if (unit < 0x80) {
      word[++this.#length] = unit;
      return 1;
    }
    if (unit < 0x800) {
      word[++this.#length] = 0xc0 | (unit >> 6);
    } else {
      word[++this.#length] = 0xe0 | (unit >> 12);
      word[++this.#length] = 0x80 | ((unit >> 6) & 0x3f);
    }
    word[++this.#length] = 0x80 | (unit & 0x3f);
    return unit < 0x800 ? 2 : 3;
  }

  /** Adds the scores of the word's n-grams. Its first byte stands at 1, after the space. */
  #endWord(): void {
    const word = this.#word;
    const length = this.#length;
    this.#length = 0;
    if (length === 0) return;
    let at = 0;
    for (; at + 4 < Math.min(length, WORD_BYTES); at += 3) {
      const first = word[at + 1] | (word[at + 2] << 8) | (word[at + 3] << 16) | (word[at + 4] << 24);
      // With the space before it, at the beginning of a word.
      if (at === 0) this.#add((first << 8) | SPACE, word[4]);
      else this.#add(first, 0);
    }
    // The end of a word that is cut is no n-gram of the table.
    if (length > WORD_BYTES) return;
    word[length + 1] = SPACE;
    const isWhole = at === 0;
    const from = isWhole ? 0 : length - 3;
    const count = length + 2 - from;
    const byteAt = (offset: number) => (offset < count ? word[from + offset] : 0);
    this.#add(
      byteAt(0) | (byteAt(1) << 8) | (byteAt(2) << 16) | (byteAt(3) << 24),
      byteAt(4) | (byteAt(5) << 8),
    );
  }

  #add(first: number, rest: number): void {
    const { slots, scores } = this.ngrams;
    const slot = slotOf(slots, first >>> 0, rest);
    if (slots[slot] === 0 || this.#seen[slot] === this.#text) return;
    this.#seen[slot] = this.#text;
    const end = slots[slot + 2] + 2 * (slots[slot + 1] >>> 16);
    for (let at = slots[slot + 2]; at < end; at += 2) this.#scores[scores[at]] += scores[at + 1] + BASE_SCORE;
  }
}
