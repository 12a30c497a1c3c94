// The k nearest others of query rows, by a walk through the k-d tree.
// Results of a group in scratch: | neighbours found per member, GROUP int32 | per member k keys (distance, row), sorted |
import {
  blockOf, distanceBetween, LEAF, leafStart, reachOf, rowAt, squareErrorOf, squaresBetween, squaresToBox, Tree,
} from './kdtree';
import {
  columnsOf,
  distanceAt,
  farthestReach,
  gather,
  GROUP,
  leafOfQuery,
  nodeAt,
  push,
  pushChildren,
  queryKey,
  reachesOf,
  resultsOf,
} from './group';
import { keyIndex, keyValue, makeKey } from '../neighbors/keys';

// @ts-ignore: decorator
@inline
function bestOf(tree: Tree, stack: usize, member: i32): usize {
  return resultsOf(tree, stack) + (<usize>GROUP << 2) + (<usize>member * <usize>tree.k << 3);
}

/**
 * Inserts the rows of a leaf within `reach`, a squared distance, into the k best keys of a query, except row `self`. Returns the
 * reach that is left: beyond it no row is among the k nearest.
 */
function scanLeaf(tree: Tree, leaf: i32, self: i32, query: usize, best: usize, countAt: usize, reach: f32): f32 {
  const d = tree.d;
  const k = tree.k;
  const start = leafStart(tree, leaf);
  const block = blockOf(tree, leaf);
  let count = load<i32>(countAt);
  for (let lane0 = 0; lane0 < LEAF; lane0 += 4) {
    const lanes = block + (<usize>lane0 << 2);
    let mask = i32x4.bitmask(f32x4.le(squaresBetween(query, lanes, d), f32x4.splat(reach)));
    while (mask) {
      const lane = ctz(mask);
      mask &= mask - 1;
      const row = rowAt(tree, start + lane0 + lane);
      if (row == self) continue;
      const key = makeKey(<f32>distanceBetween(query, lanes + (<usize>lane << 2), d), row);
      let at = count - 1;
      if (count < k) count++;
      else if (key > load<u64>(best + (<usize>at << 3))) continue;
      else at--;
      for (; at >= 0; at--) {
        const other = load<u64>(best + (<usize>at << 3));
        if (other < key) break;
        store<u64>(best + (<usize>(at + 1) << 3), other);
      }
      store<u64>(best + (<usize>(at + 1) << 3), key);
      if (count == k) reach = reachOf(<f64>keyValue(load<u64>(best + (<usize>(k - 1) << 3))), d);
    }
  }
  store<i32>(countAt, count);
  return reach;
}

/** Halvings of a first reach: enough that hardly more rows than wanted are within. */
const HALVINGS: i32 = 7;

/**
 * A reach within which k rows of the query's own leaf and its sibling lie; +∞ where these have fewer. Sorting rows in that nearer ones push out
 * again would take most of a search's time.
 */
function firstReach(tree: Tree, leaf: i32, query: usize): f32 {
  const d = tree.d;
  // The blocks of sibling leaves are adjacent. A tree of one leaf has no sibling.
  const blocks = blockOf(tree, leaf & ~1);
  const first = tree.leaves > 1 ? blocks : blockOf(tree, leaf);
  const bytes = <usize>d * <usize>LEAF << 2;
  const infinite = f32x4.splat(<f32>Infinity);
  const a = squaresBetween(query, first, d);
  const b = squaresBetween(query, first + 16, d);
  const c = squaresBetween(query, first + 32, d);
  const e = squaresBetween(query, first + 48, d);
  const second = tree.leaves > 1 ? first + bytes : first;
  let f = squaresBetween(query, second, d);
  let g = squaresBetween(query, second + 16, d);
  let h = squaresBetween(query, second + 32, d);
  let i = squaresBetween(query, second + 48, d);
  if (tree.leaves == 1) f = g = h = i = infinite;
  // The query itself is among them.
  const wanted = tree.k + 1;
  let high: f32 = 1e38;
  let low: f32 = 0;
  if (countWithin(a, b, c, e, f, g, h, i, high) < wanted) return <f32>Infinity;
  // Where the bits of a number are halved its exponent is, so the first steps are long ones.
  for (let step = 0; step < HALVINGS + 8; step++) {
    const middle = step < 8 ? reinterpret<f32>((reinterpret<i32>(low) + reinterpret<i32>(high)) >> 1) : (low + high) / 2;
    const count = countWithin(a, b, c, e, f, g, h, i, middle);
    if (count >= wanted) high = middle;
    else low = middle;
    if (count == wanted) break;
  }
  return reachOf(sqrt(<f64>high * squareErrorOf(d) + 1e-37), d);
}

