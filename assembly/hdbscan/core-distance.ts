import { f32At, i32At, setF32 } from './memory';

/**
 * core[i]: distance to the minSamples-th nearest other point, +∞ where fewer are listed. last[i]: no unlisted point is
 * nearer than this; +∞ where all others are listed. `counts` (or 0) says how many equal points a row stands for. Returns
 * whether some core[i] is beyond last[i].
 */
export function coreDistances(
  first: usize, rows: usize, k: usize, n: i32, minSamples: i32,
  indices: usize, distances: usize, counts: usize, core: usize, last: usize,
): bool {
  let isShort = false;
  for (let r: usize = 0; r < rows; r++) {
    const base = r * k;
    let known: i32 = counts ? i32At(counts, first + r) - 1 : 0;
    let reach: f32 = known >= minSamples ? 0 : <f32>Infinity;
    let t: usize = 0;
    for (; t < k && known < minSamples; t++) {
      const j = i32At(indices, base + t);
      if (j < 0) break;
      known += counts ? i32At(counts, j) : 1;
      if (known >= minSamples) reach = f32At(distances, base + t);
    }
    setF32(core, first + r, reach);
    let listed = k;
    while (listed > 0 && i32At(indices, base + listed - 1) < 0) listed--;
    const complete = <i32>listed >= n - 1;
    const end: f32 = complete ? <f32>Infinity : listed ? f32At(distances, base + listed - 1) : 0;
    setF32(last, first + r, end);
    if (reach > end) isShort = true;
  }
  return isShort;
}

/** The same from both sides, without a branch, and nothing that sums of others could make up for. */
// @ts-ignore: decorator
@inline function hashPair(i: i32, j: i32, distance: f32): u64 {
  let x = (<u64>i * <u64>j ^ <u64>reinterpret<u32>(distance) << 32) * 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 32) ^ (<u64>i + <u64>j)) * 0xbf58476d1ce4e5b9;
  return x ^ (x >> 32);
}

/**
 * Is a pair that both lists reach far enough to hold in both, at one distance? `balance` (u64) gets a hash of (pair,
 * distance) added by the one side and taken away by the other: 0 in the end if so. Slots that could lower core[j] from outside j's list and are not covered by that are noted in `suspects` (their place in the block);
 * returns how many. `isShort`: some core[j] may be beyond last[j].
 */
export function balance(
  first: usize, rows: usize, k: usize, indices: usize, distances: usize,
  core: usize, last: usize, isShort: bool, balance: usize, suspects: usize,
): usize {
  let sum = load<u64>(balance);
  let count: usize = 0;
  for (let r: usize = 0; r < rows; r++) {
    const i = <i32>(first + r);
    const end = f32At(last, i);
    const base = r * k;
    let t = base;
    for (const stop = base + k; t < stop; t++) {
      const j = i32At(indices, t);
      if (j < 0) break;
      const d = f32At(distances, t);
      // Whether both reach is a coin's toss, and so is which of the two is the lower: no branch.
      const isInBoth = <i32>(d < end) & <i32>(d < f32At(last, j));
      const sign = <u64>(<i64>(j - i) >> 63);
      const term = (hashPair(i, j, d) ^ sign) - sign;
      sum += isInBoth ? term : 0;
    }
    // Elsewhere core[j] ≤ last[j] ≤ d.
    while (t-- > base) {
      const d = f32At(distances, t);
      if (d < end && !isShort) break;
      const j = i32At(indices, t);
      if (d < end && d < f32At(last, j)) continue;
      if (d < f32At(core, j)) store<u32>(suspects + (count++ << 2), <u32>t);
    }
  }
  store<u64>(balance, sum);
  return count;
}
