import type { FoldedBlock } from './corpus.js';
import type { Query, Term } from './query.js';

/** Adds, for each row of a block, how often its string holds a term. */
export function countTerm(
  { part, sticky }: Term,
  block: FoldedBlock,
  weight: number,
  counts: Float32Array,
): void {
  const { text, starts, first } = block;
  let row = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    sticky.lastIndex = at;
    if (!sticky.test(text)) continue;
    while (starts[row + 1] <= at) row++;
    counts[first + row] += weight;
  }
}

/** How often each row holds each term of a query; lengths in any unit. */
export interface Counted {
  counts: ReadonlyMap<Term, Float32Array>;
  lengths: Float32Array;
}

// Robertson and Zaragoza (2009), with the customary values.
const K1 = 1.2;
const B = 0.75;

/**
 * BM25 of each row; 0 where it doesn't match the query, more than 0 where it does. A query of unwanted words alone
 * gives 1 to all others.
 */
export function rank({ wanted, unwanted }: Query, { counts, lengths }: Counted): Float32Array {
  const rows = lengths.length;
  const scores = new Float32Array(rows);
  let total = 0;
  for (const length of lengths) total += length;
  const mean = total / Math.max(1, rows) || 1;
  const of = (term: Term) => counts.get(term) ?? new Float32Array(rows);
  const groups = wanted.map((terms) =>
    terms.map((term) => {
      const held = of(term);
      let documents = 0;
      for (const count of held) if (count > 0) documents++;
      return { held, weight: Math.log(1 + (rows - documents + 0.5) / (documents + 0.5)) };
    }),
  );
  const barred = unwanted.map(of);
  for (let row = 0; row < rows; row++) {
    if (barred.some((held) => held[row] > 0)) continue;
    const length = K1 * (1 - B + (B * lengths[row]) / mean);
    let score = groups.length === 0 ? 1 : 0;
    for (const terms of groups) {
      let own = 0;
      for (const { held, weight } of terms) {
        const count = held[row];
        if (count > 0) own += (weight * count * (K1 + 1)) / (count + length);
      }
      if (own === 0) {
        score = 0;
        break;
      }
      score += own;
    }
    scores[row] = score;
  }
  return scores;
}
