// Per component the lightest mutual-reachability edge out of it, by a walk of nodes of the k-d tree through the tree: a node whose rows
// are all of one component looks for edges as one (the dual trees of March, Ram and Gray 2010). Its weight is max(core of either row,
// distance / alpha) in float64; of equal weights the one with the lower row inside the component wins, then the lower other row, so
// that what is found doesn't depend on threads.
//
// Parameters used below:
//   all      pointer to what the thread has found, one Lightest per component; 0 where the edge of one row is wanted
//   best     the Lightest of the rows that look for edges, whose component is `own`
//   members  which rows of a leaf these are, one bit a row
import {
  blockOf, boxDistance, distanceBetween, LEAF, leafStart, reachOf, rowAt, squaresBetween, squaresToBox, Tree,
} from './kdtree';
import { boxOf, columnsOf, distanceAt, nodeAt, push, pushChildren } from './group';

/** Row of a Lightest without an edge. */
export const NO_ROW: i32 = i32.MAX_VALUE;

/** The lightest edge of a component that a thread has found, or of one row. */
@unmanaged
export class Lightest {
  /** 0: its weight; before there is an edge, the largest number below the limit. */
  weight: f64;
  /** 8: distance of its rows. */
  distance: f64;
  /** 16: its row in the component, NO_ROW without an edge. */
  from: i32;
  /** 20: the other row. */
  to: i32;
  /** 24: squared distance beyond which an edge weighs more. */
  reach: f32;
  unused: f32;
}

// @ts-ignore: decorator
@inline
function lightestOf(all: usize, component: i32): Lightest {
  return changetype<Lightest>(all + <usize>component * offsetof<Lightest>());
}

// @ts-ignore: decorator
@inline
function componentAt(tree: Tree, place: i32): i32 {
  return load<i32>(tree.placeComponent + (<usize>place << 2));
}

// @ts-ignore: decorator
@inline
function coreAt(tree: Tree, place: i32): f64 {
  return load<f64>(tree.placeCore + (<usize>place << 3));
}

// @ts-ignore: decorator
@inline
function componentOf(tree: Tree, node: i32): i32 {
  return load<i32>(tree.nodeComponent + (<usize>node << 2));
}

/** What an edge of a node's rows that is of use weighs at least. */
// @ts-ignore: decorator
@inline
function leastOf(tree: Tree, node: i32): f64 {
  return load<f64>(tree.nodeCore + (<usize>node << 3));
}

/** Sets the most that an edge of use weighs. */
export function setWeight(tree: Tree, best: Lightest, weight: f64): void {
  best.weight = weight;
  best.reach = weight < 0 ? -1 : reachOf(weight * tree.alpha * (1 + 1.0 / 8388608.0), tree.d);
}

/** Sets up what each of the threads finds: edges that weigh less than `limits` (float64 per component), none where that is 0 or less. */
export function openLightest(pointer: usize, threads: i32): void {
  const tree = changetype<Tree>(pointer);
  for (let at = 0; at < threads * tree.components; at++) {
    const best = lightestOf(tree.lightest, at);
    const limit = load<f64>(tree.limits + (<usize>(at % tree.components) << 3));
    best.from = NO_ROW;
    best.to = NO_ROW;
    best.distance = Infinity;
    setWeight(tree, best, limit > 0 ? reinterpret<f64>(reinterpret<u64>(limit) - 1) : -1);
  }
}

/** Writes per component the lightest edge that any thread has found: `from`, `to` (int32, `from` −1 for none) and `distances` (float64). */
export function closeLightest(pointer: usize, threads: i32, from: usize, to: usize, distances: usize): void {
  const tree = changetype<Tree>(pointer);
  for (let c = 0; c < tree.components; c++) {
    const best = lightestOf(tree.lightest, c);
    for (let thread = 1; thread < threads; thread++) {
      const other = lightestOf(tree.lightest, thread * tree.components + c);
      if (other.from != NO_ROW) offer(tree, best, other.weight, other.from, other.to, other.distance);
    }
    store<i32>(from + (<usize>c << 2), best.from == NO_ROW ? -1 : best.from);
    store<i32>(to + (<usize>c << 2), best.to);
    store<f64>(distances + (<usize>c << 3), best.distance);
  }
}

