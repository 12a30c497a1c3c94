// The k nearest others of query rows, by a walk through the k-d tree. Rows within reach of a query are noted without a branch, by the square of
// their distance in float32; few more than are wanted are then measured and put in order. The query itself is among them.
//
// Results of a group in scratch, per member:
// | rows noted, int32 | `last`, int32 | 8 unused bytes | their squares, float32 | their numbers, int32: leaf · LEAF + place in the leaf |
// and after those of all members two columns of keys, of as many as one member's rows.
import { blockOf, LEAF, leafOf, leafStart, reachOf, rowAt, squareErrorOf, squaresToBox, Tree } from './kdtree';
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
import { keyIndex, keyValue, makeKey, sortKeys } from '../neighbors/keys';

/** For each set of four lanes, as bits: the bytes of its lanes, which `swizzle` moves to the front. */
const TO_FRONT = memory.data<u32>([
  0x03020100, 0x03020100, 0x03020100, 0x03020100, 0x03020100, 0x03020100, 0x03020100, 0x03020100,
  0x07060504, 0x03020100, 0x03020100, 0x03020100, 0x03020100, 0x07060504, 0x03020100, 0x03020100,
  0x0b0a0908, 0x03020100, 0x03020100, 0x03020100, 0x03020100, 0x0b0a0908, 0x03020100, 0x03020100,
  0x07060504, 0x0b0a0908, 0x03020100, 0x03020100, 0x03020100, 0x07060504, 0x0b0a0908, 0x03020100,
  0x0f0e0d0c, 0x03020100, 0x03020100, 0x03020100, 0x03020100, 0x0f0e0d0c, 0x03020100, 0x03020100,
  0x07060504, 0x0f0e0d0c, 0x03020100, 0x03020100, 0x03020100, 0x07060504, 0x0f0e0d0c, 0x03020100,
  0x0b0a0908, 0x0f0e0d0c, 0x03020100, 0x03020100, 0x03020100, 0x0b0a0908, 0x0f0e0d0c, 0x03020100,
  0x07060504, 0x0b0a0908, 0x0f0e0d0c, 0x03020100, 0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c,
]);

/** Bytes before a member's squares. */
const HEADER: usize = 16;
/** `last` of a member whose rows aren't the nearest ones in order, or whose last one is not at distance 0. */
const UNKNOWN: i32 = -1;
const NOT_ZERO: i32 = -2;
/** With a reach below this, every distance of the wanted rows may be 0. */
const NOTHING: f32 = 2e-37;
/** Rows up to which counting how many precede each is quicker than sorting. */
const FEW: i32 = 32;

/** Rows to find: the query is one of them, unless as many equal ones precede it. */
// @ts-ignore: decorator
@inline
function wantedOf(tree: Tree): i32 {
  return tree.k + 1;
}

/** Rows noted from which only the nearest are kept. */
// @ts-ignore: decorator
@inline
function mostOf(tree: Tree): i32 {
  return 2 * wantedOf(tree) + 8;
}

/**
 * Rows that fit: those of the leaves looked at first, which are less than four times those wanted or two leaves, and what a leaf adds to `mostOf`.
 */
// @ts-ignore: decorator
@inline
function capacityOf(tree: Tree): usize {
  return <usize>(4 * wantedOf(tree) + 3 * LEAF);
}

// @ts-ignore: decorator
@inline
function memberAt(tree: Tree, stack: usize, member: i32): usize {
  return resultsOf(tree, stack) + <usize>member * (HEADER + (capacityOf(tree) << 3));
}

// @ts-ignore: decorator
@inline
function keysOf(tree: Tree, stack: usize): usize {
  return memberAt(tree, stack, GROUP);
}

// @ts-ignore: decorator
@inline
function countAt(member: usize): i32 {
  return load<i32>(member);
}

// @ts-ignore: decorator
@inline
function rowOfId(tree: Tree, id: i32): i32 {
  return rowAt(tree, leafStart(tree, <i32>(<u32>id / LEAF)) + (id & (LEAF - 1)));
}

