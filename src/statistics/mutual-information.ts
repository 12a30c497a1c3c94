/** How many rows have each pair of labels, and how many each label. */
export interface Contingency {
  sizesA: Int32Array;
  sizesB: Int32Array;
  /** Labels of A × labels of B, both numbered by their first rows. */
  cells: Int32Array;
}

export function contingency(a: ArrayLike<number>, b: ArrayLike<number>): Contingency {
  const [inA, inB] = [numbered(a), numbered(b)];
  const cells = new Int32Array(inA.count * inB.count);
  const sizesA = new Int32Array(inA.count);
  const sizesB = new Int32Array(inB.count);
  for (let row = 0; row < a.length; row++) {
    sizesA[inA.numbers[row]]++;
    sizesB[inB.numbers[row]]++;
    cells[inA.numbers[row] * inB.count + inB.numbers[row]]++;
  }
  return { sizesA, sizesB, cells };
}

function numbered(labels: ArrayLike<number>): { numbers: Int32Array; count: number } {
  const numberOf = new Map<number, number>();
  const numbers = new Int32Array(labels.length);
  for (let row = 0; row < labels.length; row++) {
    const number = numberOf.get(labels[row]) ?? numberOf.size;
    numberOf.set(labels[row], number);
    numbers[row] = number;
  }
  return { numbers, count: numberOf.size };
}

function entropy(sizes: Int32Array, rows: number): number {
  let sum = 0;
  for (const size of sizes) sum -= (size / rows) * Math.log(size / rows);
  return sum;
}

/** Mutual information of random labels of these sizes (Vinh, Epps and Bailey 2010). */
function expectedInformation(sizesA: Int32Array, sizesB: Int32Array, rows: number): number {
  const factorial = new Float64Array(rows + 1);
  for (let i = 1; i <= rows; i++) factorial[i] = factorial[i - 1] + Math.log(i);
  // Equal sizes give equal terms.
  const counted = (sizes: Int32Array) => {
    const counts = new Map<number, number>();
    for (const size of sizes) counts.set(size, (counts.get(size) ?? 0) + 1);
    return [...counts];
  };
  let sum = 0;
  const timesOfB = counted(sizesB);
  for (const [a, timesA] of counted(sizesA)) {
    for (const [b, timesB] of timesOfB) {
      let part = 0;
      const fixed = factorial[a] + factorial[b] + factorial[rows - a] + factorial[rows - b] - factorial[rows];
      for (let both = Math.max(1, a + b - rows); both <= Math.min(a, b); both++) {
        const chance =
          fixed -
          factorial[both] -
          factorial[a - both] -
          factorial[b - both] -
          factorial[rows - a - b + both];
        part += (both / rows) * Math.log((rows * both) / (a * b)) * Math.exp(chance);
      }
      sum += part * timesA * timesB;
    }
  }
  return sum;
}

/**
 * Mutual information of two labellings of the same rows adjusted for chance: 1 for the same groups, about 0 for unrelated ones. It is
 * scikit-learn's with the arithmetic mean; every label counts, negative ones too.
 */
export function adjustedMutualInformation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const rows = a.length;
  const { sizesA, sizesB, cells } = contingency(a, b);
  if ((sizesA.length === 1 && sizesB.length === 1) || rows === 0) return 1;
  let information = 0;
  for (let at = 0; at < cells.length; at++) {
    if (cells[at] === 0) continue;
    const product = sizesA[Math.floor(at / sizesB.length)] * sizesB[at % sizesB.length];
    information += (cells[at] / rows) * Math.log((rows * cells[at]) / product);
  }
  const expected = expectedInformation(sizesA, sizesB, rows);
  const mean = (entropy(sizesA, rows) + entropy(sizesB, rows)) / 2;
  const range = mean - expected;
  return (information - expected) / (range < 0 ? Math.min(range, -2e-16) : Math.max(range, 2e-16));
}
