import { FIRST_FORM, type Tokens } from './tokens.js';
import { isTelling } from './words.js';

/** Tokens in which some words count as forms of others, also of such that stand nowhere by themselves. */
export class Merge {
  readonly #words: string[];
  readonly #telling: number[];
  readonly #singular: number[];
  readonly #idOf: Map<string, number>;
  readonly #target: Int32Array;
  #isEmpty = true;

  constructor(readonly tokens: Tokens) {
    this.#words = [...tokens.words];
    this.#telling = [...tokens.telling];
    this.#singular = [...tokens.singular];
    this.#idOf = new Map(tokens.words.map((word, id) => [word, id]));
    this.#target = Int32Array.from(tokens.words.keys());
  }

  /** The number of a word, if any text has it. */
  find(word: string): number | undefined {
    return this.#idOf.get(word);
  }

  /** Makes a word a form of another. */
  join(word: number, base: string): void {
    let id = this.#idOf.get(base);
    if (id === undefined) {
      id = this.#words.length;
      this.#idOf.set(base, id);
      this.#words.push(base);
      this.#telling.push(isTelling(base) ? 1 : 0);
      this.#singular.push(id);
    }
    if (id === word) return;
    this.#target[word] = id;
    this.#isEmpty = false;
  }

  /** The tokens, those that were given where no word was joined to another. */
  close(): Tokens {
    if (this.#isEmpty) return this.tokens;
    const wordOf = this.tokens.wordOf.map((word) => this.#target[word]);
    const before = this.tokens.inflected;
    return {
      ...this.tokens,
      wordOf,
      inflected: Uint8Array.from(wordOf, (word, form) =>
        before?.[form] === 1 || word !== this.tokens.wordOf[form] ? 1 : 0,
      ),
      words: this.#words,
      telling: Uint8Array.from(this.#telling),
      singular: Int32Array.from(this.#singular),
      documents: countTexts({ ...this.tokens, wordOf }, this.#words.length),
    };
  }
}

/** Different texts that hold each word. */
export function countTexts({ stream, starts, identity, wordOf }: Tokens, words: number): Int32Array {
  const documents = new Int32Array(words);
  const last = new Int32Array(words).fill(-1);
  for (let place = 0; place + 1 < starts.length; place++) {
    for (let at = starts[place]; at < starts[place + 1]; at++) {
      if (stream[at] < FIRST_FORM) continue;
      const word = wordOf[stream[at] - FIRST_FORM];
      if (last[word] === identity[place]) continue;
      last[word] = identity[place];
      documents[word]++;
    }
  }
  return documents;
}
