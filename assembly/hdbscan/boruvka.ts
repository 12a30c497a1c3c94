// Borůvka's minimum spanning tree of the mutual reachability graph, straight over the neighbour lists.
//
// Why ties do no harm: an edge that is cheapest at a component may be in the tree. Where several components choose at
// once, a circle of choices can only have equal weights, so leaving out the one that the union-find refuses is right.
//
// Weights are f32, which orders nearly all edges. Of points, distances are really f64 numbers: where two f32 weights are
// equal, `exactCore` (f64 per row, or 0 where f32 is the truth) and the host, who has the points, decide.
import { f32At, f64At, i32At, setF32, setF64, setI32 } from './memory';
import { find } from './union-find';

/** Whether edge (a, b) is lighter than edge (c, d) in f64. */
// @ts-ignore: decorator
@external("env", "isLighter") export declare function isLighter(a: i32, b: i32, c: i32, d: i32): bool;
/** Whether d(i, j) / α is at most core i in f64. */
// @ts-ignore: decorator
@external("env", "isWithin") declare function isWithin(i: i32, j: i32): bool;

/** d / α, rounded to f32: rounding keeps the order. */
// @ts-ignore: decorator
@inline export function scaled(d: f32, alpha: f64): f32 {
  return alpha == 1 ? d : <f32>(<f64>d / alpha);
}

// Edges are | from capacity i32 | to capacity i32 | weight capacity f32 |.
// @ts-ignore: decorator
@inline function note(edges: usize, capacity: usize, at: usize, from: i32, to: i32, weight: f32): void {
  setI32(edges, at, from);
  setI32(edges, capacity + at, to);
  setF32(edges, capacity * 2 + at, weight);
}

// A kept edge is | from i32, −1 − from where its distance touches its weight | to i32 | weight f32 |.
// @ts-ignore: decorator
@inline export function keep(kept: usize, at: usize, mark: i32, to: i32, weight: f32): void {
  const edge = kept + at * 12;
  store<i32>(edge, mark);
  store<i32>(edge, to, 4);
  store<f32>(edge, weight, 8);
}

/**
 * The first round, which finds most of the tree: join i to one neighbour j with d/α ≤ core i and core j ≤ core i. That
 * edge weighs core i, which nothing at i can beat. One edge per row: two of them could close a circle with lighter ones.
 * joined[i] becomes j, −1 where there is none.
 */
