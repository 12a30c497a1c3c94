import { f32At, i32At, setF32, setI32 } from './memory';

/**
 * core[i]: distance to the minSamples-th nearest other point, +∞ where fewer are listed. last[i]: no unlisted point is
 * nearer than this; +∞ where all others are listed; ends[i] (u16) is its upper half, see `balance`. atCore[i] (int32; `atCore` 0: not wanted): the only
 * listed row at core distance, −1 where several are, and where it is 0 or +∞. `counts` (or 0) says how many equal points a row stands for.
 * Returns whether some core[i] is beyond last[i].
 */
export function coreDistances(
  first: usize, rows: usize, k: usize, n: i32, minSamples: i32,
  indices: usize, distances: usize, counts: usize, core: usize, last: usize, ends: usize, atCore: usize,
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
    if (atCore) {
      // After the loop, slot t − 1 is the one that reach is of.
      const isAlone = reach > 0 && reach < <f32>Infinity && (t == 1 || f32At(distances, base + t - 2) < reach) &&
        (t == k || f32At(distances, base + t) > reach);
      setI32(atCore, first + r, isAlone ? i32At(indices, base + t - 1) : -1);
    }
    let listed = k;
    while (listed > 0 && i32At(indices, base + listed - 1) < 0) listed--;
    const complete = <i32>listed >= n - 1;
    const end: f32 = complete ? <f32>Infinity : listed ? f32At(distances, base + listed - 1) : 0;
    setF32(last, first + r, end);
    store<u16>(ends + ((first + r) << 1), <u16>upperHalf(end));
    if (reach > end) isShort = true;
  }
  return isShort;
}

/** The upper 16 bits of a distance without its sign (0 may have one): in the order of distances. */
// @ts-ignore: decorator
@inline function upperHalf(distance: f32): i32 {
  return <i32>((reinterpret<u32>(distance) << 1) >> 17);
}

// Two hashes, of 32 bits each, of a listed pair and its distance. They are the same from both sides, and nothing that sums of others
// could make up for. Once for single slots, once for four.

// @ts-ignore: decorator
@inline function hashPair(i: i32, j: i32, distance: f32): i32 {
  const low = min(i, j);
  let x = <u32>low * 0x9e3779b1 + <u32>max(i, j) * 0x85ebca77 + reinterpret<u32>(distance) * 0xc2b2ae3d;
  x = (x ^ (x >> 15)) * 0x2c1b3c6d;
  return <i32>(x ^ (x >> 12));
}

// @ts-ignore: decorator
@inline function hashAgain(hash: i32, i: i32, j: i32, distance: f32): i32 {
  const y = <u32>(hash + (min(i, j) ^ reinterpret<i32>(distance))) * 0x297a2d39;
  return <i32>(y ^ (y >> 15));
}

// @ts-ignore: decorator
@inline function hashPairs(low: v128, high: v128, distances: v128): v128 {
  let x = i32x4.add(
    i32x4.add(i32x4.mul(low, i32x4.splat(<i32>0x9e3779b1)), i32x4.mul(high, i32x4.splat(<i32>0x85ebca77))),
    i32x4.mul(distances, i32x4.splat(<i32>0xc2b2ae3d)),
  );
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 15)), i32x4.splat(<i32>0x2c1b3c6d));
  return v128.xor(x, i32x4.shr_u(x, 12));
}

// @ts-ignore: decorator
@inline function hashPairsAgain(hashes: v128, low: v128, distances: v128): v128 {
  const y = i32x4.mul(i32x4.add(hashes, v128.xor(low, distances)), i32x4.splat(<i32>0x297a2d39));
  return v128.xor(y, i32x4.shr_u(y, 15));
}

// @ts-ignore: decorator
@inline function negatedWhere(isWanted: v128, x: v128): v128 {
  return i32x4.sub(v128.xor(x, isWanted), isWanted);
}

// @ts-ignore: decorator
@inline function addTo(sum: usize, x: i32): void {
  store<i32>(sum, load<i32>(sum) + x);
}

// @ts-ignore: decorator
@inline function sumOf(x: v128): i32 {
  return i32x4.extract_lane(x, 0) + i32x4.extract_lane(x, 1) + i32x4.extract_lane(x, 2) + i32x4.extract_lane(x, 3);
}

/**
 * Is a pair that both lists reach to in both, at one distance? `sums` (four i32) get the two hashes of (pair, distance) added by
 * the one side and taken away by the other: all 0 in the end if so. The first two are of pairs nearer than both lists' last
 * distances, the other two of pairs at the last distance of one. Slots that could lower core[j] from outside j's list and
 * are not covered by the first two are noted in `suspects`, as | i i32 | j i32 | distance f32 |, from place `count` on; returns how many there
 * are then. No more than `capacity` are written. `isShort`: some core[j] may be beyond last[j].
 *
 * `ends` are the upper halves of `last`, which fit a core's cache when `last` doesn't: they decide for nearly all slots, four of
 * which are looked at together, without a branch, since whether both reach is a coin's toss, and so is which row is the lower. `open`
 * has a u32 for every four slots of the block: the fours with slots for which they don't.
 */
