// Query rows of one leaf (the members of a group) walk the tree together: a node beyond the reach of their common bounding box
// is beyond the reach of each. A reach is the squared distance beyond which a member needs no more rows.
//
// Scratch of a thread, at pointer `stack`:
// | stack, 64 × (node int32, squared distance float32) | common box, (low, high) × width float32 | reaches, GROUP float32 |
// | queries as in a leaf's block, width × GROUP float32, NaN after the last | results, GROUP of what the search defines |
import { blockOf, boxGap, LEAF, leafOf, leafStart, rowAt, Tree } from './kdtree';

/** The most members of a group. */
export const GROUP: i32 = LEAF;
const BOX: usize = 64 * 8;

// @ts-ignore: decorator
@inline
export function boxOf(stack: usize): usize {
  return stack + BOX;
}

// @ts-ignore: decorator
@inline
export function reachesOf(tree: Tree, stack: usize): usize {
  return stack + BOX + (<usize>tree.width << 3);
}

/** Pointer to the queries' numbers, dimension by dimension. */
// @ts-ignore: decorator
@inline
export function columnsOf(tree: Tree, stack: usize): usize {
  return reachesOf(tree, stack) + (<usize>GROUP << 2);
}

/** Pointer to the results of a group's members. */
// @ts-ignore: decorator
@inline
export function resultsOf(tree: Tree, stack: usize): usize {
  return columnsOf(tree, stack) + (<usize>tree.width * <usize>GROUP << 2);
}

/** Query number i: place of its row in tree order in the upper 32 bits, slot of its result in the lower. */
// @ts-ignore: decorator
@inline
export function queryKey(tree: Tree, i: i32): u64 {
  if (tree.order) return load<u64>(tree.order + (<usize>i << 3));
  return (<u64>i << 32) | <u64>rowAt(tree, i);
}

/**
 * Forms a group of the queries from number i on that lie in `leaf`, at most GROUP and before `end`. Writes their coordinates and
 * common box to scratch; returns how many they are.
 */
export function gather(tree: Tree, i: i32, end: i32, leaf: i32, stack: usize): i32 {
  const bytes = <usize>tree.width << 2;
  const box = boxOf(stack);
  const first = leafStart(tree, leaf);
  const last = leafStart(tree, leaf + 1);
  const block = blockOf(tree, leaf);
  const columns = columnsOf(tree, stack);
  memory.fill(columns, 0xff, <usize>tree.width * <usize>GROUP << 2);
  memory.fill(reachesOf(tree, stack), 0xff, <usize>GROUP << 2);
  memory.fill(box, 0, bytes << 1);
  let members = 0;
  for (; i < end && members < GROUP; i++) {
    const place = <i32>(queryKey(tree, i) >> 32);
    if (place >= last) break;
    for (let t: usize = 0; t < <usize>tree.d << 2; t += 4) {
      const x = load<f32>(block + t * <usize>LEAF + (<usize>(place - first) << 2));
      store<f32>(columns + t * <usize>GROUP + (<usize>members << 2), x);
      store<f32>(box + t, members ? min(load<f32>(box + t), x) : x);
      store<f32>(box + bytes + t, members ? max(load<f32>(box + bytes + t), x) : x);
    }
    members++;
  }
  return members;
}

// @ts-ignore: decorator
@inline
/** The leaf that holds the row of query number i. */
export function leafOfQuery(tree: Tree, i: i32): i32 {
  return leafOf(tree, <i32>(queryKey(tree, i) >> 32));
}

/** Squared distance between the common box and a node's box; never more than a member's `boxDistance` to the node. */
// @ts-ignore: decorator
@inline
function gapOf(tree: Tree, node: i32, common: usize): f32 {
  return boxGap(tree, node, common, common + (<usize>tree.width << 2));
}

// @ts-ignore: decorator
@inline
export function nodeAt(stack: usize, top: i32): i32 {
  return load<i32>(stack + (<usize>top << 3));
}

// @ts-ignore: decorator
@inline
export function distanceAt(stack: usize, top: i32): f32 {
  return load<f32>(stack + (<usize>top << 3) + 4);
}

// @ts-ignore: decorator
@inline
function pushAt(stack: usize, top: i32, node: i32, distance: f32): void {
  store<i32>(stack + (<usize>top << 3), node);
  store<f32>(stack + (<usize>top << 3) + 4, distance);
}

// @ts-ignore: decorator
@inline
/** Pushes a node if it is within reach. Returns the new top of the stack. */
export function push(tree: Tree, stack: usize, top: i32, node: i32, reach: f32): i32 {
  const distance = gapOf(tree, node, boxOf(stack));
  if (distance > reach) return top;
  pushAt(stack, top, node, distance);
  return top + 1;
}

/** Pushes the children of a node that are within reach, the nearer one last. Returns the new top of the stack. */
// @ts-ignore: decorator
@inline
export function pushChildren(tree: Tree, stack: usize, top: i32, node: i32, reach: f32): i32 {
  const common = boxOf(stack);
  const left = node * 2;
  const distanceLeft = gapOf(tree, left, common);
  const distanceRight = gapOf(tree, left + 1, common);
  const isLeftNearer = distanceLeft <= distanceRight;
  const far = isLeftNearer ? distanceRight : distanceLeft;
  const near = isLeftNearer ? distanceLeft : distanceRight;
  if (far <= reach) pushAt(stack, top++, isLeftNearer ? left + 1 : left, far);
  if (near <= reach) pushAt(stack, top++, isLeftNearer ? left : left + 1, near);
  return top;
}

/** The largest reach of any member. Of places after the last it is NaN, which `pmax` passes over. */
export function farthestReach(tree: Tree, stack: usize): f32 {
  const reaches = reachesOf(tree, stack);
  let most = f32x4.splat(0);
  for (let at: usize = 0; at < <usize>GROUP << 2; at += 16) most = f32x4.pmax(most, v128.load(reaches + at));
  const pair = f32x4.max(most, v128.shuffle<i32>(most, most, 2, 3, 0, 1));
  return max(f32x4.extract_lane(pair, 0), f32x4.extract_lane(pair, 1));
}