/** Notes those of four rows whose squares are within `reach`. Returns how many are noted now. */
// @ts-ignore: decorator
@inline
function note(squares: v128, ids: v128, reach: v128, toSquares: usize, toIds: usize, count: i32): i32 {
  const mask = i32x4.bitmask(f32x4.le(squares, reach));
  const order = v128.load(TO_FRONT + (<usize>mask << 4));
  const at = <usize>count << 2;
  v128.store(toSquares + at, i8x16.swizzle(squares, order));
  v128.store(toIds + at, i8x16.swizzle(ids, order));
  return count + popcnt(mask);
}

/** Notes the rows of a leaf within `reach`, a square. `query` are a member's numbers, in columns. */
function scanLeaf(tree: Tree, leaf: i32, query: usize, member: usize, reach: f32): i32 {
  const block = blockOf(tree, leaf);
  let a = f32x4.splat(0);
  let b = a;
  let c = a;
  let e = a;
  for (let t: usize = 0, end = <usize>tree.d * <usize>LEAF << 2; t < end; t += <usize>LEAF << 2) {
    const x = v128.load_splat<f32>(query + t);
    const ga = f32x4.sub(v128.load(block + t), x);
    const gb = f32x4.sub(v128.load(block + t, 16), x);
    const gc = f32x4.sub(v128.load(block + t, 32), x);
    const ge = f32x4.sub(v128.load(block + t, 48), x);
    a = f32x4.add(a, f32x4.mul(ga, ga));
    b = f32x4.add(b, f32x4.mul(gb, gb));
    c = f32x4.add(c, f32x4.mul(gc, gc));
    e = f32x4.add(e, f32x4.mul(ge, ge));
  }
  const squares = member + HEADER;
  const ids = squares + (capacityOf(tree) << 2);
  const most = f32x4.splat(reach);
  const first = i32x4.add(i32x4.splat(leaf * LEAF), i32x4(0, 1, 2, 3));
  let count = countAt(member);
  count = note(a, first, most, squares, ids, count);
  count = note(b, i32x4.add(first, i32x4.splat(4)), most, squares, ids, count);
  count = note(c, i32x4.add(first, i32x4.splat(8)), most, squares, ids, count);
  count = note(e, i32x4.add(first, i32x4.splat(12)), most, squares, ids, count);
  store<i32>(member, count);
  return count;
}

/** How many of a member's squares are `most` or less. Those after the last are NaN. */
function countWithin(squares: usize, end: usize, most: f32): i32 {
  const m = f32x4.splat(most);
  let sum = i32x4.splat(0);
  // What is within is −1.
  for (let at = squares; at < end; at += 16) sum = i32x4.sub(sum, f32x4.le(v128.load(at), m));
  const pair = i32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1));
  return i32x4.extract_lane(pair, 0) + i32x4.extract_lane(pair, 1);
}

/** Steps of the search for a reach at most: enough that hardly more rows than wanted are within. */
const STEPS: i32 = 24;
/** Rows more than wanted that needn't be told apart. */
const SPARE: i32 = 2;

/** A square that at least the wanted number of a member's rows, and hardly more, don't exceed; +∞ where it has fewer. A guess saves steps. */
function squareWithin(tree: Tree, member: usize, guess: f32): f32 {
  const wanted = wantedOf(tree);
  const squares = member + HEADER;
  const end = squares + (<usize>countAt(member) << 2);
  v128.store(end, f32x4.splat(<f32>NaN));
  const aim = <f32>wanted + <f32>SPARE / 2;
  let low: f32 = 0;
  let high = <f32>Infinity;
  let middle = guess;
  for (let step = 0; step < STEPS; step++) {
    const within = countWithin(squares, end, middle);
    if (within >= wanted) {
      if (within <= wanted + SPARE) return middle;
      high = middle;
    } else low = middle;
    if (step < 3 && within > 1) {
      // About as many rows in any area of this size.
      middle = min(middle * aim / <f32>within, middle * 4);
      if (middle > low && middle < high) continue;
    }
    if (high == <f32>Infinity) {
      if (low > 1e36) break;
      middle = low > 0 ? low * 4 : 1;
    } else if (low == 0) {
      if (step == 3 && countWithin(squares, end, 0) >= wanted) return 0;
      middle = step < 3 ? high / 4 : reinterpret<f32>(reinterpret<i32>(high) >> 1);
    } else if (high > low * 16) {
      // Where the bits of a number are halved its exponent is.
      middle = reinterpret<f32>((reinterpret<i32>(low) + reinterpret<i32>(high)) >> 1);
    } else {
      middle = (low + high) / 2;
      if (middle == high) break;
    }
  }
  return high;
}

