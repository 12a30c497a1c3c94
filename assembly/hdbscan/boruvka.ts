// Borůvka's minimum spanning tree of the mutual reachability graph, straight over the neighbour lists.
//
// Ties are harmless: an edge that is cheapest at a component may be in a minimum spanning tree. Where several components
// choose at once, a cycle of choices can only have equal weights, so leaving out the edge that the union-find refuses is
// right.
import { f32At, f64At, i32At, setF32, setF64, setI32 } from './memory';
import { find } from './union-find';
import { certainlyFrom, core, exactBest, exactCore, exactsOf, keyOf, largerCore, slack, stepsAbove, weigh } from './weight';

// Edges of the tree are | from capacity i32 | to capacity i32 | key capacity f32 |.
// @ts-ignore: decorator
@inline function note(edges: usize, capacity: usize, at: usize, from: i32, to: i32, key: f32): void {
  setI32(edges, at, from);
  setI32(edges, capacity + at, to);
  setF32(edges, capacity * 2 + at, key);
}

// A kept edge is | from i32, or −1 − from where its distance may decide its weight | to i32 | key f32 |.
// @ts-ignore: decorator
@inline export function keep(kept: usize, at: usize, mark: i32, to: i32, key: f32): void {
  const edge = kept + at * 12;
  store<i32>(edge, mark);
  store<i32>(edge, to, 4);
  store<f32>(edge, key, 8);
}

/** Whether d / α, with key `d`, may exceed the larger core distance, with key `reach`. */
// @ts-ignore: decorator
@inline function mayDecide(d: f32, reach: f32, slack: i32): bool {
  return stepsAbove(d, reach) > -slack;
}

/**
 * The first round, which finds most of the tree: joins i to one neighbour j with d/α ≤ core i and core j ≤ core i. That
 * edge weighs core i, and no edge at i weighs less. One edge per row: two of them could close a cycle with lighter ones.
 * joined[i] becomes j, −1 where there is none.
 */
export function joinCores(
  first: usize, rows: usize, k: usize, indices: usize, distances: usize, parent: usize, joined: usize,
): void {
  const slack_ = slack;
  const least = max(slack_, 1);
  for (let r: usize = 0; r < rows; r++) {
    const i = first + r;
    const coreI = f32At(core, i);
    setI32(joined, i, -1);
    if (coreI == <f32>Infinity) continue;
    for (let t: usize = r * k, stop = t + k; t < stop; t++) {
      const j = i32At(indices, t);
      if (j < 0) break;
      const far = stepsAbove(keyOf(f32At(distances, t)), coreI);
      if (far >= least) break;
      const denser = stepsAbove(f32At(core, j), coreI);
      if (denser >= least) continue;
      if (slack_) {
        if (denser > -slack_ && f64At(exactCore, j) > f64At(exactCore, i)) continue;
        if (far > -slack_ && weigh(<i32>i, j) > f64At(exactCore, i)) continue;
      }
      const a = find(parent, i);
      const b = find(parent, j);
      if (a != b) {
        setI32(parent, max(a, b), <i32>min(a, b));
        setI32(joined, i, j);
      }
      break;
    }
  }
}

/**
 * Makes an edge component c's cheapest if it is lighter than the one so far. `exact` is its float64 weight, or NaN to have
 * it found where keys don't decide: from the core distances, or by the host where `isTouching`, the distance may decide.
 */
