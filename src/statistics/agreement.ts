/** How far two groupings of the same rows agree. */
export interface Agreement {
  /** Rows that are in a group of both. */
  rows: number;
  /** Adjusted Rand index (Hubert and Arabie 1985): 1 for equal groupings, about 0 for unrelated ones; null without such rows. */
  adjustedRand: number | null;
  /** Mutual information divided by the mean of both entropies (Strehl and Ghosh 2002, arithmetic mean), 0 to 1; null without such rows. */
  normalizedMutualInformation: number | null;
}

/** Compares groupings on the rows that are in a group of both; −1 is no group. */
export function agreementOf(first: ArrayLike<number>, second: ArrayLike<number>): Agreement {
  const [a, b, both] = [new Map<number, number>(), new Map<number, number>(), new Map<string, number>()];
  const count = <K>(counts: Map<K, number>, key: K) => counts.set(key, (counts.get(key) ?? 0) + 1);
  let rows = 0;
  for (let row = 0; row < first.length; row++) {
    if (first[row] < 0 || second[row] < 0) continue;
    rows++;
    count(a, first[row]);
    count(b, second[row]);
    count(both, `${first[row]} ${second[row]}`);
  }
  if (rows === 0) return { rows, adjustedRand: null, normalizedMutualInformation: null };
  const pairs = (counts: Map<unknown, number>) => sumOf(counts, (size) => (size * (size - 1)) / 2);
  const [together, inA, inB] = [pairs(both), pairs(a), pairs(b)];
  const all = (rows * (rows - 1)) / 2;
  const expected = all > 0 ? (inA * inB) / all : 0;
  const most = (inA + inB) / 2;
  const entropy = (counts: Map<unknown, number>) =>
    sumOf(counts, (size) => (-size / rows) * Math.log(size / rows));
  const [entropyA, entropyB] = [entropy(a), entropy(b)];
  const mutual = entropyA + entropyB - entropy(both);
  const mean = (entropyA + entropyB) / 2;
  return {
    rows,
    // Both all in one group, or all apart: nothing to disagree on.
    adjustedRand: most === expected ? 1 : (together - expected) / (most - expected),
    normalizedMutualInformation: mean === 0 ? 1 : Math.min(1, Math.max(0, mutual / mean)),
  };
}

/** Both measures in words; undefined where there are none. */
export function agreementText({
  adjustedRand,
  normalizedMutualInformation: nmi,
}: Agreement): string | undefined {
  if (adjustedRand === null || nmi === null) return undefined;
  return `adjusted Rand index ${adjustedRand.toFixed(3)}, NMI ${nmi.toFixed(3)}`;
}

function sumOf(counts: Map<unknown, number>, value: (size: number) => number): number {
  let sum = 0;
  for (const size of counts.values()) sum += value(size);
  return sum;
}
