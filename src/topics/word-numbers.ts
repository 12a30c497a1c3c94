import type { Tokens } from './tokens.js';

const known = new WeakMap<Tokens, Map<string, number>>();

/** The position of each word in `Tokens.words`, made once for the same tokens. */
export function numbersOf(tokens: Tokens): Map<string, number> {
  const numbers = known.get(tokens) ?? new Map(tokens.words.map((word, number) => [word, number]));
  known.set(tokens, numbers);
  return numbers;
}
