// Borůvka's minimum spanning tree of the mutual reachability graph, straight over the neighbour lists.
//
// Why ties do no harm: an edge that is cheapest at a component may be in the tree. Where several components choose at
// once, a circle of choices can only have equal weights, so leaving out the one that the union-find refuses is right.
import { f32At, i32At, setF32, setI32 } from './memory';
import { find } from './union-find';

/** max(core i, core j, d/α), rounded to f32: rounding keeps the order, so the tree stays a minimal one. */
// @ts-ignore: decorator
@inline function reach(coreI: f32, coreJ: f32, d: f32, alpha: f64): f32 {
  return max<f32>(max<f32>(coreI, coreJ), alpha == 1 ? d : <f32>(<f64>d / alpha));
}

// @ts-ignore: decorator
@inline function note(edges: usize, capacity: usize, at: usize, from: i32, to: i32, weight: f32): void {
  setI32(edges, at, from);
  setI32(edges, capacity + at, to);
  setF32(edges, capacity * 2 + at, weight);
}

/**
 * The first round, which finds most of the tree: join i to one neighbour j with d/α ≤ core i and core j ≤ core i. That
 * edge weighs core i, which nothing at i can beat. One edge per row: two of them could close a circle with lighter ones.
 * `edges` is | from capacity i32 | to capacity i32 | weight capacity f32 |; returns how many it now holds.
 */
export function joinCores(
  first: usize, rows: usize, k: usize, indices: usize, distances: usize, alpha: f64,
  core: usize, parent: usize, edges: usize, capacity: usize, count: usize,
): usize {
  for (let r: usize = 0; r < rows; r++) {
    const i = first + r;
    const coreI = f32At(core, i);
    if (coreI == <f32>Infinity) continue;
    for (let t: usize = r * k, stop = t + k; t < stop; t++) {
      const j = i32At(indices, t);
      if (j < 0) break;
      const d = f32At(distances, t);
      if (reach(0, 0, d, alpha) > coreI) break;
      if (f32At(core, j) > coreI) continue;
      const a = find(parent, i);
      const b = find(parent, j);
      if (a != b) {
        setI32(parent, max(a, b), <i32>min(a, b));
        note(edges, capacity, count++, <i32>i, j, coreI);
      }
      break;
    }
  }
  return count;
}

// best is | weight f32 | from i32 | to i32 |, each `components` long.
// @ts-ignore: decorator
@inline function offer(best: usize, components: usize, c: usize, from: i32, to: i32, weight: f32): void {
  if (weight < f32At(best, c)) {
    setF32(best, c, weight);
    setI32(best, components + c, from);
    setI32(best, components * 2 + c, to);
  }
}

/** A round over the lists: each component's cheapest edge out. Returns how many slots lead out of their component. */
export function offerRows(
  first: usize, rows: usize, k: usize, indices: usize, distances: usize, alpha: f64,
  core: usize, component: usize, best: usize, components: usize,
): usize {
  let crossing: usize = 0;
  for (let r: usize = 0; r < rows; r++) {
    const i = first + r;
    const coreI = f32At(core, i);
    const own = i32At(component, i);
    for (let t: usize = r * k, stop = t + k; t < stop; t++) {
      const j = i32At(indices, t);
      if (j < 0) break;
      const other = i32At(component, j);
      if (other == own) continue;
      crossing++;
      const weight = reach(coreI, f32At(core, j), f32At(distances, t), alpha);
      offer(best, components, own, <i32>i, j, weight);
      offer(best, components, other, <i32>i, j, weight);
    }
  }
  return crossing;
}

/** The same, and keeps the slots that lead out, so that later rounds need not touch the lists. */
export function keepRows(
  first: usize, rows: usize, k: usize, indices: usize, distances: usize, alpha: f64,
  core: usize, component: usize, best: usize, components: usize, kept: usize, capacity: usize, count: usize,
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
      const weight = reach(coreI, f32At(core, j), f32At(distances, t), alpha);
      if (weight == <f32>Infinity) continue;
      offer(best, components, own, <i32>i, j, weight);
      offer(best, components, other, <i32>i, j, weight);
      note(kept, capacity, count++, <i32>i, j, weight);
    }
  }
  return count;
}

/** A round over kept edges; those inside a component are dropped on the way. Returns how many stay, from `write` on. */
export function offerKept(
  start: usize, end: usize, write: usize, kept: usize, capacity: usize,
  component: usize, best: usize, components: usize,
): usize {
  for (let e = start; e < end; e++) {
    const i = i32At(kept, e);
    const j = i32At(kept, capacity + e);
    const own = i32At(component, i);
    const other = i32At(component, j);
    if (own == other) continue;
    const weight = f32At(kept, capacity * 2 + e);
    offer(best, components, own, i, j, weight);
    offer(best, components, other, i, j, weight);
    note(kept, capacity, write++, i, j, weight);
  }
  return write;
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
