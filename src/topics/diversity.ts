import type { ScoredTerm } from './keywords.js';

/** What the choice of terms follows besides their scores. */
export interface PickOptions<T> {
  /** 1 is by score alone, 0 by difference alone. Default 0.7. */
  lambda?: number;
  /** Chosen before all others, in this order. */
  first?: readonly T[];
  /** How strongly two terms co-occur, −1 to 1 as NPMI; the mean with those chosen counts. Left out, co-occurrence doesn't count. */
  together?: (one: T, other: T) => number;
  /** Whether two words are forms of one, where English endings don't show it. */
  areForms?: (one: string, other: string) => boolean;
}

/**
 * The best terms that don't repeat each other, by maximal marginal relevance (Carbonell and Goldstein 1998):
 * next is the term with the greatest λ · score − (1 − λ) · likeness to any chosen one, scores relative to the
 * best. Terms that are nearly the same word are never both chosen.
 */
export function pickDiverse<T extends ScoredTerm>(
  terms: T[],
  wanted: number,
  { lambda = 0.7, first = [], together, areForms }: PickOptions<T> = {},
): T[] {
  const left = terms.slice(0, Math.max(50, wanted * 4));
  const best = left[0]?.score || 1;
  const chosen: T[] = [];
  const likest = new Map<T, number>(left.map((term) => [term, 0]));
  const association = new Map<T, number>(left.map((term) => [term, 0]));
  let pairs = 0;
  let sumOfPairs = 0;
  const choose = (at: number) => {
    const [term] = left.splice(at, 1);
    pairs += chosen.length;
    sumOfPairs += association.get(term)!;
    chosen.push(term);
    for (const other of left) {
      likest.set(other, Math.max(likest.get(other)!, likeness(term, other, areForms)));
      if (together) association.set(other, association.get(other)! + together(term, other));
    }
  };
  for (const term of first) if (left.includes(term)) choose(left.indexOf(term));
  while (chosen.length < wanted && left.length > 0) {
    let pick = -1;
    let pickValue = Number.NEGATIVE_INFINITY;
    const least = leastAssociation(pairs > 0 ? sumOfPairs / pairs : WEAK);
    for (const [at, term] of left.entries()) {
      const alike = likest.get(term)!;
      const near = chosen.length > 0 ? association.get(term)! / chosen.length : 0;
      if (alike >= SAME || near <= NEVER) continue;
      const isNeeded = chosen.length < ENOUGH && term.count >= WELL_KNOWN && near > RARELY;
      if (near < least && !isNeeded) continue;
      const value = lambda * (term.score / best) - (1 - lambda) * alike + ASSOCIATION * near;
      if (value > pickValue) {
        pick = at;
        pickValue = value;
      }
    }
    if (pick < 0) break;
    choose(pick);
  }
  return chosen;
}

/** Weight of co-occurrence, relative to those of score and difference. */
const ASSOCIATION = 0.7;
/** Terms of this mean association or less hardly ever co-occur. */
const WEAK = -0.2;
/** NPMI of terms that no text has both of. */
const NEVER = -1;
/**
 * While fewer than `ENOUGH` are chosen, a term of `WELL_KNOWN` texts or more may have a mean down to `RARELY`: short texts hold few words, and
 * hardly ever the same.
 */
const ENOUGH = 5;
const WELL_KNOWN = 3;
const RARELY = -0.7;
/** How much lower a term's mean may be than that of those chosen among themselves. */
const MARGIN = 0.3;
const SAME = 0.65;

/**
 * The mean association with those chosen that a further term needs: their own mean less `MARGIN`, at least `WEAK`; where their own mean is below
 * `WEAK`, that.
 * @param mean association of those chosen among themselves
 */
const leastAssociation = (mean: number): number => Math.min(mean, Math.max(WEAK, mean - MARGIN));

/** 0 to 1: 1 where one term holds the other; else how much of the longer word their common start covers. */
export function likeness(
  a: ScoredTerm,
  b: ScoredTerm,
  areForms: (one: string, other: string) => boolean = () => false,
): number {
  let best = 0;
  for (const left of a.words)
    for (const right of b.words) best = Math.max(best, areForms(left, right) ? 1 : wordLikeness(left, right));
  return best;
}

function wordLikeness(a: string, b: string): number {
  if (a === b) return 1;
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (short.length >= 2 && long.includes(short) && !/[a-z]/.test(short))
    return short.length / long.length + 0.2;
  if (isInflected(short, long)) return 1;
  let same = 0;
  while (same < short.length && short[same] === long[same]) same++;
  // "price, prices, pricing" are one word to a reader; "war, warning" are not.
  return same >= 4 ? same / long.length : 0;
}

const ADDED = new Set(['s', 'es', 'ed', 'ing', 'er', 'ers']);
const REPLACED = new Set(['e', 'y', 'es', 'ed', 'ing', 'er', 'ies', 'ied']);

/** "pay" and "paying", "killed" and "killing", "city" and "cities": endings of English and its like. */
export function isInflected(short: string, long: string): boolean {
  let same = 0;
  while (same < short.length && short[same] === long[same]) same++;
  if (same < 3) return false;
  const ending = long.slice(same);
  // "tests" and "testing"
  if (short.slice(same) === 's') return ending === 'ing' || ending === 'ed';
  if (same < short.length) return REPLACED.has(short.slice(same)) && REPLACED.has(ending);
  const last = short[same - 1];
  if (last === 'e' && (ending === 'd' || ending === 'r')) return true;
  // "stopping" doubles its last letter.
  return ADDED.has(ending) || (ending[0] === last && ADDED.has(ending.slice(1)));
}
