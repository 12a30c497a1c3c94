// Borůvka's minimum spanning tree of the mutual reachability graph, from the neighbour lists and the edges that scans found. The
// rounds are
// driven by src/hdbscan/spanning-tree.ts: `joinCores` is the first; each later one offers edges to `best` and ends in `joinBest`.
//
// Terms used below:
//   list       the neighbours of a row: k slots of `indices` (int32; −1: empty, then to the end) and `distances` (float32),
//              sorted by distance, never the row itself. Lists come in blocks of `rows` rows from row `first` on: `indices` and
//              `distances` begin with row `first`, all other columns with row 0.
//   component  int32 per row: number of the row's component, 0 to components − 1
//   key        a float32 number that stands for a weight; two keys that are `slack` or more float32 steps apart are in the order
//              of their weights, closer ones leave that to the float64 weights (weight.ts)
//   core       key of a row's core distance
//   best       per component its cheapest known edge to another component (layout at the end of weight.ts)
// All pointers are byte addresses. Names that end in _ are local copies of globals, which would be loaded at every use.
//
// Ties are harmless: any cheapest edge out of a component is in some minimum spanning tree. Where several components choose
// at once, a cycle of choices can only have equal weights, so the edge that would close it can be left out.
import { f32At, f64At, i32At, setF32, setF64, setI32 } from './memory';
import { find } from './union-find';
import { certainlyFrom, core, exactBest, exactCore, exactsOf, keyOf, largerCore, slack, stepsAbove, weigh } from './weight';

// Writes edge `at` of the tree. Its edges are three columns: | from i32 | to i32 | key f32 |, each `capacity` long.
// @ts-ignore: decorator
@inline function note(edges: usize, capacity: usize, at: usize, from: i32, to: i32, key: f32): void {
  setI32(edges, at, from);
  setI32(edges, capacity + at, to);
  setF32(edges, capacity * 2 + at, key);
}

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
 * Whether d / α may be the largest part of an edge's weight, by its key `d` and the key `reach` of the larger core distance of its
 * two rows. False only where the keys decide that it isn't.
 */
// @ts-ignore: decorator
@inline function mayDecide(d: f32, reach: f32, slack: i32): bool {
  return stepsAbove(d, reach) > -slack;
}

/**
 * The first round, which finds most of the tree: joins each row i to the first listed j with d(i, j) / α ≤ core i that comes before
 * it by core distance, or by number where these are equal. That edge weighs core i, and no edge at i weighs less. At most one edge per
 * row, and none that closes a cycle, since each leads to a row that comes before. joined[i] becomes j, or −1 where no edge was taken;
 * parent[i] becomes j or i: a union-find over all rows, as a forest.
 *
 * Both conditions are decided by keys where these are far enough apart, else in float64. The list is sorted, so the first slot that
 * is certainly farther than core i ends it.
 */
export function joinCores(
  first: usize, rows: usize, k: usize, indices: usize, distances: usize, parent: usize, joined: usize,
): void {
  for (let r: usize = 0; r < rows; r++) {
    const i = first + r;
    const list = r * k;
    // Which of the first slots it is can't be predicted, and waiting for core distances takes long: the first four are compared
    // without a branch where keys are the weights.
    let to: i32 = -1;
    if (k < 4 || slack) to = joinRow(i, list, list + k, indices, distances);
    else {
      const bits = beforeIn(i, indices + (list << 2), distances + (list << 2));
      to = bits ? i32At(indices, list + <usize>ctz(bits)) : joinRow(i, list + 4, list + k, indices, distances);
    }
    setI32(joined, i, to);
    setI32(parent, i, to < 0 ? <i32>i : to);
  }
}

/** Which of the four slots from `list` and `far` on hold a row that comes before i and isn't farther than core i, as bits; slack 0. */
// @ts-ignore: decorator
@inline function beforeIn(i: usize, list: usize, far: usize): i32 {
  const own = f32At(core, i);
  const others = v128.load(list);
  // Of an empty slot, −1, this reads what stands before the column.
  let cores = v128.load_zero<f32>(core + (<usize>load<i32>(list) << 2));
  cores = v128.load_lane<f32>(core + (<usize>load<i32>(list, 4) << 2), cores, 1);
  cores = v128.load_lane<f32>(core + (<usize>load<i32>(list, 8) << 2), cores, 2);
  cores = v128.load_lane<f32>(core + (<usize>load<i32>(list, 12) << 2), cores, 3);
  const owns = f32x4.splat(own);
  const isFirst = v128.and(f32x4.eq(cores, owns), i32x4.lt_s(others, i32x4.splat(<i32>i)));
  const isBefore = v128.or(f32x4.lt(cores, owns), isFirst);
  const distances = v128.load(far);
  const isNear = f32x4.le(distances, owns);
  // Nothing is nearer than +∞ that an edge of this weight could join.
  const isListed = own == <f32>Infinity ? 0 : ~i32x4.bitmask(others);
  return i32x4.bitmask(v128.and(isBefore, isNear)) & isListed;
}

