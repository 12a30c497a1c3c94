// Finds the uncertain rows: those at which an edge that no list holds could weigh less than the cheapest known edge (`best`) of
// the row's component. src/hdbscan/certificate.ts decides what to do with them.
//
// An unlisted edge at row p weighs at least max(core p, distance of p's last listed neighbour / α). `floor` (float32 per row) has
// the key of that bound. Where keys are too close to decide, `exactFloor` (float64 per row) does. For points `exactFloor` is core p
// alone: the distance of an unlisted row may round to the same float32 as the last listed one and yet be smaller. After a scan, both
// are of the cheapest edge that the scan found for p.
//
// `component`, `best` and `components` are as in boruvka.ts. Functions work on rows start … end − 1.
import { f32At, f64At, i32At, setF32, setF64, setI32 } from './memory';
import { alpha, core, exactBest, exactCore, keyOf, slack, stepsAbove } from './weight';

/**
 * Writes the first floors. `last` holds per row the distance of its last listed neighbour (float32) and is turned into `floor` in
 * place. `exactFloor` is written too, unless it is 0.
 */
export function floors(start: usize, end: usize, last: usize, exactFloor: usize): void {
  for (let p = start; p < end; p++) {
    const farthest = f32At(last, p);
    setF32(last, p, max<f32>(f32At(core, p), keyOf(farthest)));
    if (!exactFloor) continue;
    // Points come with `alpha` 1 here, since distances are divided by α before they become keys, and core p alone is their bound
    // (see the top of this file). A graph with α = 1 has no `exactFloor`. Its own float32 distances are exact otherwise: no unlisted
    // one is below the last.
    const unlisted: f64 = alpha == 1 ? 0 : <f64>farthest / alpha;
    setF64(exactFloor, p, max<f64>(f64At(exactCore, p), unlisted));
  }
}

/**
 * Whether row p's floor is below the weight of the cheapest known edge of its component c. Keys that are `slack` steps apart decide;
 * closer ones leave it to the float64 numbers. Where the component has no edge yet (key +∞), only a floor of +∞ is not below.
 */
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

/** Sets marks[p] (one byte per row) to 1 at uncertain rows of all components but `except`. Returns how many were 0 before. */
export function markUncertain(
  start: usize, end: usize, floor: usize, exactFloor: usize, component: usize, best: usize, components: usize,
  except: i32, marks: usize,
): i32 {
  const slack_ = slack;
  let fresh: i32 = 0;
  for (let p = start; p < end; p++) {
    if (load<u8>(marks + p)) {
      // In late rounds most are.
      while (p + 9 <= end && load<u64>(marks + p + 1) == 0x0101010101010101) p += 8;
      continue;
    }
    const c = i32At(component, p);
    if (c == except || !isBelow(p, floor, exactFloor, best, components, c, slack_)) continue;
    store<u8>(marks + p, 1);
    fresh++;
  }
  return fresh;
}

/** Adds the number of uncertain rows of each component to counts[c] (int32). */
export function countUncertain(
  start: usize, end: usize, floor: usize, exactFloor: usize, component: usize, best: usize, components: usize, counts: usize,
): void {
  const slack_ = slack;
  for (let p = start; p < end; p++) {
    const c = i32At(component, p);
    if (isBelow(p, floor, exactFloor, best, components, c, slack_)) setI32(counts, c, i32At(counts, c) + 1);
  }
}

/** Appends the uncertain rows of all components except `except` to `rows` (int32), from place `count` on. Returns the new count. */
export function listUncertain(
  start: usize, end: usize, floor: usize, exactFloor: usize, component: usize, best: usize, components: usize,
  except: i32, rows: usize, count: usize,
): usize {
  const slack_ = slack;
  for (let p = start; p < end; p++) {
    const c = i32At(component, p);
    if (c != except && isBelow(p, floor, exactFloor, best, components, c, slack_)) setI32(rows, count++, <i32>p);
  }
  return count;
}