// @ts-ignore: decorator
@inline function offer(
  best: usize, components: usize, c: usize, from: i32, to: i32, key: f32, isTouching: bool, exact: f64, slack: i32,
): void {
  const known = f32At(best, c);
  const above = stepsAbove(key, known);
  if (above >= slack || key == <f32>Infinity) {
    // Without slack `above` is 0 for an equal edge, which is as good.
    return;
  }
  if (slack) {
    if (exact != exact && !isTouching) exact = largerCore(from, to);
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

/**
 * A round over the lists: each component's cheapest edge out. Which slots lead out is hard to foresee; that hardly any is of
 * use to either side is not. So there is one branch for both, and comparisons in place of a maximum, which branches.
 */
export function offerRows(
  first: usize, rows: usize, k: usize, indices: usize, distances: usize,
  component: usize, best: usize, components: usize,
): void {
  const slack_ = slack;
  const core_ = core;
  for (let r: usize = 0; r < rows; r++) {
    const i = first + r;
    const coreI = f32At(core_, i);
    const own = i32At(component, i);
    for (let t: usize = r * k, stop = t + k; t < stop; t++) {
      const j = i32At(indices, t);
      if (j < 0) break;
      const other = i32At(component, j);
      const d = keyOf(f32At(distances, t));
      const a = certainlyFrom(f32At(best, own), slack_);
      const b = certainlyFrom(f32At(best, other), slack_);
      if (<i32>(other == own) | ((<i32>(d >= a) | <i32>(coreI >= a)) & (<i32>(d >= b) | <i32>(coreI >= b)))) continue;
      const reach = max<f32>(coreI, f32At(core_, j));
      const key = max<f32>(reach, d);
      const isTouching = mayDecide(d, reach, slack_);
      offer(best, components, own, <i32>i, j, key, isTouching, NaN, slack_);
      offer(best, components, other, <i32>i, j, key, isTouching, NaN, slack_);
    }
  }
}

/**
 * The same, and what leads out is kept, so that later rounds need not touch the lists. Of edges between the same two
 * components the lightest is enough: `pairs`, a table of mask + 1 times | sum of the components i32 | their difference i32 |
 * key f32 | where it is kept i32 | that starts as zeros, remembers the last ones; forgetting keeps an edge more. An edge whose
 * distance may decide its weight is kept with −1 − from. Returns how many edges there are to keep; if more than `capacity`,
 * they are not all kept.
 */
export function keepRows(
  first: usize, rows: usize, k: usize, indices: usize, distances: usize,
  component: usize, best: usize, components: usize,
  pairs: usize, mask: u32, kept: usize, capacity: usize, count: usize,
): usize {
  const slack_ = slack;
  const core_ = core;
  for (let r: usize = 0; r < rows; r++) {
    const i = first + r;
    const coreI = f32At(core_, i);
    const own = i32At(component, i);
    for (let t: usize = r * k, stop = t + k; t < stop; t++) {
      const j = i32At(indices, t);
      if (j < 0) break;
      const other = i32At(component, j);
      if (other == own) continue;
      const d = keyOf(f32At(distances, t));
      // The same from both sides, without a branch.
      const sum = own + other;
      const sign = (own - other) >> 31;
      const difference = ((own - other) ^ sign) - sign;
      const hash = (<u32>sum * 0x9e3779b1) ^ (<u32>difference * 0x85ebca6b);
      const pair = pairs + (<usize>((hash >> 8) & mask) << 4);
      const isKnown = <i32>(load<i32>(pair) == sum) & <i32>(load<i32>(pair, 4) == difference);
      const limit = certainlyFrom(load<f32>(pair, 8), slack_);
      if (isKnown & (<i32>(d >= limit) | <i32>(coreI >= limit))) continue;
      const reach = max<f32>(coreI, f32At(core_, j));
      const key = max<f32>(reach, d);
      if ((isKnown && key >= limit) || key == <f32>Infinity) continue;
      const isTouching = mayDecide(d, reach, slack_);
      offer(best, components, own, <i32>i, j, key, isTouching, NaN, slack_);
      offer(best, components, other, <i32>i, j, key, isTouching, NaN, slack_);
      // An edge that is certainly lighter takes the other one's place; where keys don't decide, both are kept.
      const at = isKnown && stepsAbove(key, load<f32>(pair, 8)) <= -slack_ ? <usize>load<i32>(pair, 12) : count++;
      if (at >= capacity) continue;
      keep(kept, at, isTouching ? -1 - <i32>i : <i32>i, j, key);
      store<i32>(pair, sum);
      store<i32>(pair, difference, 4);
      store<f32>(pair, key, 8);
      store<i32>(pair, <i32>at, 12);
    }
  }
  return count;
}

/** A round over kept edges; those inside a component are dropped on the way. Returns how many stay, from `write` on. */
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
    offer(best, components, own, i, j, key, mark < 0, NaN, slack_);
    offer(best, components, other, i, j, key, mark < 0, NaN, slack_);
    keep(kept, write++, mark, j, key);
  }
  return write;
}

/**
 * Offers edges that a scan found: foreign[row] is the other end, −1 for none, floor[row] the key, exactFloor[row] the float64
 * weight. An edge that has come to lie inside a component is forgotten.
 */
export function offerForeign(
  start: usize, end: usize, foreign: usize, floor: usize, exactFloor: usize,
  component: usize, best: usize, components: usize,
): void {
  const slack_ = slack;
  for (let row = start; row < end; row++) {
    const other = i32At(foreign, row);
    if (other < 0) continue;
    const a = i32At(component, row);
    const b = i32At(component, other);
    if (a == b) {
      setI32(foreign, row, -1);
      continue;
    }
    const exact: f64 = slack_ ? f64At(exactFloor, row) : NaN;
    offer(best, components, a, <i32>row, other, f32At(floor, row), true, exact, slack_);
    offer(best, components, b, <i32>row, other, f32At(floor, row), true, exact, slack_);
  }
}

/**
 * Joins each component by its cheapest edge, unless an unlisted edge could be cheaper, at uncertain[c] rows (`uncertain` 0:
 * never). `above` is a union-find over components.
 */
export function joinBest(
  start: usize, end: usize, component: usize, best: usize, components: usize, uncertain: usize, above: usize,
  edges: usize, capacity: usize, count: usize,
): usize {
  for (let c = start; c < end; c++) {
    const key = f32At(best, c);
    if (key == <f32>Infinity || (uncertain && i32At(uncertain, c) > 0)) continue;
    const from = i32At(best, components + c);
    const to = i32At(best, components * 2 + c);
    const a = find(above, <usize>i32At(component, from));
    const b = find(above, <usize>i32At(component, to));
    if (a == b) continue;
    setI32(above, max(a, b), <i32>min(a, b));
    note(edges, capacity, count++, from, to, key);
  }
  return count;
}
