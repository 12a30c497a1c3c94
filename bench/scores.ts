/** How often each pair of labels meets, and how often each label stands. */
function contingency(a: ArrayLike<number>, b: ArrayLike<number>) {
  const sizesA = new Map<number, number>();
  const sizesB = new Map<number, number>();
  const cells = new Map<string, { a: number; b: number; count: number }>();
  for (let row = 0; row < a.length; row++) {
    sizesA.set(a[row], (sizesA.get(a[row]) ?? 0) + 1);
    sizesB.set(b[row], (sizesB.get(b[row]) ?? 0) + 1);
    const key = `${a[row]} ${b[row]}`;
    const cell = cells.get(key);
    if (cell) cell.count++;
    else cells.set(key, { a: a[row], b: b[row], count: 1 });
  }
  return { sizesA, sizesB, cells: [...cells.values()] };
}

const entropy = (sizes: Iterable<number>, rows: number): number => {
  let sum = 0;
  for (const size of sizes) sum -= (size / rows) * Math.log(size / rows);
  return sum;
};

/** Mutual information of random labels of these sizes (Vinh, Epps and Bailey 2010). */
function expectedInformation(sizesA: number[], sizesB: number[], rows: number): number {
  const factorial = new Float64Array(rows + 1);
  for (let i = 1; i <= rows; i++) factorial[i] = factorial[i - 1] + Math.log(i);
  // Equal sizes give equal terms.
  const counted = (sizes: number[]) => {
    const counts = new Map<number, number>();
    for (const size of sizes) counts.set(size, (counts.get(size) ?? 0) + 1);
    return [...counts];
  };
  let sum = 0;
  for (const [a, timesA] of counted(sizesA)) {
    for (const [b, timesB] of counted(sizesB)) {
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

/** Mutual information of two labellings adjusted for chance, 1 for the same groups; scikit-learn's with the arithmetic mean. */
export function adjustedMutualInformation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const rows = a.length;
  const { sizesA, sizesB, cells } = contingency(a, b);
  if ((sizesA.size === 1 && sizesB.size === 1) || rows === 0) return 1;
  let information = 0;
  for (const cell of cells) {
    const product = (sizesA.get(cell.a) ?? 0) * (sizesB.get(cell.b) ?? 0);
    information += (cell.count / rows) * Math.log((rows * cell.count) / product);
  }
  const expected = expectedInformation([...sizesA.values()], [...sizesB.values()], rows);
  const mean = (entropy(sizesA.values(), rows) + entropy(sizesB.values(), rows)) / 2;
  const range = mean - expected;
  return (information - expected) / (range < 0 ? Math.min(range, -2e-16) : Math.max(range, 2e-16));
}

/** Share of pairs on which two labellings agree, adjusted for chance (Hubert and Arabie 1985); 1 for fewer than two rows. */
export function adjustedRandIndex(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length < 2) return 1;
  const pairs = (count: number) => (count * (count - 1)) / 2;
  const { sizesA, sizesB, cells } = contingency(a, b);
  const total = (counts: Iterable<number>) => {
    let sum = 0;
    for (const count of counts) sum += pairs(count);
    return sum;
  };
  const both = total(cells.map(({ count }) => count));
  const [inA, inB] = [total(sizesA.values()), total(sizesB.values())];
  const expected = (inA * inB) / pairs(a.length);
  const most = (inA + inB) / 2;
  return most === expected ? 1 : (both - expected) / (most - expected);
}