function offer(tree: Tree, best: Lightest, weight: f64, from: i32, to: i32, distance: f64): void {
  if (weight > best.weight) return;
  if (weight == best.weight && (from > best.from || (from == best.from && to > best.to))) return;
  best.from = from;
  best.to = to;
  best.distance = distance;
  if (weight < best.weight) setWeight(tree, best, weight);
}

/** Looks for edges of the rows of node `first + chunk`. */
export function searchLightest(chunk: i32, thread: i32, pointer: usize, first: i32): void {
  const tree = changetype<Tree>(pointer);
  const all = tree.lightest + <usize>thread * <usize>tree.components * offsetof<Lightest>();
  const stack = tree.scratch + <usize>thread * <usize>tree.scratchBytes;
  searchBelow(tree, first + chunk, all, stack);
}

function searchBelow(tree: Tree, node: i32, all: usize, stack: usize): void {
  const own = componentOf(tree, node);
  if (own >= 0) {
    const bytes = <usize>tree.width << 3;
    memory.copy(boxOf(stack), tree.boxes + <usize>node * bytes, bytes);
    walk(tree, node, own, 0, lightestOf(all, own), all, stack);
  } else if (node < tree.leaves) {
    searchBelow(tree, node * 2, all, stack);
    searchBelow(tree, node * 2 + 1, all, stack);
  } else searchMixed(tree, node, all, stack);
}

/** Looks for edges of the rows of a leaf of several components: of one component after the other. */
function searchMixed(tree: Tree, leaf: i32, all: usize, stack: usize): void {
  const start = leafStart(tree, leaf);
  const count = leafStart(tree, leaf + 1) - start;
  for (let open = (1 << count) - 1; open; ) {
    const own = componentAt(tree, start + ctz(open));
    const best = lightestOf(all, own);
    let members = 0;
    for (let at = 0; at < count; at++) {
      if (componentAt(tree, start + at) != own) continue;
      open &= ~(1 << at);
      if (coreAt(tree, start + at) <= best.weight) members |= 1 << at;
    }
    if (members && leastOf(tree, leaf) <= best.weight) searchMembers(tree, leaf, own, members, best, all, stack);
  }
}

/** Looks for edges of rows of a leaf, those with a bit in `members`, which are of component `own`. */
export function searchMembers(
  tree: Tree, leaf: i32, own: i32, members: i32, best: Lightest, all: usize, stack: usize,
): void {
  boundMembers(tree, leaf, members, boxOf(stack));
  compareMembers(tree, leaf, members, leaf, best, all);
  walk(tree, leaf, own, members, best, all, stack);
}

/** Writes the box around some rows of a leaf. */
function boundMembers(tree: Tree, leaf: i32, members: i32, box: usize): void {
  const bytes = <usize>tree.width << 2;
  const points = blockOf(tree, leaf);
  memory.fill(box, 0, bytes << 1);
  for (let t: usize = 0, d = <usize>tree.d << 2; t < d; t += 4) {
    let low = <f32>Infinity;
    let high = <f32>-Infinity;
    for (let left = members; left; left &= left - 1) {
      const x = load<f32>(points + t * <usize>LEAF + (<usize>ctz(left) << 2));
      low = min(low, x);
      high = max(high, x);
    }
    store<f32>(box + t, low);
    store<f32>(box + bytes + t, high);
  }
}

/**
 * Compares rows of component `own`, which lie in the box of `stack`, with all others: the sibling subtrees on the way up to the root. They are
 * all rows of node `q`, or where `members` isn't 0 those of leaf `q` with a bit there.
 */
function walk(
  tree: Tree, q: i32, own: i32, members: i32, best: Lightest, all: usize, stack: usize,
): void {
  if (leastOf(tree, q) > best.weight) return;
  for (let node = q; node > 1; node >>= 1) {
    if (componentOf(tree, node ^ 1) == own) continue;
    let top = push(tree, stack, 0, node ^ 1, best.reach);
    while (top > 0) {
      top--;
      if (distanceAt(stack, top) > best.reach) continue;
      const next = nodeAt(stack, top);
      if (componentOf(tree, next) == own || leastOf(tree, next) > best.weight) continue;
      if (next < tree.leaves) top = pushChildren(tree, stack, top, next, best.reach);
      else if (members) compareMembers(tree, q, members, next, best, all);
      else compareWithNode(tree, q, own, next, best, all, stack);
    }
  }
}

