import { type Divider, isTelling, joinWords, keyOf } from './words.js';

/** A word or pair of words in one class of texts. */
export interface Term {
  key: string;
  /** Keys of its words: one or two when counted, up to four in a phrase. */
  words: string[];
  /** Texts of the class that hold it. */
  count: number;
}

/** A term with its weight. */
export interface ScoredTerm extends Term {
  score: number;
}

interface Known {
  count: number;
  form: string;
  votes: number;
}

export interface Counting {
  divider: Divider;
  stopWords: Set<string>;
  /** Called after each text, so that an abort is heard while a large class is counted. */
  pause?: () => Promise<void> | undefined;
}

// A class keeps its most frequent terms; more can't become keywords.
const TERMS_KEPT = 400;

/**
 * Term counts of classes, with memory bounded by `capacity` terms however many texts pass: when it is reached,
 * the rarest are forgotten (lossy counting; Manku and Motwani 2002).
 */
export class TermCounts {
  #known = new Map<string, Known>();
  #classes = 0;
  #words = 0;

  constructor(readonly capacity = 400_000) {}

  /** Different words remembered now. */
  get size(): number {
    return this.#known.size;
  }

  /**
   * Counts one class: each text counts a term once, so that one long text doesn't name the topic, and copied lines
   * count once. Returns its most frequent terms.
   */
  async addClass(texts: Iterable<string>, { divider, stopWords, pause }: Counting): Promise<Term[]> {
    const counts = new Map<string, Term>();
    const copied = new Set<string>();
    let words = 0;
    for (const text of texts) {
      const { forms } = divider.divide(withoutCopies(text, copied));
      const seen = new Set<string>();
      let previous = '';
      for (const form of forms) {
        const key = keyOf(form);
        const telling = isTelling(form) && !stopWords.has(key);
        if (telling) {
          words++;
          this.#see(key, form, !seen.has(key));
          tally(counts, seen, key, [key]);
          if (previous !== '' && previous !== key)
            tally(counts, seen, joinWords(previous, key), [previous, key]);
        }
        previous = telling ? key : '';
      }
      if (counts.size > this.capacity) dropRare(counts, this.capacity / 2);
      await pause?.();
    }
    this.#classes++;
    this.#words += words;
    return strongest(counts, TERMS_KEPT);
  }

  /**
   * Weights by class-based TF-IDF (Grootendorst 2022, BERTopic, equation 2): tf · ln(1 + A / f), with tf the
   * class's count, A the mean number of words a class and f the count over all classes. Only words are counted over
   * all classes; a pair's weight is settled by its words, see `settlePhrases`.
   */
  score(terms: Term[]): ScoredTerm[] {
    const mean = this.#words / Math.max(1, this.#classes);
    return terms
      .map((term) => {
        const everywhere = Math.max(term.count, this.#known.get(term.key)?.count ?? 0);
        return { ...term, score: term.count * Math.log(1 + mean / everywhere) };
      })
      .sort(byScore);
  }

  /** The term, each of its words as it is written most. */
  formOf(words: string[]): string {
    return words.map((word) => this.#known.get(word)?.form ?? word).reduce(joinWords);
  }

  /** Notes a word's spelling, and one more text for it where this one is `first` to show it there. */
  #see(key: string, form: string, first: boolean): void {
    const known = this.#known.get(key);
    if (!known) {
      this.#known.set(key, { count: 1, form, votes: 1 });
      if (this.#known.size > this.capacity) dropRare(this.#known, this.capacity / 2);
      return;
    }
    if (first) known.count++;
    // Majority vote in constant memory (Boyer and Moore 1981). A word that only headlines and datelines shout
    // is not an acronym.
    const shouted = isShouted(form);
    if (shouted !== isShouted(known.form)) {
      if (!shouted) Object.assign(known, { form, votes: 1 });
    } else if (known.form === form) known.votes++;
    else if (--known.votes < 0) Object.assign(known, { form, votes: 1 });
  }
}

/** One more text of the class for a term, unless this text has had it. */
function tally(counts: Map<string, Term>, seen: Set<string>, key: string, words: string[]): void {
  if (seen.has(key)) return;
  seen.add(key);
  const term = counts.get(key);
  if (term) term.count++;
  else counts.set(key, { key, words, count: 1 });
}

/** Long lines that an earlier text of the class has, as agencies' copy, would count one author's wording as many. */
function withoutCopies(text: string, copied: Set<string>): string {
  const lines = text.split('\n').filter((line) => {
    if (line.length < COPY_LENGTH) return true;
    if (copied.has(line)) return false;
    copied.add(line);
    return true;
  });
  return lines.join('\n');
}

const COPY_LENGTH = 60;

/** Forgets the rarest until `size` are left. */
function dropRare(counts: Map<string, { count: number }>, size: number): void {
  for (let rare = 1; counts.size > size; rare++) {
    for (const [key, { count }] of counts) if (count <= rare) counts.delete(key);
  }
}

function strongest(counts: Map<string, Term>, limit: number): Term[] {
  let terms = [...counts.values()];
  // Most terms come once; sorting them is most of the work.
  const shared = terms.filter(({ count }) => count > 1);
  if (shared.length >= limit) terms = shared;
  // Equal counts: by key, so that the order of the rows decides nothing.
  terms.sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1));
  return terms.slice(0, limit);
}