/** The row that `joinCores` joins row i to, among slots t … stop − 1; −1 for none. */
function joinRow(i: usize, t: usize, stop: usize, indices: usize, distances: usize): i32 {
  const slack_ = slack;
  const core_ = core;
  // So many steps above, a key certainly means a larger number. With slack 0 keys are the numbers, so one step does.
  const least = max(slack_, 1);
  const coreI = f32At(core_, i);
  if (coreI == <f32>Infinity) return -1;
  for (; t < stop; t++) {
    const j = i32At(indices, t);
    if (j < 0) break;
    const far = stepsAbove(keyOf(f32At(distances, t)), coreI);
    if (far >= least) break;
    const coreAbove = stepsAbove(f32At(core_, j), coreI);
    if (coreAbove >= least) continue;
    if (slack_) {
      if (coreAbove > -slack_) {
        const x = f64At(exactCore, j);
        const y = f64At(exactCore, i);
        if (x > y || (x == y && <usize>j > i)) continue;
      }
      if (far > -slack_ && weigh(<i32>i, j) > f64At(exactCore, i)) continue;
    } else if (coreAbove == 0 && <usize>j > i) continue;
    return j;
  }
  return -1;
}

/**
 * Writes the edge (from, to) to `best` as component c's cheapest if it weighs less than the one there. Equal weights: the
 * earlier one stays.
 *
 * `exact` is its float64 weight where that is known, NaN elsewhere. It is then found only if keys don't decide: as the larger
 * core distance, or by the host (`weigh`) where `isByDistance`: d / α may be at least that (see `mayDecide`).
 */
