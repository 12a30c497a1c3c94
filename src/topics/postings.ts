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
    const { found, ends } = distinctWords(tokens);
    this.#starts = new Int32Array(words.length + 1);
    for (const word of found) this.#starts[word + 1]++;
    for (let word = 0; word < words.length; word++) this.#starts[word + 1] += this.#starts[word];
    this.#places = new Int32Array(found.length);
    const next = this.#starts.slice();
    for (let place = 0, at = 0; place < ends.length; place++) {
      for (; at < ends[place]; at++) this.#places[next[found[at]]++] = place;
    }
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
    const numbers = numbersOf(this.tokens);
    const forms = new Set([word]);
    for (const form of formsOf(this.tokens.words[word])) {
      const other = numbers.get(form);
      if (other !== undefined) forms.add(other);
    }
    const all = inAny(Array.from(forms, (form) => this.ofWord(form)));
    this.#ofForms.set(word, all);
    return all;
  }
}

/** What all of some ascending lists have. */
export function inAll(lists: readonly Int32Array[]): Int32Array {
  const [shortest, ...others] = lists.toSorted((a, b) => a.length - b.length);
  return others.reduce(inBoth, shortest);
}

/** How many times longer a list is than the other from which its places are sought by halving, not one after the other. */
const MUCH_LONGER = 16;

/** What two ascending lists have, the shorter one first. */
function inBoth(some: Int32Array, all: Int32Array): Int32Array {
  const both = new Int32Array(some.length);
  let count = 0;
  if (all.length > some.length * MUCH_LONGER) {
    for (let i = 0; i < some.length; i++) {
      const place = some[i];
      if (all[lowerBound(all, place)] === place) both[count++] = place;
    }
    return both.subarray(0, count);
  }
  for (let i = 0, j = 0; i < some.length; i++) {
    const place = some[i];
    while (j < all.length && all[j] < place) j++;
    if (j === all.length) break;
    if (all[j] === place) both[count++] = place;
  }
  return both.subarray(0, count);
}

/** What any of some ascending lists have, ascending. */
function inAny(lists: readonly Int32Array[]): Int32Array {
  if (lists.length === 1) return lists[0];
  const all = new Int32Array(lists.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const list of lists) {
    all.set(list, end);
    end += list.length;
  }
  all.sort();
  return all.filter((place, i) => i === 0 || place !== all[i - 1]);
}

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

/** Each word of each text once, copies left out: text `place`'s are `found[ends[place - 1]]` to before `found[ends[place]]`. */
function distinctWords({ stream, starts, wordOf, words, identity }: Tokens) {
  const last = new Int32Array(words.length).fill(-1);
  const found = new Int32Array(stream.length);
  const ends = new Int32Array(identity.length);
  let count = 0;
  for (let place = 0; place < identity.length; place++) {
    const end = place > 0 && identity[place] === identity[place - 1] ? starts[place] : starts[place + 1];
    for (let at = starts[place]; at < end; at++) {
      if (stream[at] < FIRST_FORM) continue;
      const word = wordOf[stream[at] - FIRST_FORM];
      if (last[word] === place) continue;
      last[word] = place;
      found[count++] = word;
    }
    ends[place] = count;
  }
  return { found: found.subarray(0, count), ends };
}
