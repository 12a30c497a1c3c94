import { contingency } from '../src/statistics/mutual-information.js';

export { adjustedMutualInformation } from '../src/statistics/mutual-information.js';

/** Share of pairs on which two labellings agree, adjusted for chance (Hubert and Arabie 1985); 1 for fewer than two rows. */
export function adjustedRandIndex(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length < 2) return 1;
  const { sizesA, sizesB, cells } = contingency(a, b);
  const pairs = (counts: Int32Array) => counts.reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
  const [both, inA, inB] = [pairs(cells), pairs(sizesA), pairs(sizesB)];
  const expected = (inA * inB) / ((a.length * (a.length - 1)) / 2);
  const most = (inA + inB) / 2;
  return most === expected ? 1 : (both - expected) / (most - expected);
}
