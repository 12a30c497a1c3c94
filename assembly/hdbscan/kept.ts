// Listed edges between components that a round keeps, so that later rounds need not read the lists. Terms are explained in boruvka.ts.
import { f32At, i32At } from './memory';
import { foreignOf, mayDecide, offerBoth } from './offer';
import { certainlyFrom, core, keyOf, slack, stepsAbove } from './weight';

// Writes kept edge `at`, 12 bytes: | mark i32 | to i32 | key f32 |. `mark` is the row `from`, or −1 − from where d / α may be
// the largest part of the weight, so that core distances alone don't give its float64 weight (see `mayDecide`).
// @ts-ignore: decorator
@inline export function keep(kept: usize, at: usize, mark: i32, to: i32, key: f32): void {
  const edge = kept + at * 12;
  store<i32>(edge, mark);
  store<i32>(edge, to, 4);
  store<f32>(edge, key, 8);
}

/**
 * Does what `offerRows` does, and keeps the edges between components, so that later rounds need not read the lists.
 *
 * Of edges between the same two components only the lightest is needed. `pairs` is a hash table of the pairs seen: mask + 1
 * entries (a power of two) of | sum of the two component numbers i32 | their absolute difference i32 | key f32 | which kept edge i32 |, zeros at
 * first. An entry that is overwritten by another pair costs no more than an edge that is kept twice.
 *
 * `inside` (0 for none) is that of `offerOwn`: so many slots of a row are passed over.
 *
 * `count` is the number of edges kept before this block; returns the number after it. If it is above `capacity`, only the first
 * `capacity` edges were written, and the caller must go on reading the lists.
 */
export function keepRows(
  first: usize, rows: usize, k: usize, indices: usize, distances: usize,
  component: usize, best: usize, components: usize,
  inside: usize, pairs: usize, mask: u32, kept: usize, capacity: usize, count: usize,
): usize {
  for (let r: usize = 0; r < rows; r++) {
    const i = first + r;
    const own = i32At(component, i);
    const owns = i32x4.splat(own);
    const base = r * k;
    const stop = base + k;
    let t = base + (inside ? <usize>load<u8>(inside + i) : 0);
    for (; t + 4 <= stop; t += 4) {
      for (let bits = foreignOf(indices + (t << 2), component, owns); bits; bits &= bits - 1) {
        const slot = t + <usize>ctz(bits);
        count = keepSlot(i, slot, own, indices, distances, component, best, components, pairs, mask, kept, capacity, count);
      }
    }
    for (; t < stop; t++) {
      const j = i32At(indices, t);
      if (j < 0) break;
      if (i32At(component, j) == own) continue;
      count = keepSlot(i, t, own, indices, distances, component, best, components, pairs, mask, kept, capacity, count);
    }
  }
  return count;
}

/** `keepRows` of one slot of row i, which leads to another component. */
function keepSlot(
  i: usize, t: usize, own: i32, indices: usize, distances: usize, component: usize, best: usize, components: usize,
  pairs: usize, mask: u32, kept: usize, capacity: usize, count: usize,
): usize {
  const slack_ = slack;
  const j = i32At(indices, t);
  const coreI = f32At(core, i);
  const other = i32At(component, j);
  const d = keyOf(f32At(distances, t));
  // Sum and absolute difference name a pair whichever of the two comes first, and take no branch.
  const sum = own + other;
  const sign = (own - other) >> 31;
  const difference = ((own - other) ^ sign) - sign;
  const hash = (<u32>sum * 0x9e3779b1) ^ (<u32>difference * 0x85ebca6b);
  const pair = pairs + (<usize>((hash >> 8) & mask) << 4);
  const isKnown = <i32>(load<i32>(pair) == sum) & <i32>(load<i32>(pair, 4) == difference);
  const limit = certainlyFrom(load<f32>(pair, 8), slack_);
  if (isKnown & (<i32>(d >= limit) | <i32>(coreI >= limit))) return count;
  const reach = max<f32>(coreI, f32At(core, j));
  const key = max<f32>(reach, d);
  if ((isKnown && key >= limit) || key == <f32>Infinity) return count;
  const isByDistance = mayDecide(d, reach, slack_);
  offerBoth(best, components, own, other, <i32>i, j, key, isByDistance, NaN);
  // A certainly lighter edge takes the place of the kept one of this pair; where keys don't decide, both are kept. It is appended all
  // the same: of equally light edges the first kept is to be that of the lowest row, whichever thread had which rows.
  if (isKnown && stepsAbove(key, load<f32>(pair, 8)) <= -slack_) store<f32>(kept + <usize>load<i32>(pair, 12) * 12, Infinity, 8);
  const at = count++;
  if (at >= capacity) return count;
  keep(kept, at, isByDistance ? -1 - <i32>i : <i32>i, j, key);
  store<i32>(pair, sum);
  store<i32>(pair, difference, 4);
  store<f32>(pair, key, 8);
  store<i32>(pair, <i32>at, 12);
  return count;
}

/**
 * A round over the kept edges start … end − 1: offers each to the components of both its rows. Those inside one component are
 * dropped: the rest moves to the front of the list, from edge `write` on. Returns the next free place, which is `write` of the
 * next call, and after the last one the number of edges left.
 */
export function offerKept(
  start: usize, end: usize, write: usize, kept: usize, component: usize, best: usize, components: usize,
): usize {
  const slack_ = slack;
  for (let e = start; e < end; e++) {
    const mark = load<i32>(kept + e * 12);
    const i = mark < 0 ? -1 - mark : mark;
    const j = load<i32>(kept + e * 12, 4);
    const own = i32At(component, i);
    const other = i32At(component, j);
    if (own == other) continue;
    const key = load<f32>(kept + e * 12, 8);
    // Another took its place.
    if (key == <f32>Infinity) continue;
    offerBoth(best, components, own, other, i, j, key, mark < 0, NaN);
    keep(kept, write++, mark, j, key);
  }
  return write;
}
