/** How often each word occurs. Counts may be weighted, so they need not be whole numbers. */
export type WordCounts = ReadonlyMap<string, number>;

/** A word and how strongly it sets one group of texts apart from another. */
export interface WordOdds {
  word: string;
  /** Standard deviations of the log-odds ratio from 0: above 0 the word is of the first group, below of the second. */
  score: number;
}

/** What the prior weighs, in words, unless said otherwise: as much as the smaller group. */
const strengthOf = (first: number, second: number) => Math.max(1, Math.min(first, second));

const sum = (counts: WordCounts) => {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
};

/** Highest score first; equal scores: by word. */
export const byScore = (a: WordOdds, b: WordOdds): number => b.score - a.score || (a.word < b.word ? -1 : 1);

/**
 * Words that set two groups of texts apart: log-odds ratios with an informative Dirichlet prior (Monroe, Colaresi and
 * Quinn 2008, "Fightin' Words", equations 16 and 22). The prior expects each word as often as in `background`, so a word
 * that is common everywhere, or that occurs once or twice by chance, scores near 0.
 * @param background Counts over all texts, those of both groups included.
 * @param strength What the prior weighs, in words; as much as the smaller group where absent.
 * @param least Words that the first group has fewer of are left out; 0 where absent.
 * @returns A score for each word of either group, in no order.
 */
export function scoreWords(
  first: WordCounts,
  second: WordCounts,
  background: WordCounts,
  strength?: number,
  least = 0,
): WordOdds[] {
  const [n1, n2, n] = [sum(first), sum(second), sum(background)];
  const prior = strength ?? strengthOf(n1, n2);
  const scored: WordOdds[] = [];
  for (const word of least > 0 ? first.keys() : new Set([...first.keys(), ...second.keys()])) {
    const y1 = first.get(word) ?? 0;
    if (y1 < least) continue;
    const y2 = second.get(word) ?? 0;
    // A word that the background lacks is expected once in it, so that no logarithm is of 0.
    const expected = (prior * Math.max(1, background.get(word) ?? 0)) / Math.max(1, n);
    const odds = (count: number, total: number) =>
      Math.log((count + expected) / Math.max(1e-12, total + prior - count - expected));
    const deviation = Math.sqrt(1 / (y1 + expected) + 1 / (y2 + expected));
    scored.push({ word, score: (odds(y1, n1) - odds(y2, n2)) / deviation });
  }
  return scored;
}

/** What `scoreWords` returns, in the order of `byScore`. */
export const logOdds = (...counts: Parameters<typeof scoreWords>): WordOdds[] =>
  scoreWords(...counts).sort(byScore);
