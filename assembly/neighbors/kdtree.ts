// A balanced k-d tree. Nodes are numbered as in a heap: 1 is the root, 2i and 2i + 1 are the children of i, the
// last `leaves` (a power of two) are the leaves. A node's places [start, end) are halved for its children, so
// ranges need no storage. Every node has a tight box; a leaf holds its points dimension by dimension:
// | leaf 0: x of LEAF points, y of LEAF points, … | leaf 1 … |, NaN after the last point.
import { squareAbove } from './distance';
import { keyIndex, keyValue, makeKey, selectSmallest } from './keys';

/** Points of a leaf at most. */
export const LEAF: i32 = 16;
/** Points looked at to find the widest dimension of a node. */
const SAMPLE: i32 = 512;

/** Written by the host at the same offsets (src/neighbors/kdtree.ts). */
@unmanaged
export class Tree {
  /** 0: n × d float32. */
  data: usize;
  /** 4 */
  n: i32;
  /** 8 */
  d: i32;
  /** 12: d rounded up to a multiple of 4. */
  width: i32;
  /** 16: a power of two. */
  leaves: i32;
  /** 20: n keys in tree order, the lower half is the row. */
  keys: usize;
  /** 24: place of every row in that order, int32. */
  places: usize;
  /** 28: leaves × d × LEAF float32. */
  blocks: usize;
  /** 32: 2 · leaves × (low, high) × width float32. */
  boxes: usize;
  /** 36: scratch of every thread: stack, query, k nearest. */
  scratch: usize;
  /** 40: its bytes. */
  scratchBytes: i32;
  /** 44: neighbours asked for. */
  k: i32;
  /** 48: how many ask. */
  count: i32;
  /** 52: count keys (place, slot), sorted, of who asks; 0 when all rows ask, slot = row. */
  order: usize;
  /** 56: slots × k int32. */
  indices: usize;
  /** 60: slots × k float32. */
  distances: usize;
  /** 64: component of every row, int32. */
  component: usize;
  /** 68: core distance of every row, float32. */
  core: usize;
  /** 72: the same two in tree order. */
  placeComponent: usize;
  /** 76 */
  placeCore: usize;
  /** 80: per node its rows' only component, or -1, int32. */
  nodeComponent: usize;
  /** 84: per node the smallest core distance, float32. */
  nodeCore: usize;
  /** 88: mutual reachability's alpha. */
  alpha: f64;
  /** 96: per node its lowest row, int32. */
  nodeRow: usize;
}

// @ts-ignore: decorator
@inline
function levelOf(node: i32): i32 {
  return 31 - clz(node);
}

/** First place of a node; the end is the start of the next node of its level, see `endOf`. */
function startOf(tree: Tree, node: i32): i32 {
  let start = 0;
  let end = tree.n;
  for (let level = levelOf(node) - 1; level >= 0; level--) {
    const middle = start + ((end - start) >> 1);
    if ((node >> level) & 1) start = middle;
    else end = middle;
  }
  return start;
}

function endOf(tree: Tree, node: i32): i32 {
  const isLast = ((node + 1) & node) == 0;
  return isLast ? tree.n : startOf(tree, node + 1);
}

// @ts-ignore: decorator
@inline
function rowAt(tree: Tree, place: i32): i32 {
  return keyIndex(load<u64>(tree.keys + (<usize>place << 3)));
}

function widestDimension(tree: Tree, start: i32, end: i32): i32 {
  const d = tree.d;
  const step = max(1, (end - start) / SAMPLE);
  let widest = 0;
  let most: f32 = -1;
  for (let t = 0; t < d; t++) {
    let low = <f32>Infinity;
    let high = <f32>-Infinity;
    for (let place = start; place < end; place += step) {
      const x = load<f32>(tree.data + (<usize>rowAt(tree, place) * <usize>d << 2) + (<usize>t << 2));
      low = min(low, x);
      high = max(high, x);
    }
    if (high - low > most) {
      most = high - low;
      widest = t;
    }
  }
  return widest;
}

function split(tree: Tree, node: i32): void {
  const start = startOf(tree, node);
  const end = endOf(tree, node);
  const middle = start + ((end - start) >> 1);
  if (middle == start) return;
  const column = tree.data + (<usize>widestDimension(tree, start, end) << 2);
  const rowBytes = <usize>tree.d << 2;
  const stop = tree.keys + (<usize>end << 3);
  for (let at = tree.keys + (<usize>start << 3); at < stop; at += 8) {
    const row = keyIndex(load<u64>(at));
    store<u64>(at, makeKey(load<f32>(column + <usize>row * rowBytes), row));
  }
  selectSmallest(tree.keys + (<usize>start << 3), end - start, middle - start);
}