function countWithin(a: v128, b: v128, c: v128, e: v128, f: v128, g: v128, h: v128, i: v128, most: f32): i32 {
  const m = f32x4.splat(most);
  // What is within is −1.
  const sum = i32x4.add(
    i32x4.add(i32x4.add(f32x4.le(a, m), f32x4.le(b, m)), i32x4.add(f32x4.le(c, m), f32x4.le(e, m))),
    i32x4.add(i32x4.add(f32x4.le(f, m), f32x4.le(g, m)), i32x4.add(f32x4.le(h, m), f32x4.le(i, m))),
  );
  const pair = i32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1));
  return -(i32x4.extract_lane(pair, 0) + i32x4.extract_lane(pair, 1));
}

/** With a reach below this, every k-th distance may be 0. */
const NOTHING: f32 = 2e-37;

/** Whether every member's k-th neighbour is at distance 0 and a lower row than all of the node's: nothing in it can replace one. */
function isBeyond(tree: Tree, stack: usize, members: i32, node: i32): bool {
  const row = load<i32>(tree.nodeRow + (<usize>node << 2));
  for (let member = 0; member < members; member++) {
    if (load<i32>(resultsOf(tree, stack) + (<usize>member << 2)) < tree.k) return false;
    const last = load<u64>(bestOf(tree, stack, member) + (<usize>(tree.k - 1) << 3));
    if (keyValue(last) != 0 || row <= keyIndex(last)) return false;
  }
  return true;
}

/** Compares every member with the rows of a leaf. Returns the largest reach (squared distance) of any member. */
function scanGroup(tree: Tree, leaf: i32, i: i32, members: i32, stack: usize): f32 {
  const reaches = reachesOf(tree, stack);
  const counts = resultsOf(tree, stack);
  const columns = columnsOf(tree, stack);
  for (let lane0 = 0; lane0 < members; lane0 += 4) {
    const four = <usize>lane0 << 2;
    let mask = i32x4.bitmask(f32x4.le(squaresToBox(tree, leaf, columns + four), v128.load(reaches + four)));
    while (mask) {
      const member = lane0 + ctz(mask);
      mask &= mask - 1;
      const at = <usize>member << 2;
      const self = rowAt(tree, <i32>(queryKey(tree, i + member) >> 32));
      const reach = load<f32>(reaches + at);
      store<f32>(reaches + at, scanLeaf(tree, leaf, self, columns + at, bestOf(tree, stack, member), counts + at, reach));
    }
  }
  return farthestReach(tree, stack);
}

/**
 * Writes the k nearest others of the chunk's 128 queries to their slots of `indices` and `distances`. Each group visits its own
 * leaf first, then the sibling subtrees on the way up to the root.
 */
export function searchTree(chunk: i32, thread: i32, pointer: usize): void {
  const tree = changetype<Tree>(pointer);
  const stack = tree.scratch + <usize>thread * <usize>tree.scratchBytes;
  const end = min(tree.count, chunk * 128 + 128);
  for (let i = chunk * 128; i < end; ) {
    let node = leafOfQuery(tree, i);
    const members = gather(tree, i, end, node, stack);
    for (let member = 0; member < members; member++) {
      const at = <usize>member << 2;
      store<i32>(resultsOf(tree, stack) + at, 0);
      store<f32>(reachesOf(tree, stack) + at, firstReach(tree, node, columnsOf(tree, stack) + at));
    }
    let reach = scanGroup(tree, node, i, members, stack);
    for (; node > 1; node >>= 1) {
      let top = push(tree, stack, 0, node ^ 1, reach);
      while (top > 0) {
        top--;
        if (distanceAt(stack, top) > reach) continue;
        const next = nodeAt(stack, top);
        // With k duplicates found, only lower rows rank before them. Without this, thousands of equal points would be visited.
        if (reach < NOTHING && isBeyond(tree, stack, members, next)) continue;
        if (next >= tree.leaves) reach = scanGroup(tree, next, i, members, stack);
        else top = pushChildren(tree, stack, top, next, reach);
      }
    }
    for (let member = 0; member < members; member++) writeNeighbors(tree, i + member, member, stack);
    i += members;
  }
}

/** Writes a member's k best keys as rows and distances; −1 and +∞ where fewer were found. */
function writeNeighbors(tree: Tree, i: i32, member: i32, stack: usize): void {
  const k = tree.k;
  const slot = <usize>(<u32>queryKey(tree, i)) * <usize>k << 2;
  const count = load<i32>(resultsOf(tree, stack) + (<usize>member << 2));
  const best = bestOf(tree, stack, member);
  for (let j = 0; j < k; j++) {
    const key = j < count ? load<u64>(best + (<usize>j << 3)) : 0;
    store<i32>(tree.indices + slot + (<usize>j << 2), j < count ? keyIndex(key) : -1);
    store<f32>(tree.distances + slot + (<usize>j << 2), j < count ? keyValue(key) : <f32>Infinity);
  }
}
