// At which rows could an unlisted edge be cheaper than the edge that their component would take?
//
// An unlisted edge at row p weighs at least max(core p, distance of p's last listed neighbour / α). `floor` has the key of
// that bound. Where keys don't decide, `exactFloor`, a float64 bound, does: core p, since a distance that only rounds to the
// last listed one may be any of those that do. After a scan both are of p's cheapest edge out of its component.
import { f32At, f64At, i32At, setF32, setF64, setI32 } from './memory';
import { alpha, core, exactBest, exactCore, keyOf, slack, stepsAbove } from './weight';

/** last[p] becomes floor[p]; exactFloor (0 where slack is 0) is written. */
export function floors(start: usize, end: usize, last: usize, exactFloor: usize): void {
  for (let p = start; p < end; p++) {
    const end = f32At(last, p);
    setF32(last, p, max<f32>(f32At(core, p), keyOf(end)));
    if (!exactFloor) continue;
    // With α the lists' own distances are the truth, so an unlisted one is no smaller than the last in float64 either.
    const unlisted: f64 = alpha == 1 ? 0 : <f64>end / alpha;
    setF64(exactFloor, p, max<f64>(f64At(exactCore, p), unlisted));
  }
}

// @ts-ignore: decorator
@inline function isBelow(
  p: usize, floor: usize, exactFloor: usize, best: usize, components: usize, c: usize, slack: i32,
): bool {
  const wanted = f32At(best, c);
  const above = stepsAbove(f32At(floor, p), wanted);
  if (above >= slack) return false;
  if (wanted == <f32>Infinity || above <= -slack) return above < 0;
  return f64At(exactFloor, p) < exactBest(best, components, c);
}

/** Whether an unlisted edge at row p could be cheaper than its component's cheapest known edge. */
export function isUncertain(
  p: usize, floor: usize, exactFloor: usize, component: usize, best: usize, components: usize,
): bool {
  return isBelow(p, floor, exactFloor, best, components, i32At(component, p), slack);
}

/** Marks uncertain rows. Returns how many were not marked before. */
export function markUncertain(
  start: usize, end: usize, floor: usize, exactFloor: usize, component: usize, best: usize, components: usize, marks: usize,
): i32 {
  const slack_ = slack;
  let fresh: i32 = 0;
  for (let p = start; p < end; p++) {
    if (!isBelow(p, floor, exactFloor, best, components, i32At(component, p), slack_) || load<u8>(marks + p)) continue;
    store<u8>(marks + p, 1);
    fresh++;
  }
  return fresh;
}

/** Counts uncertain rows per component; counts start as 0. */
export function countUncertain(
  start: usize, end: usize, floor: usize, exactFloor: usize, component: usize, best: usize, components: usize, counts: usize,
): void {
  const slack_ = slack;
  for (let p = start; p < end; p++) {
    const c = i32At(component, p);
    if (isBelow(p, floor, exactFloor, best, components, c, slack_)) setI32(counts, c, i32At(counts, c) + 1);
  }
}

/** Appends the uncertain rows of all components but `spared` to `rows`, from place `count` on. Returns the new count. */
export function listUncertain(
  start: usize, end: usize, floor: usize, exactFloor: usize, component: usize, best: usize, components: usize,
  spared: i32, rows: usize, count: usize,
): usize {
  const slack_ = slack;
  for (let p = start; p < end; p++) {
    const c = i32At(component, p);
    if (c != spared && isBelow(p, floor, exactFloor, best, components, c, slack_)) setI32(rows, count++, <i32>p);
  }
  return count;
}
