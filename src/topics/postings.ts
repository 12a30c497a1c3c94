import { lowerBound } from '../lower-bound.js';
import type { Occurrences } from './occurrences.js';
import { FIRST_FORM, type Tokens } from './tokens.js';
import { numbersOf } from './word-numbers.js';

/** Which of all texts have each word. */
export class Postings {
  /** The places (see `Tokens.order`) of word w's texts, copies once: `#places[#starts[w]]` to before `#places[#starts[w + 1]]`. */
  readonly #starts: Int32Array;
  readonly #places: Int32Array;
  readonly #ofForms = new Map<number, Int32Array>();

  constructor(readonly tokens: Tokens) {
    const { words } = tokens;
    this.#starts = new Int32Array(words.length + 1);
    eachOnce(tokens, (word) => this.#starts[word + 1]++);
    for (let word = 0; word < words.length; word++) this.#starts[word + 1] += this.#starts[word];
    this.#places = new Int32Array(this.#starts[words.length]);
    const ends = this.#starts.slice();
    eachOnce(tokens, (word, place) => {
      this.#places[ends[word]++] = place;
    });
  }

  /** Ascending. */
  ofWord(word: number): Int32Array {
    return this.#places.subarray(this.#starts[word], this.#starts[word + 1]);
  }

  /** The texts that have all words of a phrase, ascending. */
  ofPhrase({ at, before, after }: Occurrences): Int32Array {
    if (at.length === 0) return new Int32Array();
    const { stream, wordOf } = this.tokens;
    const tokens = stream.subarray(at[0] - before, at[0] + after + 1);
    return inAll(Array.from(tokens, (token) => this.ofWord(wordOf[token - FIRST_FORM])));
  }

  /** The texts that have all words of a phrase in any of their English forms, ascending: "changed" for "change". */
  ofForms({ at, before, after }: Occurrences): Int32Array {
    if (at.length === 0) return new Int32Array();
    const { stream, wordOf } = this.tokens;
    const tokens = stream.subarray(at[0] - before, at[0] + after + 1);
    return inAll(Array.from(tokens, (token) => this.#ofAnyForm(wordOf[token - FIRST_FORM])));
  }

  #ofAnyForm(word: number): Int32Array {
    const known = this.#ofForms.get(word);
    if (known) return known;
    const places = new Set(this.ofWord(word));
    for (const form of formsOf(this.tokens.words[word])) {
      const other = numbersOf(this.tokens).get(form);
      if (other !== undefined) for (const place of this.ofWord(other)) places.add(place);
    }
    const all = Int32Array.from(places).sort();
    this.#ofForms.set(word, all);
    return all;
  }
}

/** What all of some ascending lists have. */
export const inAll = (lists: Int32Array[]): Int32Array =>
  lists
    .toSorted((a, b) => a.length - b.length)
    .reduce((some, all) => some.filter((place) => all[lowerBound(all, place)] === place));

const ENDINGS = ['', 'e', 's', 'es', 'ed', 'ing'];
/** Letters of a stem at least. */
const STEM_LEAST = 3;

/** Forms that an English word may have: "change" and "changed" of "changing", "stopped" of "stop". */
function formsOf(word: string): string[] {
  const stem = word.replace(/(?:ing|ed|es|s|e)$/, '');
  if (stem.length < STEM_LEAST) return [`${word}s`, `${word}ed`, `${word}ing`];
  const single = stem.replace(/([bdgklmnprt])\1$/, '$1');
  const doubled = `${stem}${stem.at(-1)}`;
  return [stem, single, doubled].flatMap((base) => ENDINGS.map((ending) => base + ending));
}

/** Visits each word of each text once, copies left out. */
function eachOnce(
  { stream, starts, wordOf, words, identity }: Tokens,
  visit: (word: number, place: number) => void,
): void {
  const last = new Int32Array(words.length).fill(-1);
  for (let place = 0; place < identity.length; place++) {
    if (place > 0 && identity[place] === identity[place - 1]) continue;
    for (let at = starts[place]; at < starts[place + 1]; at++) {
      if (stream[at] < FIRST_FORM) continue;
      const word = wordOf[stream[at] - FIRST_FORM];
      if (last[word] === place) continue;
      last[word] = place;
      visit(word, place);
    }
  }
}