/** Splits node `first + chunk`. */
export function splitNode(chunk: i32, _thread: i32, pointer: usize, first: i32): void {
  split(changetype<Tree>(pointer), first + chunk);
}

function splitBelow(tree: Tree, node: i32): void {
  if (node >= tree.leaves) return;
  split(tree, node);
  splitBelow(tree, node * 2);
  splitBelow(tree, node * 2 + 1);
}

/** Splits node `first + chunk` and everything below it, then fills its leaves. */
export function splitSubtree(chunk: i32, _thread: i32, pointer: usize, first: i32): void {
  const tree = changetype<Tree>(pointer);
  const top = first + chunk;
  splitBelow(tree, top);
  const levels = levelOf(tree.leaves) - levelOf(top);
  const last = (top + 1) << levels;
  for (let leaf = top << levels; leaf < last; leaf++) fillLeaf(tree, leaf);
}

function fillLeaf(tree: Tree, leaf: i32): void {
  const d = tree.d;
  const start = startOf(tree, leaf);
  const count = endOf(tree, leaf) - start;
  const block = tree.blocks + (<usize>(leaf - tree.leaves) * <usize>d * <usize>LEAF << 2);
  const box = tree.boxes + (<usize>leaf * <usize>tree.width << 3);
  for (let t = 0; t < tree.width; t++) {
    let low = <f32>Infinity;
    let high = <f32>-Infinity;
    if (t < d) {
      const column = block + (<usize>t * <usize>LEAF << 2);
      for (let i = 0; i < LEAF; i++) {
        if (i >= count) {
          store<f32>(column + (<usize>i << 2), <f32>NaN);
          continue;
        }
        const x = load<f32>(tree.data + (<usize>rowAt(tree, start + i) * <usize>d + <usize>t << 2));
        low = min(low, x);
        high = max(high, x);
        store<f32>(column + (<usize>i << 2), x);
      }
    } else {
      low = 0;
      high = 0;
    }
    store<f32>(box + (<usize>t << 2), low);
    store<f32>(box + (<usize>(tree.width + t) << 2), high);
  }
  let lowest = i32.MAX_VALUE;
  for (let i = 0; i < count; i++) {
    const row = rowAt(tree, start + i);
    store<i32>(tree.places + (<usize>row << 2), start + i);
    lowest = min(lowest, row);
  }
  store<i32>(tree.nodeRow + (<usize>leaf << 2), lowest);
}

/** Boxes and lowest rows of inner nodes [from, to), descending: children first. */
export function joinBoxes(pointer: usize, from: i32, to: i32): void {
  const tree = changetype<Tree>(pointer);
  const bytes = <usize>tree.width << 2;
  for (let node = to - 1; node >= from; node--) {
    const box = tree.boxes + <usize>node * (bytes << 1);
    const left = tree.boxes + <usize>(node * 2) * (bytes << 1);
    const right = left + (bytes << 1);
    const rows = tree.nodeRow + (<usize>(node * 2) << 2);
    store<i32>(tree.nodeRow + (<usize>node << 2), min(load<i32>(rows), load<i32>(rows, 4)));
    for (let t: usize = 0; t < bytes; t += 16) {
      v128.store(box + t, f32x4.min(v128.load(left + t), v128.load(right + t)));
      const high = bytes + t;
      v128.store(box + high, f32x4.max(v128.load(left + high), v128.load(right + high)));
    }
  }
}

/** Squared distance of a query to a node's box, in float32: at most (2d + 8) units off. */
// @ts-ignore: decorator
@inline
function boxDistance(tree: Tree, node: i32, query: usize): f32 {
  const bytes = <usize>tree.width << 2;
  const box = tree.boxes + <usize>node * (bytes << 1);
  let sum = f32x4.splat(0);
  for (let t: usize = 0; t < bytes; t += 16) {
    const q = v128.load(query + t);
    const below = f32x4.sub(v128.load(box + t), q);
    const above = f32x4.sub(q, v128.load(box + bytes + t));
    const gap = f32x4.max(f32x4.max(below, above), f32x4.splat(0));
    sum = f32x4.add(sum, f32x4.mul(gap, gap));
  }
  const pair = f32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1));
  return f32x4.extract_lane(pair, 0) + f32x4.extract_lane(pair, 1);
}