/** Keeps a member's rows whose squares are within `reach`. */
function keepWithin(tree: Tree, member: usize, reach: f32): void {
  const squares = member + HEADER;
  const ids = squares + (capacityOf(tree) << 2);
  const most = f32x4.splat(reach);
  const bytes = <usize>countAt(member) << 2;
  let count = 0;
  for (let at: usize = 0; at < bytes; at += 16) {
    count = note(v128.load(squares + at), v128.load(ids + at), most, squares, ids, count);
  }
  store<i32>(member, count);
  store<i32>(member, UNKNOWN, 4);
}

/** Keeps a member's nearest rows, those wanted and few more. Returns its reach, which is not above `reach`. */
function keepNearest(tree: Tree, member: usize, reach: f32, guess: f32): f32 {
  const square = squareWithin(tree, member, guess);
  if (square == <f32>Infinity) {
    // Those after the last of a leaf are NaN: they go.
    keepWithin(tree, member, square);
    return reach;
  }
  const least = min(reach, reachOf(sqrt(<f64>square * squareErrorOf(tree.d) + 1e-37), tree.d));
  keepWithin(tree, member, least);
  return least;
}

// @ts-ignore: decorator
@inline
function columnOfId(tree: Tree, id: i32): usize {
  return blockOf(tree, <i32>(<u32>id / LEAF)) + (<usize>(id & (LEAF - 1)) << 2);
}

/** Writes the keys (distance, row) of a member's rows: distances as `distanceBetween`, two at a time. */
function measure(tree: Tree, query: usize, member: usize, keys: usize): void {
  const count = countAt(member);
  const ids = member + HEADER + (capacityOf(tree) << 2);
  // The one after the last is measured with it.
  store<i32>(ids + (<usize>count << 2), load<i32>(ids));
  for (let i = 0; i < count; i += 2) {
    const id = load<i32>(ids + (<usize>i << 2));
    const nextId = load<i32>(ids + (<usize>i << 2), 4);
    const one = columnOfId(tree, id);
    const next = columnOfId(tree, nextId);
    let sum = f64x2.splat(0);
    for (let t: usize = 0, end = <usize>tree.d * <usize>LEAF << 2; t < end; t += <usize>LEAF << 2) {
      const both = v128.load_lane<f32>(next + t, v128.load_splat<f32>(one + t), 1);
      const x = f64x2.splat(<f64>load<f32>(query + t));
      const gap = f64x2.sub(x, f64x2.promote_low_f32x4(both));
      sum = f64x2.add(sum, f64x2.mul(gap, gap));
    }
    const distances = f32x4.demote_f64x2_zero(f64x2.sqrt(sum));
    const at = keys + (<usize>i << 3);
    store<u64>(at, makeKey(f32x4.extract_lane(distances, 0), rowOfId(tree, id)));
    store<u64>(at, makeKey(f32x4.extract_lane(distances, 1), rowOfId(tree, nextId)), 8);
  }
}

