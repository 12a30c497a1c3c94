// Offers of edges to components: `best` keeps the cheapest. Terms are explained in boruvka.ts.
import { f32At, setF32, setF64, setI32 } from './memory';
import { exactBest, exactsOf, largerCore, slack, stepsAbove, weigh } from './weight';

/**
 * Whether d / α may be the largest part of an edge's weight, by its key `d` and the key `reach` of the larger core distance of its
 * two rows. False only where the keys decide that it isn't.
 */
// @ts-ignore: decorator
@inline export function mayDecide(d: f32, reach: f32, slack: i32): bool {
  return stepsAbove(d, reach) > -slack;
}

/**
 * Writes the edge (from, to) to `best` as component c's cheapest if it weighs less than the one there. Equal weights: the
 * earlier one stays.
 *
 * `exact` is its float64 weight where that is known, NaN elsewhere. It is then found only if keys don't decide: as the larger
 * core distance, or by the host (`weigh`) where `isByDistance`: d / α may be at least that (see `mayDecide`).
 */
// @ts-ignore: decorator
@inline export function offer(
  best: usize, components: usize, c: usize, from: i32, to: i32, key: f32, isByDistance: bool, exact: f64, slack: i32,
): void {
  const known = f32At(best, c);
  const above = stepsAbove(key, known);
  if (above >= slack || key == <f32>Infinity) {
    // Certainly no lighter. With slack 0 this includes equal keys, which are equal weights.
    return;
  }
  if (slack) {
    if (exact != exact && !isByDistance) exact = largerCore(from, to);
    if (above > -slack && known != <f32>Infinity) {
      if (exact != exact) exact = weigh(from, to);
      if (exact >= exactBest(best, components, c)) return;
    }
    setF64(exactsOf(best, components), c, exact);
  }
  setF32(best, c, key);
  setI32(best, components + c, from);
  setI32(best, components * 2 + c, to);
}

/** `offer` to the components of both rows. A function of its own, since it is long and called where little else takes time. */
export function offerBoth(
  best: usize, components: usize, own: i32, other: i32, from: i32, to: i32, key: f32, isByDistance: bool, exact: f64,
): void {
  const slack_ = slack;
  for (let side = 0; side < 2; side++) {
    offer(best, components, side ? other : own, from, to, key, isByDistance, exact, slack_);
  }
}

/** Which of the four slots from address `at` on lead out of component `own`, given four times, as bits; not empty slots. */
// @ts-ignore: decorator
@inline export function foreignOf(at: usize, component: usize, own: v128): i32 {
  const others = v128.load(at);
  // Of an empty slot, −1, this reads what stands before the column.
  let found = v128.load_zero<i32>(component + (<usize>load<i32>(at) << 2));
  found = v128.load_lane<i32>(component + (<usize>load<i32>(at, 4) << 2), found, 1);
  found = v128.load_lane<i32>(component + (<usize>load<i32>(at, 8) << 2), found, 2);
  found = v128.load_lane<i32>(component + (<usize>load<i32>(at, 12) << 2), found, 3);
  return i32x4.bitmask(i32x4.ne(found, own)) & ~i32x4.bitmask(others);
}