// @ts-ignore: decorator
@inline function offer(
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
function offerBoth(
  best: usize, components: usize, own: i32, other: i32, from: i32, to: i32, key: f32, isByDistance: bool, exact: f64,
): void {
  const slack_ = slack;
  for (let side = 0; side < 2; side++) {
    offer(best, components, side ? other : own, from, to, key, isByDistance, exact, slack_);
  }
}

/** Which of the four slots from address `at` on lead out of component `own`, given four times, as bits; not empty slots. */
// @ts-ignore: decorator
@inline function foreignOf(at: usize, component: usize, own: v128): i32 {
  const others = v128.load(at);
  // Of an empty slot, −1, this reads what stands before the column.
  let found = v128.load_zero<i32>(component + (<usize>load<i32>(at) << 2));
  found = v128.load_lane<i32>(component + (<usize>load<i32>(at, 4) << 2), found, 1);
  found = v128.load_lane<i32>(component + (<usize>load<i32>(at, 8) << 2), found, 2);
  found = v128.load_lane<i32>(component + (<usize>load<i32>(at, 12) << 2), found, 3);
  return i32x4.bitmask(i32x4.ne(found, own)) & ~i32x4.bitmask(others);
}

/**
 * A round over the lists in which each row offers edges to its own component only, for lists where an edge that only the other
 * row lists weighs as much as an unlisted one (`areMutual`): the caller takes such edges for unlisted until it looks at both sides.
 *
 * Most rows end at once: no edge at row i weighs less than core i, and none from slot t on less than its distance.
 * inside[i] (u8, 255 at most) counts the first slots of row i that lead to its own component, which are never looked at again.
 * `active` is scratch, two i32 per row of the block.
 */
export function offerOwn(
  first: usize, rows: usize, k: usize, indices: usize, distances: usize,
  component: usize, best: usize, components: usize, inside: usize, active: usize,
): void {
  const slack_ = slack;
  const core_ = core;
  // Which rows go on, and at which slot, can't be predicted, and waiting for components takes long. So three loops, of which the
  // first two take no branch.
  let count: usize = 0;
  for (let r: usize = 0; r < rows; r++) {
    const i = first + r;
    setI32(active, count << 1, <i32>r);
    // Without an edge yet the limit is NaN where slack isn't 0: then every row goes on.
    count += <usize>!(f32At(core_, i) >= certainlyFrom(f32At(best, i32At(component, i)), slack_));
  }
  for (let at: usize = 0; at < count && k >= 4; at++) {
    const r = <usize>i32At(active, at << 1);
    const i = first + r;
    const t = r * k + min(<usize>load<u8>(inside + i), k - 4);
    setI32(active, (at << 1) + 1, foreignOf(indices + (t << 2), component, i32x4.splat(i32At(component, i))));
  }
  for (let at: usize = 0; at < count; at++) {
    const r = <usize>i32At(active, at << 1);
    const i = first + r;
    const own = i32At(component, i);
    const base = r * k;
    const stop = base + k;
    let t = base + <usize>load<u8>(inside + i);
    const foreign = k >= 4 ? i32At(active, (at << 1) + 1) : 0;
    if (foreign) t = min(t, stop - 4) + <usize>ctz(foreign);
    else t = pastInside(k >= 4 ? min(t, stop - 4) + 4 : t, stop, own, indices, component);
    store<u8>(inside + i, <u8>min(t - base, 255));
    const coreI = f32At(core_, i);
    let limit = certainlyFrom(f32At(best, own), slack_);
    for (; t < stop && !(coreI >= limit); t++) {
      const j = i32At(indices, t);
      if (j < 0) break;
      const d = keyOf(f32At(distances, t));
      if (d >= limit) break;
      const other = i32At(component, j);
      if (other == own) continue;
      const reach = max<f32>(coreI, f32At(core_, j));
      offer(best, components, own, <i32>i, j, max<f32>(reach, d), mayDecide(d, reach, slack_), NaN, slack_);
      limit = certainlyFrom(f32At(best, own), slack_);
    }
  }
}

/** The first of slots t … stop that leads out of component `own`, or is empty. */
function pastInside(t: usize, stop: usize, own: i32, indices: usize, component: usize): usize {
  const owns = i32x4.splat(own);
  while (t + 4 <= stop) {
    const foreign = foreignOf(indices + (t << 2), component, owns);
    if (foreign) return t + <usize>ctz(foreign);
    t += 4;
  }
  while (t < stop && i32At(indices, t) >= 0 && i32At(component, i32At(indices, t)) == own) t++;
  return t;
}

/**
 * A round over the lists: offers each listed edge between two components to both of them.
 *
 * The processor can't predict which slots lead to another component, but nearly every edge is too heavy for both sides, which
 * it can predict. So one branch tests both, with `|` and `&`. max(d, core i) ≥ a is written as two comparisons: core j can only
 * make the weight larger, and is looked at where the test doesn't end it.
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
      const isByDistance = mayDecide(d, reach, slack_);
      offerBoth(best, components, own, other, <i32>i, j, key, isByDistance, NaN);
    }
  }
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
  // A certainly lighter edge replaces the kept one of this pair; where keys don't decide, both are kept.
  const isReplaced = isKnown && stepsAbove(key, load<f32>(pair, 8)) <= -slack_;
  const at = isReplaced ? <usize>load<i32>(pair, 12) : count;
  if (!isReplaced) count++;
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
    offerBoth(best, components, own, other, i, j, key, mark < 0, NaN);
    keep(kept, write++, mark, j, key);
  }
  return write;
}

/**
 * Offers the edges that scans found for rows start … end − 1 to the components of both their rows. foreign[row] (int32) is the
 * other end, −1 for none; floor[row] the key; exactFloor[row] the float64 weight, read where slack isn't 0. foreign[row] is set
 * to −1 once both ends are in one component.
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
    offerBoth(best, components, a, b, <i32>row, other, f32At(floor, row), true, exact);
  }
}

/**
 * Ends a round: joins the components start … end − 1 by their cheapest edges and appends these to the tree. Components without
 * an edge (key +∞) or with uncertain rows are left as they are: uncertain[c] (int32) counts the rows of c at which an unlisted
 * edge could be cheaper; `uncertain` 0 means none anywhere. `parents` is a union-find over components, identity at first. `count`
 * is the number of edges of the tree before; returns the number after.
 */
export function joinBest(
  start: usize, end: usize, component: usize, best: usize, components: usize, uncertain: usize, parents: usize,
  edges: usize, capacity: usize, count: usize,
): usize {
  for (let c = start; c < end; c++) {
    const key = f32At(best, c);
    if (key == <f32>Infinity || (uncertain && i32At(uncertain, c) > 0)) continue;
    const from = i32At(best, components + c);
    const to = i32At(best, components * 2 + c);
    const a = find(parents, <usize>i32At(component, from));
    const b = find(parents, <usize>i32At(component, to));
    if (a == b) continue;
    setI32(parents, max(a, b), <i32>min(a, b));
    note(edges, capacity, count++, from, to, key);
  }
  return count;
}
