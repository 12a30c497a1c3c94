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
 * @returns A score for each word of either group, in no order.
 */
export function scoreWords(
  first: WordCounts,
  second: WordCounts,
  background: WordCounts,
  strength?: number,
): WordOdds[] {
  const scoreOf = scorer(sum(first), sum(second), sum(background), strength);
  const scored: WordOdds[] = [];
  for (const word of new Set([...first.keys(), ...second.keys()])) {
    const score = scoreOf(first.get(word) ?? 0, second.get(word) ?? 0, background.get(word) ?? 0);
    scored.push({ word, score });
  }
  return scored;
}

/**
 * `scoreWords` of a part of some texts and the rest of them, whose words are not counted for it.
 * @param part Whole numbers, each at most that of all.
 * @param least Words that the part has fewer of are left out.
 */
export function scoreWordsOfPart(part: WordCounts, all: WordCounts, least: number): WordOdds[] {
  const [own, whole] = [sum(part), sum(all)];
  const scoreOf = scorer(own, whole - own, whole);
  const scored: WordOdds[] = [];
  for (const [word, count] of part) {
    if (count < least) continue;
    const known = all.get(word) ?? 0;
    scored.push({ word, score: scoreOf(count, known - count, known) });
  }
  return scored;
}

/** Scores a word by how often both groups and the background have it; `n1`, `n2` and `n` are of all words. */
function scorer(n1: number, n2: number, n: number, strength?: number) {
  const prior = strength ?? strengthOf(n1, n2);
  return (y1: number, y2: number, inBackground: number): number => {
    // A word that the background lacks is expected once in it, so that no logarithm is of 0.
    const expected = (prior * Math.max(1, inBackground)) / Math.max(1, n);
    const first = Math.log((y1 + expected) / Math.max(1e-12, n1 + prior - y1 - expected));
    const second = Math.log((y2 + expected) / Math.max(1e-12, n2 + prior - y2 - expected));
    return (first - second) / Math.sqrt(1 / (y1 + expected) + 1 / (y2 + expected));
  };
}

/** What `scoreWords` returns, in the order of `byScore`. */
export const logOdds = (...counts: Parameters<typeof scoreWords>): WordOdds[] =>
  scoreWords(...counts).sort(byScore);
