import type { ScoredTerm } from './keywords.js';
import type { GroupWords } from './occurrences.js';
import type { Tokens } from './tokens.js';

/** A bit for each of a group's texts, set where it holds a term's words, and about how many of all texts do. */
interface Holders {
  bits: Uint32Array;
  everywhere: number;
}

/** How often terms of one group occur in the same texts. */
export class CoOccurrence {
  #holders = new Map<string, Holders>();
  #ids: Map<string, number>;

  constructor(
    readonly group: GroupWords,
    readonly tokens: Tokens,
  ) {
    this.#ids = new Map(Array.from(group.holders.keys(), (word) => [tokens.words[word], word]));
  }

  /**
   * Normalised pointwise mutual information of two terms (Bouma 2009), as `coherence` measures it, where texts of other groups hold
   * one of them at most: −1 if no text has both, 0 if they are independent, 1 if every text with one has both.
   */
  npmi(one: ScoredTerm, other: ScoredTerm): number {
    const a = this.#of(one);
    const b = this.#of(other);
    if (!a || !b) return 0;
    let both = 0;
    for (let i = 0; i < a.bits.length; i++) both += bitsSet(a.bits[i] & b.bits[i]);
    const all = (this.tokens.identity.at(-1) ?? 0) + 1;
    if (both === 0) return -1;
    if (both >= all) return 1;
    return Math.log((both * all) / (a.everywhere * b.everywhere)) / -Math.log(both / all);
  }

  #of({ key, words }: ScoredTerm): Holders | undefined {
    const known = this.#holders.get(key);
    if (known) return known;
    const { holders } = this.group;
    const { documents } = this.tokens;
    let bits: Uint32Array | undefined;
    let rarest = Number.POSITIVE_INFINITY;
    let rarestHere = 1;
    for (const word of words) {
      const id = this.#ids.get(word);
      const texts = id === undefined ? undefined : holders.get(id);
      if (id === undefined || !texts) continue;
      bits = bits ? bits.map((part, i) => part & texts[i]) : texts;
      if (documents[id] < rarest) {
        rarest = documents[id];
        rarestHere = count(texts);
      }
    }
    if (!bits) return undefined;
    const inGroup = count(bits);
    // All texts with the phrase aren't counted: as many more than here as have the rarest of its words.
    const found = { bits, everywhere: Math.max(inGroup, (inGroup * rarest) / rarestHere) };
    this.#holders.set(key, found);
    return found;
  }
}

/** Texts that at least one of several words stands in, each given by its bits. */
export function union(holders: readonly Uint32Array[]): number {
  if (holders.length === 0) return 0;
  return count(holders[0].map((_, part) => holders.reduce((bits, held) => bits | held[part], 0)));
}

const count = (bits: Uint32Array): number => bits.reduce((sum, part) => sum + bitsSet(part), 0);

/** Bits set in 32 (Warren, Hacker's Delight, 5-1). */
function bitsSet(value: number): number {
  let bits = value - ((value >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
