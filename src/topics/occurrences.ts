import { lowerBound } from '../lower-bound.js';
import { eachWord } from './groups.js';
import { spread } from './spread.js';
import type { Tokens } from './tokens.js';

/** A word or a phrase of up to four words with where it stands: tokens `at - before .. at + after` of the stream. */
export interface Occurrences {
  at: Int32Array;
  before: number;
  after: number;
}

/** How often words stand in a group, and where its best words do. */
export interface GroupWords {
  /** Occurrences of each word of the vocabulary in the group. */
  occurrences: Int32Array;
  all: number;
  /** Positions of each wanted word, evenly spread where they are many. */
  positions: Map<number, Int32Array>;
  /** Of each wanted word: a bit for each of the group's texts, set where the text has it. */
  holders: Map<number, Uint32Array>;
}

// More occurrences change no majority.
const LOOKED_AT = 120;

/** Finds where words stand in a group; keeps its working memory between groups. */
export class WordFinder {
  #occurrences: Int32Array;
  #met: number[] = [];

  constructor(readonly tokens: Tokens) {
    this.#occurrences = new Int32Array(tokens.words.length);
  }

  /** What the call before found is no longer valid. */
  find(places: Int32Array, wanted: Iterable<number>): GroupWords {
    for (const word of this.#met) this.#occurrences[word] = 0;
    this.#met = [];
    const found = new Map<number, { at: number[]; texts: Uint32Array }>();
    for (const word of wanted)
      found.set(word, { at: [], texts: new Uint32Array((places.length + 31) >>> 5) });
    let all = 0;
    eachWord(places, this.tokens, (word, at, text) => {
      all++;
      if (this.#occurrences[word]++ === 0) this.#met.push(word);
      const known = found.get(word);
      if (!known) return;
      known.at.push(at);
      known.texts[text >>> 5] |= 1 << (text & 31);
    });
    const positions = new Map<number, Int32Array>();
    const holders = new Map<number, Uint32Array>();
    for (const [word, { at, texts }] of found) {
      positions.set(word, Int32Array.from(spread(at, LOOKED_AT)));
      holders.set(word, texts);
    }
    return { occurrences: this.#occurrences, all, positions, holders };
  }
}

/** Different texts that hold a phrase, among the occurrences that were looked at. */
export function textsWith({ at }: Occurrences, { starts }: Tokens): number {
  let texts = 0;
  let end = -1;
  for (const position of at) {
    if (position < end) continue;
    end = starts[lowerBound(starts, position + 1)];
    texts++;
  }
  return texts;
}