/** Compares the rows of a leaf that are not of component `own` with those of a node that are. */
function compareWithNode(
  tree: Tree, q: i32, own: i32, leaf: i32, best: Lightest, all: usize, stack: usize,
): void {
  const start = leafStart(tree, leaf);
  const points = blockOf(tree, leaf);
  for (let lane0 = 0; lane0 < LEAF; lane0 += 4) {
    const gaps = squaresToBox(tree, q, points + (<usize>lane0 << 2));
    let mask = i32x4.bitmask(f32x4.le(gaps, f32x4.splat(best.reach)));
    while (mask) {
      const lane = lane0 + ctz(mask);
      mask &= mask - 1;
      const place = start + lane;
      const component = componentAt(tree, place);
      if (component == own || coreAt(tree, place) > best.weight) continue;
      const query = columnsOf(tree, stack);
      memory.fill(query, 0, <usize>tree.width << 2);
      memory.copy(query, tree.data + (<usize>rowAt(tree, place) * <usize>tree.d << 2), <usize>tree.d << 2);
      compareBelow(tree, q, place, query, points + (<usize>lane << 2), best, all);
    }
  }
}

/** Compares the rows of a node with one of another component, whose numbers are at `query`, and at `column` of its leaf's block. */
function compareBelow(tree: Tree, q: i32, place: i32, query: usize, column: usize, best: Lightest, all: usize): void {
  if (leastOf(tree, q) > best.weight || boxDistance(tree, q, query) > best.reach) return;
  if (q >= tree.leaves) {
    compareRow(tree, place, column, componentAt(tree, place), best, q, all);
    return;
  }
  compareBelow(tree, q * 2, place, query, column, best, all);
  compareBelow(tree, q * 2 + 1, place, query, column, best, all);
}

/** Compares rows of leaf `q`, those with a bit in `members`, with those of another one, or its own. */
function compareMembers(tree: Tree, q: i32, members: i32, leaf: i32, best: Lightest, all: usize): void {
  const points = blockOf(tree, q);
  for (let lane0 = 0; lane0 < LEAF; lane0 += 4) {
    const four = (members >> lane0) & 15;
    if (four == 0) continue;
    const gaps = squaresToBox(tree, leaf, points + (<usize>lane0 << 2));
    let mask = four & i32x4.bitmask(f32x4.le(gaps, f32x4.splat(best.reach)));
    while (mask) {
      const lane = lane0 + ctz(mask);
      mask &= mask - 1;
      const place = leafStart(tree, q) + lane;
      if (coreAt(tree, place) > best.weight) continue;
      compareRow(tree, place, points + (<usize>lane << 2), componentAt(tree, place), best, leaf, all);
    }
  }
}

/** Compares a row, whose numbers are at `query`, a block's, with those of a leaf that are as near as an edge of use to `best` is. */
function compareRow(
  tree: Tree, place: i32, query: usize, component: i32, best: Lightest, leaf: i32, all: usize,
): void {
  const d = tree.d;
  const row = rowAt(tree, place);
  const core = coreAt(tree, place);
  const start = leafStart(tree, leaf);
  const block = blockOf(tree, leaf);
  for (let lane0 = 0; lane0 < LEAF; lane0 += 4) {
    const lanes = block + (<usize>lane0 << 2);
    let mask = i32x4.bitmask(f32x4.le(squaresBetween(query, lanes, d), f32x4.splat(best.reach)));
    while (mask) {
      const lane = ctz(mask);
      mask &= mask - 1;
      const other = start + lane0 + lane;
      const theirs = componentAt(tree, other);
      if (theirs == component) continue;
      const floor = max(core, coreAt(tree, other));
      if (floor > best.weight) continue;
      const distance = distanceBetween(query, lanes + (<usize>lane << 2), d);
      const weight = max(floor, distance / tree.alpha);
      const end = rowAt(tree, other);
      if (all) {
        // It is offered to both components.
        offer(tree, lightestOf(all, component), weight, row, end, distance);
        offer(tree, lightestOf(all, theirs), weight, end, row, distance);
      } else offer(tree, best, weight, row, end, distance);
    }
  }
}