export function joinCores(
  first: usize, rows: usize, k: usize, indices: usize, distances: usize, alpha: f64,
  core: usize, exactCore: usize, parent: usize, joined: usize,
): void {
  for (let r: usize = 0; r < rows; r++) {
    const i = first + r;
    const coreI = f32At(core, i);
    setI32(joined, i, -1);
    if (coreI == <f32>Infinity) continue;
    for (let t: usize = r * k, stop = t + k; t < stop; t++) {
      const j = i32At(indices, t);
      if (j < 0) break;
      const d = scaled(f32At(distances, t), alpha);
      if (d > coreI) break;
      const coreJ = f32At(core, j);
      if (coreJ > coreI) continue;
      if (exactCore) {
        if (coreJ == coreI && f64At(exactCore, j) > f64At(exactCore, i)) continue;
        if (d == coreI && !isWithin(<i32>i, j)) continue;
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

// best is | weight f32 | from i32 | to i32 |, each `components` long, then with exactCore | weight f64 |, which is NaN
// where only the host knows it: the distance itself touches the f32 weight.
// @ts-ignore: decorator
@inline function offer(
  best: usize, components: usize, c: usize, from: i32, to: i32, weight: f32, exactCore: usize, isTouching: bool,
): void {
  const known = f32At(best, c);
  if (weight > known || weight == <f32>Infinity) return;
  const exacts = best + ((components * 12 + 7) & ~7);
  let exact: f64 = NaN;
  if (exactCore && !isTouching) exact = max<f64>(f64At(exactCore, from), f64At(exactCore, to));
  if (weight == known) {
    if (!exactCore) return;
    const knownExact = f64At(exacts, c);
    // NaN is no number to compare with.
    const isDecided = exact == exact && knownExact == knownExact;
    if (isDecided ? exact >= knownExact : !isLighter(from, to, i32At(best, components + c), i32At(best, components * 2 + c))) return;
  }
  setF32(best, c, weight);
  setI32(best, components + c, from);
  setI32(best, components * 2 + c, to);
  if (exactCore) setF64(exacts, c, exact);
}

/**
 * What no edge of a weight from here on can be of use to, where `known` is the cheapest: itself, or, where f64 may decide
 * between equal ones, the next number above (NaN above +∞, which nothing reaches).
 */
// @ts-ignore: decorator
@inline function useless(known: f32, exactCore: usize): f32 {
  return reinterpret<f32>(reinterpret<i32>(known) + <i32>(exactCore != 0));
}

/**
 * A round over the lists: each component's cheapest edge out. Which slots lead out is hard to foresee; that hardly any is of
 * use to either side is not. So there is one branch for both, and comparisons in place of a maximum, which branches.
 */
export function offerRows(
  first: usize, rows: usize, k: usize, indices: usize, distances: usize, alpha: f64,
  core: usize, exactCore: usize, component: usize, best: usize, components: usize,
): void {
  for (let r: usize = 0; r < rows; r++) {
    const i = first + r;
    const coreI = f32At(core, i);
    const own = i32At(component, i);
    for (let t: usize = r * k, stop = t + k; t < stop; t++) {
      const j = i32At(indices, t);
      if (j < 0) break;
      const other = i32At(component, j);
      const d = scaled(f32At(distances, t), alpha);
      const a = useless(f32At(best, own), exactCore);
      const b = useless(f32At(best, other), exactCore);
      if (<i32>(other == own) | ((<i32>(d >= a) | <i32>(coreI >= a)) & (<i32>(d >= b) | <i32>(coreI >= b)))) continue;
      const reach = max<f32>(coreI, f32At(core, j));
      const weight = max<f32>(reach, d);
      offer(best, components, own, <i32>i, j, weight, exactCore, d >= reach);
      offer(best, components, other, <i32>i, j, weight, exactCore, d >= reach);
    }
  }
}

/**
 * The same, and what leads out is kept, so that later rounds need not touch the lists. Of edges between the same two
 * components the lightest is enough: `pairs`, a table of mask + 1 times | sum of the components i32 | their difference i32 | weight f32
 * | where it is kept i32 | that starts as zeros, remembers the last ones; forgetting keeps an edge more. An edge whose distance
 * touches its weight is kept with −1 − from. Returns how many edges there are to keep; more than `capacity`: they aren't.
 */
export function keepRows(
  first: usize, rows: usize, k: usize, indices: usize, distances: usize, alpha: f64,
  core: usize, exactCore: usize, component: usize, best: usize, components: usize,
  pairs: usize, mask: u32, kept: usize, capacity: usize, count: usize,
): usize {
  for (let r: usize = 0; r < rows; r++) {
    const i = first + r;
    const coreI = f32At(core, i);
    const own = i32At(component, i);
    for (let t: usize = r * k, stop = t + k; t < stop; t++) {
      const j = i32At(indices, t);
      if (j < 0) break;
      const other = i32At(component, j);
      if (other == own) continue;
      const d = scaled(f32At(distances, t), alpha);
      // The same from both sides, without a branch.
      const sum = own + other;
      const sign = (own - other) >> 31;
      const difference = ((own - other) ^ sign) - sign;
      const hash = (<u32>sum * 0x9e3779b1) ^ (<u32>difference * 0x85ebca6b);
      const pair = pairs + (<usize>((hash >> 8) & mask) << 4);
      const isKnown = <i32>(load<i32>(pair) == sum) & <i32>(load<i32>(pair, 4) == difference);
      const limit = useless(load<f32>(pair, 8), exactCore);
      if (isKnown & (<i32>(d >= limit) | <i32>(coreI >= limit))) continue;
      const reach = max<f32>(coreI, f32At(core, j));
      const weight = max<f32>(reach, d);
      if ((isKnown && weight >= limit) || weight == <f32>Infinity) continue;
      const isTouching = d >= reach;
      offer(best, components, own, <i32>i, j, weight, exactCore, isTouching);
      offer(best, components, other, <i32>i, j, weight, exactCore, isTouching);
      // Of equal f32 weights only f64 knows the lighter one: both are kept.
      const at = isKnown && weight < load<f32>(pair, 8) ? <usize>load<i32>(pair, 12) : count++;
      if (at >= capacity) continue;
      keep(kept, at, isTouching ? -1 - <i32>i : <i32>i, j, weight);
      store<i32>(pair, sum);
      store<i32>(pair, difference, 4);
      store<f32>(pair, weight, 8);
      store<i32>(pair, <i32>at, 12);
    }
  }
  return count;
}

/** A round over kept edges; those inside a component are dropped on the way. Returns how many stay, from `write` on. */
export function offerKept(
  start: usize, end: usize, write: usize, kept: usize,
  exactCore: usize, component: usize, best: usize, components: usize,
): usize {
  for (let e = start; e < end; e++) {
    const mark = load<i32>(kept + e * 12);
    const i = mark < 0 ? -1 - mark : mark;
    const j = load<i32>(kept + e * 12, 4);
    const own = i32At(component, i);
    const other = i32At(component, j);
    if (own == other) continue;
    const weight = load<f32>(kept + e * 12, 8);
    offer(best, components, own, i, j, weight, exactCore, mark < 0);
    offer(best, components, other, i, j, weight, exactCore, mark < 0);
    keep(kept, write++, mark, j, weight);
  }
  return write;
}

/** Offers edges that a scan found: foreign[row] is the other end, −1 for none, and floor[row] the weight. */
export function offerForeign(
  start: usize, end: usize, foreign: usize, floor: usize, exactCore: usize, component: usize, best: usize, components: usize,
): void {
  for (let row = start; row < end; row++) {
    const other = i32At(foreign, row);
    if (other < 0) continue;
    const a = i32At(component, row);
    const b = i32At(component, other);
    if (a == b) {
      setI32(foreign, row, -1);
      continue;
    }
    offer(best, components, a, <i32>row, other, f32At(floor, row), exactCore, true);
    offer(best, components, b, <i32>row, other, f32At(floor, row), exactCore, true);
  }
}

/**
 * Joins each component by its cheapest edge, unless an unlisted edge could be cheaper: bound[c] (`bound` 0: never).
 * `above` is a union-find over components.
 */
export function joinBest(
  start: usize, end: usize, component: usize, best: usize, components: usize, bound: usize, above: usize,
  edges: usize, capacity: usize, count: usize,
): usize {
  for (let c = start; c < end; c++) {
    const weight = f32At(best, c);
    if (weight == <f32>Infinity || (bound && f32At(bound, c) < weight)) continue;
    const from = i32At(best, components + c);
    const to = i32At(best, components * 2 + c);
    const a = find(above, <usize>i32At(component, from));
    const b = find(above, <usize>i32At(component, to));
    if (a == b) continue;
    setI32(above, max(a, b), <i32>min(a, b));
    note(edges, capacity, count++, from, to, weight);
  }
  return count;
}
