/**
 * Euclidean distance of two rows, the number that the kernels give (assembly/neighbors/distance.ts): differences,
 * squares and sums in float64, in the same order, the root rounded to float32 once.
 */
export function pairDistance(data: Float32Array, cols: number, a: number, b: number): number {
  let at = a * cols;
  let to = b * cols;
  const fours = at + (cols & ~3);
  const end = at + cols;
  let even0 = 0;
  let even1 = 0;
  let odd0 = 0;
  let odd1 = 0;
  for (; at < fours; at += 4, to += 4) {
    const p = data[at] - data[to];
    const q = data[at + 1] - data[to + 1];
    const r = data[at + 2] - data[to + 2];
    const s = data[at + 3] - data[to + 3];
    even0 += p * p;
    even1 += q * q;
    odd0 += r * r;
    odd1 += s * s;
  }
  let sum = even0 + odd0 + (even1 + odd1);
  for (; at < end; at++, to++) {
    const p = data[at] - data[to];
    sum += p * p;
  }
  return Math.fround(Math.sqrt(sum));
}
