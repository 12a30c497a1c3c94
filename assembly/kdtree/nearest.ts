// The k nearest others of query rows, by a walk through the k-d tree.
// Results of a group in scratch: | neighbours found per member, GROUP int32 | per member k keys (distance, row), sorted |
import { blockOf, boxDistance, exactSquare, LEAF, leafStart, reachOf, rowAt, squaresOf, Tree } from './kdtree';
import {
  resultsOf,
  distanceAt,
  farthestReach,
  gather,
  GROUP,
  leafOfQuery,
  nodeAt,
  push,
  pushChildren,
  queryKey,
  queryOf,
  reachesOf,
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
    let mask = i32x4.bitmask(f32x4.le(squaresOf(query, lanes, d), f32x4.splat(reach)));
    while (mask) {
      const lane = ctz(mask);
      mask &= mask - 1;
      const row = rowAt(tree, start + lane0 + lane);
      if (row == self) continue;
      const key = makeKey(<f32>sqrt(exactSquare(query, lanes + (<usize>lane << 2), d)), row);
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

/** With a reach below this, every k-th distance may be 0. */
const NOTHING: f32 = 2e-37;

/** Whether every member's k-th neighbour is at distance 0 and a lower row than all of the node's: nothing in it can replace one. */
function isBeyond(tree: Tree, stack: usize, members: i32, node: i32): bool {
  const row = load<i32>(tree.nodeRow + (<usize>node << 2));
  for (let member = 0; member < members; member++) {
    const last = load<u64>(bestOf(tree, stack, member) + (<usize>(tree.k - 1) << 3));
    if (keyValue(last) != 0 || row <= keyIndex(last)) return false;
  }
  return true;
}

/** Compares every member with the rows of a leaf. Returns the largest reach (squared distance) of any member. */
function scanGroup(tree: Tree, leaf: i32, i: i32, members: i32, stack: usize): f32 {
  const reaches = reachesOf(tree, stack);
  const counts = resultsOf(tree, stack);
  for (let member = 0; member < members; member++) {
    const reachAt = reaches + (<usize>member << 2);
    const query = queryOf(tree, stack, member);
    const reach = load<f32>(reachAt);
    if (boxDistance(tree, leaf, query) > reach) continue;
    const self = rowAt(tree, <i32>(queryKey(tree, i + member) >> 32));
    const countAt = counts + (<usize>member << 2);
    store<f32>(reachAt, scanLeaf(tree, leaf, self, query, bestOf(tree, stack, member), countAt, reach));
  }
  return farthestReach(tree, stack, members);
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
      store<i32>(resultsOf(tree, stack) + (<usize>member << 2), 0);
      store<f32>(reachesOf(tree, stack) + (<usize>member << 2), <f32>Infinity);
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
