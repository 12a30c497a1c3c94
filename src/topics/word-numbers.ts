import type { Tokens } from './tokens.js';

const vocabularies = new WeakMap<Tokens, Map<string, number>>();

/** Positions of all words in `Tokens.words`. */
export function numbersOf(tokens: Tokens): Map<string, number> {
  const numbers = vocabularies.get(tokens) ?? new Map(tokens.words.map((word, number) => [word, number]));
  vocabularies.set(tokens, numbers);
  return numbers;
}