/** `squaredDistance` of a query to a point of a leaf: the same operations in the same order. */
// @ts-ignore: decorator
@inline
function exactSquare(query: usize, point: usize, d: i32): f64 {
  let even0: f64 = 0;
  let even1: f64 = 0;
  let odd0: f64 = 0;
  let odd1: f64 = 0;
  let t = 0;
  for (; t + 4 <= d; t += 4) {
    const a = difference(query, point, t);
    const b = difference(query, point, t + 1);
    const c = difference(query, point, t + 2);
    const e = difference(query, point, t + 3);
    even0 += a * a;
    even1 += b * b;
    odd0 += c * c;
    odd1 += e * e;
  }
  let sum = even0 + odd0 + (even1 + odd1);
  for (; t < d; t++) {
    const a = difference(query, point, t);
    sum += a * a;
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function difference(query: usize, point: usize, t: i32): f64 {
  return <f64>load<f32>(query + (<usize>t << 2)) - <f64>load<f32>(point + (<usize>t * <usize>LEAF << 2));
}

/** A float32 bound on the float32 squares of all points whose distance rounds to `distance` or less. */
// @ts-ignore: decorator
@inline
function reachOf(distance: f64, d: i32): f32 {
  const square = squareAbove(<f32>min(distance, 3e38)) * (1 + <f64>(2 * d + 16) / 16777216.0) + 1e-37;
  return square > 1e38 ? <f32>Infinity : <f32>(square * (1 + 1.0 / 8388608.0));
}

/** Scans a leaf for the nearest of `query`; the k best keys are sorted. Returns how far it still matters. */
function scanLeaf(tree: Tree, leaf: i32, self: i32, query: usize, best: usize, countAt: usize, reach: f32): f32 {
  const d = tree.d;
  const k = tree.k;
  const start = startOf(tree, leaf);
  const block = tree.blocks + (<usize>(leaf - tree.leaves) * <usize>d * <usize>LEAF << 2);
  let count = load<i32>(countAt);
  for (let lane0 = 0; lane0 < LEAF; lane0 += 4) {
    const lanes = block + (<usize>lane0 << 2);
    let sum = f32x4.splat(0);
    for (let t = 0; t < d; t++) {
      const gap = f32x4.sub(
        v128.load(lanes + (<usize>t * <usize>LEAF << 2)),
        v128.load_splat<f32>(query + (<usize>t << 2)),
      );
      sum = f32x4.add(sum, f32x4.mul(gap, gap));
    }
    let mask = i32x4.bitmask(f32x4.le(sum, f32x4.splat(reach)));
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

/** Leaf of a place. */
function leafOf(tree: Tree, place: i32): i32 {
  let node = 1;
  let start = 0;
  let end = tree.n;
  while (node < tree.leaves) {
    const middle = start + ((end - start) >> 1);
    node <<= 1;
    if (place >= middle) {
      start = middle;
      node |= 1;
    } else {
      end = middle;
    }
  }
  return node;
}

// Scratch of a thread: | stack, 64 × (node, squared distance) | query, width float32 | count, padding | best keys |
const STACK: usize = 64 * 8;

/** Who asks at position i: place in the upper half, slot of the answer in the lower. */
// @ts-ignore: decorator
@inline
function asking(tree: Tree, i: i32): u64 {
  if (tree.order) return load<u64>(tree.order + (<usize>i << 3));
  return (<u64>i << 32) | <u64>rowAt(tree, i);
}

function takeQuery(tree: Tree, row: i32, query: usize): void {
  memory.copy(query, tree.data + (<usize>row * <usize>tree.d << 2), <usize>tree.d << 2);
  for (let t = tree.d; t < tree.width; t++) store<f32>(query + (<usize>t << 2), 0);
}

/** A reach below this may be that of a k-th distance of 0. */
const NOTHING: f32 = 2e-37;

/** Whether the k-th best is a duplicate of a row before `row`. */
// @ts-ignore: decorator
@inline
function isBeyond(row: i32, best: usize, k: i32): bool {
  const last = load<u64>(best + (<usize>(k - 1) << 3));
  return keyValue(last) == 0 && row > keyIndex(last);
}

/** k nearest of 128 askers: their own leaf first, then the sibling subtrees on the way up. */
export function searchTree(chunk: i32, thread: i32, pointer: usize): void {
  const tree = changetype<Tree>(pointer);
  const stack = tree.scratch + <usize>thread * <usize>tree.scratchBytes;
  const query = stack + STACK;
  const countAt = query + (<usize>tree.width << 2);
  const best = countAt + 16;
  const k = tree.k;
  const end = min(tree.count, chunk * 128 + 128);
  for (let i = chunk * 128; i < end; i++) {
    const ask = asking(tree, i);
    const place = <i32>(ask >> 32);
    const slot = <i32>(<u32>ask);
    const self = rowAt(tree, place);
    takeQuery(tree, self, query);
    store<i32>(countAt, 0);
    let node = leafOf(tree, place);
    let reach = scanLeaf(tree, node, self, query, best, countAt, <f32>Infinity);
    for (; node > 1; node >>= 1) {
      let top = push(tree, stack, 0, node ^ 1, query, reach);
      while (top > 0) {
        top--;
        if (load<f32>(stack + (<usize>top << 3) + 4) > reach) continue;
        const next = load<i32>(stack + (<usize>top << 3));
        // k duplicates are found: only lower rows are nearer. Thousands of equal points would be looked at else.
        if (reach < NOTHING && isBeyond(load<i32>(tree.nodeRow + (<usize>next << 2)), best, k)) continue;
        if (next >= tree.leaves) reach = scanLeaf(tree, next, self, query, best, countAt, reach);
        else top = pushChildren(tree, stack, top, next, query, reach);
      }
    }
    const count = load<i32>(countAt);
    const indices = tree.indices + (<usize>slot * <usize>k << 2);
    const distances = tree.distances + (<usize>slot * <usize>k << 2);
    for (let j = 0; j < k; j++) {
      const key = j < count ? load<u64>(best + (<usize>j << 3)) : 0;
      store<i32>(indices + (<usize>j << 2), j < count ? keyIndex(key) : -1);
      store<f32>(distances + (<usize>j << 2), j < count ? keyValue(key) : <f32>Infinity);
    }
  }
}

// @ts-ignore: decorator
@inline
function pushAt(stack: usize, top: i32, node: i32, distance: f32): void {
  store<i32>(stack + (<usize>top << 3), node);
  store<f32>(stack + (<usize>top << 3) + 4, distance);
}

// @ts-ignore: decorator
@inline
function push(tree: Tree, stack: usize, top: i32, node: i32, query: usize, reach: f32): i32 {
  const distance = boxDistance(tree, node, query);
  if (distance > reach) return top;
  pushAt(stack, top, node, distance);
  return top + 1;
}

/** Pushes the children within reach, the nearer one last. */
// @ts-ignore: decorator
@inline
function pushChildren(tree: Tree, stack: usize, top: i32, node: i32, query: usize, reach: f32): i32 {
  const left = node * 2;
  const distanceLeft = boxDistance(tree, left, query);
  const distanceRight = boxDistance(tree, left + 1, query);
  const isLeftNearer = distanceLeft <= distanceRight;
  const far = isLeftNearer ? distanceRight : distanceLeft;
  const near = isLeftNearer ? distanceLeft : distanceRight;
  if (far <= reach) pushAt(stack, top++, isLeftNearer ? left + 1 : left, far);
  if (near <= reach) pushAt(stack, top++, isLeftNearer ? left : left + 1, near);
  return top;
}

/** Components and core distances of chunk's 64 leaves, in tree order and per leaf. */
export function colourLeaves(chunk: i32, _thread: i32, pointer: usize): void {
  const tree = changetype<Tree>(pointer);
  const last = min(tree.leaves, chunk * 64 + 64);
  for (let leaf = tree.leaves + chunk * 64; leaf < tree.leaves + last; leaf++) {
    const start = startOf(tree, leaf);
    const end = endOf(tree, leaf);
    let only = -2;
    let least = <f32>Infinity;
    for (let place = start; place < end; place++) {
      const row = <usize>rowAt(tree, place) << 2;
      const component = load<i32>(tree.component + row);
      const core = load<f32>(tree.core + row);
      store<i32>(tree.placeComponent + (<usize>place << 2), component);
      store<f32>(tree.placeCore + (<usize>place << 2), core);
      if (place == start) only = component;
      else if (only != component) only = -1;
      least = min(least, core);
    }
    store<i32>(tree.nodeComponent + (<usize>leaf << 2), only);
    store<f32>(tree.nodeCore + (<usize>leaf << 2), least);
  }
}

/** The same for inner nodes [from, to), descending. */
export function joinColours(pointer: usize, from: i32, to: i32): void {
  const tree = changetype<Tree>(pointer);
  for (let node = to - 1; node >= from; node--) {
    const left = <usize>(node * 2) << 2;
    const a = load<i32>(tree.nodeComponent + left);
    const b = load<i32>(tree.nodeComponent + left, 4);
    store<i32>(tree.nodeComponent + (<usize>node << 2), a == b ? a : -1);
    const core = min(load<f32>(tree.nodeCore + left), load<f32>(tree.nodeCore + left, 4));
    store<f32>(tree.nodeCore + (<usize>node << 2), core);
  }
}

/** Best edge of the asking row so far: weight, row and distance. */
let bestWeight: f64 = 0;
let bestRow: i32 = -1;
let bestDistance: f32 = 0;

function scanLeafForeign(tree: Tree, leaf: i32, own: i32, core: f64, query: usize, reach: f32): f32 {
  const d = tree.d;
  const start = startOf(tree, leaf);
  const block = tree.blocks + (<usize>(leaf - tree.leaves) * <usize>d * <usize>LEAF << 2);
  for (let lane0 = 0; lane0 < LEAF; lane0 += 4) {
    const lanes = block + (<usize>lane0 << 2);
    let sum = f32x4.splat(0);
    for (let t = 0; t < d; t++) {
      const gap = f32x4.sub(
        v128.load(lanes + (<usize>t * <usize>LEAF << 2)),
        v128.load_splat<f32>(query + (<usize>t << 2)),
      );
      sum = f32x4.add(sum, f32x4.mul(gap, gap));
    }
    let mask = i32x4.bitmask(f32x4.le(sum, f32x4.splat(reach)));
    while (mask) {
      const lane = ctz(mask);
      mask &= mask - 1;
      const place = start + lane0 + lane;
      if (load<i32>(tree.placeComponent + (<usize>place << 2)) == own) continue;
      const other = <f64>load<f32>(tree.placeCore + (<usize>place << 2));
      const floor = max(core, other);
      if (bestRow >= 0 && floor > bestWeight) continue;
      const distance = <f32>sqrt(exactSquare(query, lanes + (<usize>lane << 2), d));
      const weight = max(floor, <f64>distance / tree.alpha);
      const row = rowAt(tree, place);
      if (bestRow >= 0 && (weight > bestWeight || (weight == bestWeight && row > bestRow))) continue;
      bestWeight = weight;
      bestRow = row;
      bestDistance = distance;
      reach = reachOf(weight * tree.alpha * (1 + 1.0 / 8388608.0), d);
    }
  }
  return reach;
}

// @ts-ignore: decorator
@inline
function isWorth(tree: Tree, node: i32, own: i32): bool {
  if (load<i32>(tree.nodeComponent + (<usize>node << 2)) == own) return false;
  return bestRow < 0 || <f64>load<f32>(tree.nodeCore + (<usize>node << 2)) <= bestWeight;
}

/** Cheapest mutual-reachability edge to another component, for 128 askers; equal weights: lower index. */
export function searchForeign(chunk: i32, thread: i32, pointer: usize): void {
  const tree = changetype<Tree>(pointer);
  const stack = tree.scratch + <usize>thread * <usize>tree.scratchBytes;
  const query = stack + STACK;
  const end = min(tree.count, chunk * 128 + 128);
  for (let i = chunk * 128; i < end; i++) {
    const ask = asking(tree, i);
    const place = <i32>(ask >> 32);
    const slot = <usize>(<u32>ask) << 2;
    const self = rowAt(tree, place);
    takeQuery(tree, self, query);
    const own = load<i32>(tree.component + (<usize>self << 2));
    const core = <f64>load<f32>(tree.core + (<usize>self << 2));
    bestRow = -1;
    bestDistance = <f32>Infinity;
    bestWeight = Infinity;
    let reach = <f32>Infinity;
    let node = leafOf(tree, place);
    if (isWorth(tree, node, own)) reach = scanLeafForeign(tree, node, own, core, query, reach);
    for (; node > 1; node >>= 1) {
      if (!isWorth(tree, node ^ 1, own)) continue;
      let top = push(tree, stack, 0, node ^ 1, query, reach);
      while (top > 0) {
        top--;
        if (load<f32>(stack + (<usize>top << 3) + 4) > reach) continue;
        const next = load<i32>(stack + (<usize>top << 3));
        if (!isWorth(tree, next, own)) continue;
        if (next >= tree.leaves) reach = scanLeafForeign(tree, next, own, core, query, reach);
        else top = pushChildren(tree, stack, top, next, query, reach);
      }
    }
    store<i32>(tree.indices + slot, bestRow);
    store<f32>(tree.distances + slot, bestDistance);
  }
}