/** Keeps exactly the wanted rows, in order, where more are as near in float32. Returns the reach. */
function keepWanted(tree: Tree, query: usize, member: usize, keys: usize, reach: f32): f32 {
  const wanted = wantedOf(tree);
  measure(tree, query, member, keys);
  sortKeys(keys, countAt(member));
  const squares = member + HEADER;
  const ids = squares + (capacityOf(tree) << 2);
  for (let i = 0; i < wanted; i++) {
    const key = load<u64>(keys + (<usize>i << 3));
    const distance = keyValue(key);
    const place = load<i32>(tree.places + (<usize>keyIndex(key) << 2));
    const leaf = leafOf(tree, place);
    store<f32>(squares + (<usize>i << 2), <f32>(<f64>distance * <f64>distance));
    store<i32>(ids + (<usize>i << 2), leaf * LEAF + place - leafStart(tree, leaf));
  }
  const last = load<u64>(keys + (<usize>(wanted - 1) << 3));
  store<i32>(member, wanted);
  store<i32>(member, keyValue(last) == 0 ? keyIndex(last) : NOT_ZERO, 4);
  return min(reach, reachOf(<f64>keyValue(last), tree.d));
}

/** Whether every member has as many rows as wanted at distance 0, all of them lower than those of the node: nothing in it can replace one. */
function isBeyond(tree: Tree, stack: usize, members: i32, node: i32): bool {
  const row = load<i32>(tree.nodeRow + (<usize>node << 2));
  const wanted = wantedOf(tree);
  for (let i = 0; i < members; i++) {
    const member = memberAt(tree, stack, i);
    const count = countAt(member);
    if (count < wanted) return false;
    if (count > wanted || load<i32>(member, 4) == UNKNOWN) {
      keepWanted(tree, columnsOf(tree, stack) + (<usize>i << 2), member, keysOf(tree, stack), 0);
    }
    const last = load<i32>(member, 4);
    if (last < 0 || row <= last) return false;
  }
  return true;
}

/** Compares every member with the rows of a leaf. Returns the largest reach (squared distance) of any member. */
function scanGroup(tree: Tree, leaf: i32, members: i32, stack: usize): f32 {
  const reaches = reachesOf(tree, stack);
  const columns = columnsOf(tree, stack);
  const most = mostOf(tree);
  let isNearer = false;
  for (let lane0 = 0; lane0 < members; lane0 += 4) {
    const four = <usize>lane0 << 2;
    let mask = i32x4.bitmask(f32x4.le(squaresToBox(tree, leaf, columns + four), v128.load(reaches + four)));
    while (mask) {
      const i = lane0 + ctz(mask);
      mask &= mask - 1;
      const at = <usize>i << 2;
      const member = memberAt(tree, stack, i);
      let reach = load<f32>(reaches + at);
      if (scanLeaf(tree, leaf, columns + at, member, reach) <= most) continue;
      reach = keepNearest(tree, member, reach, reach / 2);
      if (countAt(member) > most) reach = keepWanted(tree, columns + at, member, keysOf(tree, stack), reach);
      store<f32>(reaches + at, reach);
      isNearer = true;
    }
  }
  return isNearer ? farthestReach(tree, stack) : -1;
}

/**
 * Looks at all rows of leaves around the group's own, in number at least twice those wanted, for each member's first reach and rows. Returns
 * the node that they are below.
 */
function openGroup(tree: Tree, leaf: i32, members: i32, stack: usize): i32 {
  let top = leaf;
  let leaves = 1;
  while (top > 1 && (leaves == 1 || leaves * LEAF < 2 * wantedOf(tree))) {
    top >>= 1;
    leaves *= 2;
  }
  let guess: f32 = 0;
  for (let i = 0; i < members; i++) {
    const at = <usize>i << 2;
    const query = columnsOf(tree, stack) + at;
    const member = memberAt(tree, stack, i);
    store<i32>(member, 0);
    for (let next = top * leaves; next < (top + 1) * leaves; next++) scanLeaf(tree, next, query, member, <f32>Infinity);
    if (i == 0) guess = load<f32>(member + HEADER);
    const reach = keepNearest(tree, member, <f32>Infinity, guess);
    if (reach < <f32>Infinity) guess = reach;
    store<f32>(reachesOf(tree, stack) + at, reach);
  }
  return top;
}