export function balance(
  first: usize, rows: usize, k: usize, indices: usize, distances: usize,
  core: usize, last: usize, ends: usize, isShort: bool, sums: usize, open: usize,
  suspects: usize, capacity: usize, count: usize,
): usize {
  let undecided: usize = 0;
  let near = i32x4.splat(0);
  let nearAgain = i32x4.splat(0);
  let edge = i32x4.splat(0);
  let edgeAgain = i32x4.splat(0);
  for (let r: usize = 0; r < rows; r++) {
    const i = <i32>(first + r);
    const selves = i32x4.splat(i);
    const end = f32At(last, i);
    const ownEnd = f32x4.splat(end);
    let t: usize = r * k;
    const stop = t + k;
    for (; t + 4 <= stop; t += 4) {
      const at = indices + (t << 2);
      const others = v128.load(at);
      if (i32x4.bitmask(others)) break;
      const far = v128.load(distances + (t << 2));
      let other = v128.load_zero<u32>(ends + (<usize>load<u32>(at) << 1));
      other = v128.load_lane<u32>(ends + (<usize>load<u32>(at, 4) << 1), other, 1);
      other = v128.load_lane<u32>(ends + (<usize>load<u32>(at, 8) << 1), other, 2);
      other = v128.load_lane<u32>(ends + (<usize>load<u32>(at, 12) << 1), other, 3);
      other = v128.and(other, i32x4.splat(0xffff));
      const half = i32x4.shr_u(i32x4.shl(far, 1), 17);
      const isWithin = i32x4.lt_s(half, other);
      const isInside = f32x4.lt(far, ownEnd);
      const low = i32x4.min_s(selves, others);
      const isBack = i32x4.lt_s(others, selves);
      const hashes = hashPairs(low, i32x4.max_s(selves, others), far);
      const hash = v128.and(negatedWhere(isBack, hashes), isWithin);
      const again = v128.and(negatedWhere(isBack, hashPairsAgain(hashes, low, far)), isWithin);
      near = i32x4.add(near, v128.and(hash, isInside));
      nearAgain = i32x4.add(nearAgain, v128.and(again, isInside));
      edge = i32x4.add(edge, v128.andnot(hash, isInside));
      edgeAgain = i32x4.add(edgeAgain, v128.andnot(again, isInside));
      // Which these are can't be predicted, and waiting for `ends` takes long: they are noted, and looked at below.
      const equal = i32x4.bitmask(i32x4.eq(half, other));
      store<u32>(open + (undecided << 2), <u32>((t << 4) | <usize>equal));
      undecided += <usize>(equal != 0);
    }
    for (; t < stop && i32At(indices, t) >= 0; t++) balanceSlot(i, t, indices, distances, last, sums);
  }
  for (let at: usize = 0; at < undecided; at++) {
    const found = <usize>load<u32>(open + (at << 2));
    const t = found >> 4;
    for (let bits = <i32>(found & 15); bits; bits &= bits - 1) {
      const slot = t + <usize>ctz(bits);
      balanceSlot(<i32>(first + slot / k), slot, indices, distances, last, sums);
    }
  }
  addTo(sums, sumOf(near));
  addTo(sums + 4, sumOf(nearAgain));
  addTo(sums + 8, sumOf(edge));
  addTo(sums + 12, sumOf(edgeAgain));
  return noteSuspects(first, rows, k, indices, distances, core, last, isShort, open, suspects, capacity, count);
}

/**
 * Notes the suspects of `balance`. Where a loop that waits for numbers from memory writes must not depend on these: the processor would wait for
 * each before it reads the next ones.
 */
function noteSuspects(
  first: usize, rows: usize, k: usize, indices: usize, distances: usize,
  core: usize, last: usize, isShort: bool, open: usize, suspects: usize, capacity: usize, count: usize,
): usize {
  if (k == 0) return count;
  // Nearly always it is the last slot that decides, and it is none. Of an empty one, −1, this reads what stands before the column.
  for (let r: usize = 0; r < rows; r++) {
    const t = r * k + k - 1;
    const j = i32At(indices, t);
    const d = f32At(distances, t);
    const isSecond = k > 1 && f32At(distances, t - 1) >= d;
    store<u8>(open + r, <u8>(<i32>(d < f32At(core, j)) | <i32>(j < 0) | <i32>isSecond | <i32>isShort));
  }
  for (let r: usize = 0; r < rows; r++) {
    if (!load<u8>(open + r)) continue;
    const i = <i32>(first + r);
    const end = f32At(last, i);
    const base = r * k;
    let t = base + k;
    while (t > base && i32At(indices, t - 1) < 0) t--;
    // Where core distances are within the lists, a slot nearer than this list's end that j's list lacks is beyond core[j].
    while (t-- > base) {
      const d = f32At(distances, t);
      if (d < end && !isShort) break;
      const j = i32At(indices, t);
      if (!(d < f32At(core, j)) || (d < end && d < f32At(last, j))) continue;
      if (count < capacity) {
        const suspect = suspects + count * 12;
        store<i32>(suspect, i);
        store<i32>(suspect, j, 4);
        store<f32>(suspect, d, 8);
      }
      count++;
    }
  }
  return count;
}

/** Adds one slot to the sums of `balance`, by the distances themselves. */
function balanceSlot(i: i32, t: usize, indices: usize, distances: usize, last: usize, sums: usize): void {
  const j = i32At(indices, t);
  const d = f32At(distances, t);
  const end = f32At(last, j);
  if (d > end) return;
  const to = d < end && d < f32At(last, i) ? sums : sums + 8;
  const hash = hashPair(i, j, d);
  const again = hashAgain(hash, i, j, d);
  addTo(to, j < i ? -hash : hash);
  addTo(to + 4, j < i ? -again : again);
}