const byScore = (a: ScoredTerm, b: ScoredTerm): number =>
  b.score - a.score || b.count - a.count || (a.key < b.key ? -1 : 1);

/** Written in capitals throughout, and too long for most acronyms. */
const isShouted = (form: string): boolean =>
  form.length > 4 && form !== form.toLowerCase() && form === form.toUpperCase();

/**
 * Pairs stand for their words where most texts that hold either word hold the pair ("oil prices", "Ansari X");
 * the others go. Standing pairs that overlap become one phrase ("initial public", "public offering"). A phrase
 * ranks just before its best word.
 * @param size Texts in the class.
 */
export function settlePhrases(terms: ScoredTerm[], size: number): ScoredTerm[] {
  const single = new Map(terms.filter(({ words }) => words.length === 1).map((term) => [term.key, term]));
  const least = size >= 5 ? 3 : 2;
  const standing = terms.filter(({ words, count }) => {
    if (words.length === 1 || count < least) return false;
    return words.every((word) => count >= (single.get(word)?.count ?? 0) * PAIR_SHARE);
  });
  const phrases = chain(standing).map((phrase) => {
    const best = Math.max(...phrase.words.map((word) => single.get(word)?.score ?? 0));
    return { ...phrase, score: best * (1 + 1e-9) };
  });
  return [...single.values(), ...phrases].sort(byScore);
}

const PAIR_SHARE = 0.5;
const LONGEST_PHRASE = 3;

/** Joins pairs end to start; the most frequent begin. */
function chain(pairs: ScoredTerm[]): ScoredTerm[] {
  const left = new Set([...pairs].sort((a, b) => b.count - a.count || byScore(a, b)));
  const phrases: ScoredTerm[] = [];
  for (const pair of left) {
    left.delete(pair);
    let phrase = pair;
    for (let grown = true; grown && phrase.words.length < LONGEST_PHRASE; ) {
      grown = false;
      for (const other of left) {
        const after = other.words[0] === phrase.words.at(-1);
        if (!after && other.words[1] !== phrase.words[0]) continue;
        if (phrase.words.includes(after ? other.words[1] : other.words[0])) continue;
        left.delete(other);
        const words = after ? [...phrase.words, other.words[1]] : [other.words[0], ...phrase.words];
        phrase = {
          ...phrase,
          key: words.reduce(joinWords),
          words,
          count: Math.min(phrase.count, other.count),
        };
        grown = true;
        break;
      }
    }
    phrases.push(phrase);
  }
  return phrases;
}