/**
 * Writes the k nearest others of the chunk's 128 queries to their slots of `indices` and `distances`. Each group looks around its own leaf
 * first, then visits the sibling subtrees on the way up to the root.
 */
export function searchTree(chunk: i32, thread: i32, pointer: usize): void {
  const tree = changetype<Tree>(pointer);
  const stack = tree.scratch + <usize>thread * <usize>tree.scratchBytes;
  const end = min(tree.count, chunk * 128 + 128);
  for (let i = chunk * 128; i < end; ) {
    const leaf = leafOfQuery(tree, i);
    const members = gather(tree, i, end, leaf, stack);
    let node = openGroup(tree, leaf, members, stack);
    let reach = farthestReach(tree, stack);
    for (; node > 1; node >>= 1) {
      let top = push(tree, stack, 0, node ^ 1, reach);
      while (top > 0) {
        top--;
        if (distanceAt(stack, top) > reach) continue;
        const next = nodeAt(stack, top);
        // With all duplicates found, only lower rows rank before them. Without this, thousands of equal points would be visited.
        if (reach < NOTHING && isBeyond(tree, stack, members, next)) continue;
        if (next < tree.leaves) top = pushChildren(tree, stack, top, next, reach);
        else {
          const nearer = scanGroup(tree, next, members, stack);
          if (nearer >= 0) reach = nearer;
        }
      }
    }
    for (let member = 0; member < members; member++) writeNeighbors(tree, i + member, member, stack);
    i += members;
  }
}

/** Puts `count` keys in ascending order into another column. */
function inOrder(keys: usize, count: i32, sorted: usize): void {
  // One more of which no key is higher, so that two can be compared at once.
  store<u64>(keys + (<usize>count << 3), i64.MAX_VALUE);
  const end = keys + (<usize>count << 3);
  for (let at = keys; at < end; at += 8) {
    const key = v128.load_splat<u64>(at);
    let before = i64x2.splat(0);
    // The first bit of all keys is set, so signed numbers have their order.
    for (let other = keys; other < end; other += 16) before = i64x2.sub(before, i64x2.gt_s(key, v128.load(other)));
    const rank = <usize>(i64x2.extract_lane(before, 0) + i64x2.extract_lane(before, 1));
    store<u64>(sorted + (rank << 3), load<u64>(at));
  }
}

/** Writes a member's k nearest rows without itself, and their distances; −1 and +∞ where fewer were found. */
function writeNeighbors(tree: Tree, i: i32, number: i32, stack: usize): void {
  const k = tree.k;
  const key = queryKey(tree, i);
  const self = rowAt(tree, <i32>(key >> 32));
  const slot = <usize>(<u32>key) * <usize>k << 2;
  const member = memberAt(tree, stack, number);
  const query = columnsOf(tree, stack) + (<usize>number << 2);
  if (countAt(member) > wantedOf(tree) + SPARE) {
    const reach = load<f32>(reachesOf(tree, stack) + (<usize>number << 2));
    keepNearest(tree, member, reach, reach / 2);
  }
  const count = countAt(member);
  let sorted = keysOf(tree, stack);
  measure(tree, query, member, sorted);
  if (count <= FEW) {
    const keys = sorted;
    sorted += capacityOf(tree) << 3;
    inOrder(keys, count, sorted);
  } else sortKeys(sorted, count);
  let found = 0;
  for (let j = 0; j < count && found < k; j++) {
    const next = load<u64>(sorted + (<usize>j << 3));
    const at = slot + (<usize>found << 2);
    store<i32>(tree.indices + at, keyIndex(next));
    store<f32>(tree.distances + at, keyValue(next));
    found += <i32>(keyIndex(next) != self);
  }
  // The row itself may have been the last.
  for (; found < k; found++) {
    const at = slot + (<usize>found << 2);
    store<i32>(tree.indices + at, -1);
    store<f32>(tree.distances + at, <f32>Infinity);
  }
}
