// A balanced k-d tree. Nodes are numbered as in a heap: 1 is the root, 2i and 2i + 1 are the children of i, the
// last `leaves` (a power of two) are the leaves. A node's places [start, end) are halved for its children, so
// ranges need no storage. Every node has a tight box; a leaf holds its points dimension by dimension:
// | leaf 0: x of LEAF points, y of LEAF points, … | leaf 1 … |, NaN after the last point.
import { squareAbove } from '../neighbors/distance';
import { keyIndex, makeKey } from '../neighbors/keys';
import { selectBySample } from './halve';

/** Points of a leaf at most. */
export const LEAF: i32 = 16;
/** Points looked at to find the widest dimension of a node. */
const SAMPLE: i32 = 512;

/** Written by the host, at the fields' offsets that the build exports. */
@unmanaged
export class Tree {
  /** n × d float32. */
  data: usize;
  n: i32;
  d: i32;
  /** d rounded up to a multiple of 4. */
  width: i32;
  /** a power of two. */
  leaves: i32;
  /** n keys in tree order, the lower half is the row. */
  keys: usize;
  /** place of every row in that order, int32. */
  places: usize;
  /** leaves × d × LEAF float32. */
  blocks: usize;
  /** 2 · leaves × (low, high) × width float32. */
  boxes: usize;
  /** scratch of every thread, see group.ts. */
  scratch: usize;
  /** its bytes. */
  scratchBytes: i32;
  /** neighbours wanted per query. */
  k: i32;
  /** number of queries. */
  count: i32;
  /** count keys (place, slot) of the queries, sorted; 0 when every row is queried, slot = row. */
  order: usize;
  /** slots × k int32. */
  indices: usize;
  /** slots × k float32; of foreign edges slots float64. */
  distances: usize;
  /** component of every row, int32. */
  component: usize;
  /** core distance of every row, float64. */
  core: usize;
  /** the same two in tree order. */
  placeComponent: usize;
  placeCore: usize;
  /** per node its rows' only component, or -1, int32. */
  nodeComponent: usize;
  /** what edges of every row weigh at least, float64: its core distance or more. */
  floors: usize;
  /** per node the smallest of these, float64. */
  nodeCore: usize;
  /** mutual reachability's alpha. */
  alpha: f64;
  /** per node its lowest row, int32. */
  nodeRow: usize;
  /** first place of every leaf, then n, int32. */
  starts: usize;
  /** per slot the weight above which no foreign edge is wanted, float64; 0 when any is. Of lightest edges per component. */
  limits: usize;
  /** number of components, where their lightest edges are searched. */
  components: i32;
  /** per thread and component its lightest edge, see lightest.ts. */
  lightest: usize;
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

/** `startOf` a leaf, once leaves are filled. */
// @ts-ignore: decorator
@inline
export function leafStart(tree: Tree, leaf: i32): i32 {
  return load<i32>(tree.starts + (<usize>(leaf - tree.leaves) << 2));
}

// @ts-ignore: decorator
@inline
export function rowAt(tree: Tree, place: i32): i32 {
  return keyIndex(load<u64>(tree.keys + (<usize>place << 3)));
}

// @ts-ignore: decorator
@inline
function laneOf(four: v128, lane: i32): f32 {
  const pair = lane & 2 ? v128.shuffle<i32>(four, four, 2, 3, 0, 1) : four;
  return lane & 1 ? f32x4.extract_lane(pair, 1) : f32x4.extract_lane(pair, 0);
}

function widestDimension(tree: Tree, start: i32, end: i32): i32 {
  const d = tree.d;
  const step = max(1, (end - start) / SAMPLE);
  let widest = 0;
  let most: f32 = -1;
  for (let t = 0; t < d; t += 4) {
    // Four dimensions at once; of those after the last one, which are of the next row or of what follows the data, nothing is used.
    const column = tree.data + (<usize>t << 2);
    let low = f32x4.splat(<f32>Infinity);
    let high = f32x4.splat(<f32>-Infinity);
    for (let place = start; place < end; place += step) {
      const x = v128.load(column + (<usize>rowAt(tree, place) * <usize>d << 2));
      low = f32x4.pmin(low, x);
      high = f32x4.pmax(high, x);
    }
    const ranges = f32x4.sub(high, low);
    for (let lane = 0; lane < 4 && t + lane < d; lane++) {
      const range = laneOf(ranges, lane);
      if (range > most) {
        most = range;
        widest = t + lane;
      }
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
  selectBySample(tree.keys + (<usize>start << 3), end - start, middle - start);
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
  const startAt = tree.starts + (<usize>(leaf - tree.leaves) << 2);
  store<i32>(startAt, start);
  store<i32>(startAt, start + count, 4);
  const block = blockOf(tree, leaf);
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

/** Squared distance of the box from `low` to `high` to a node's box, in float32: at most (2d + 8) units off. */
// @ts-ignore: decorator
@inline
export function boxGap(tree: Tree, node: i32, low: usize, high: usize): f32 {
  const bytes = <usize>tree.width << 2;
  const box = tree.boxes + <usize>node * (bytes << 1);
  let sum = f32x4.splat(0);
  for (let t: usize = 0; t < bytes; t += 16) {
    const below = f32x4.sub(v128.load(box + t), v128.load(high + t));
    const above = f32x4.sub(v128.load(low + t), v128.load(box + bytes + t));
    const gap = f32x4.max(f32x4.max(below, above), f32x4.splat(0));
    sum = f32x4.add(sum, f32x4.mul(gap, gap));
  }
  const pair = f32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1));
  return f32x4.extract_lane(pair, 0) + f32x4.extract_lane(pair, 1);
}

/** The same of a query, a box of one point. */
// @ts-ignore: decorator
@inline
export function boxDistance(tree: Tree, node: i32, query: usize): f32 {
  return boxGap(tree, node, query, query);
}

/** The float32 coordinates of a leaf's points, dimension by dimension. */
// @ts-ignore: decorator
@inline
export function blockOf(tree: Tree, leaf: i32): usize {
  return tree.blocks + (<usize>(leaf - tree.leaves) * <usize>tree.d * <usize>LEAF << 2);
}

/**
 * Squared distances of a point to four points of a leaf, in float32. Each is given by its first number in a leaf's block, or in columns laid
 * out as one.
 */
// @ts-ignore: decorator
@inline
export function squaresBetween(point: usize, four: usize, d: i32): v128 {
  let sum = f32x4.splat(0);
  for (let t: usize = 0, end = <usize>d * <usize>LEAF << 2; t < end; t += <usize>LEAF << 2) {
    const gap = f32x4.sub(v128.load(four + t), v128.load_splat<f32>(point + t));
    sum = f32x4.add(sum, f32x4.mul(gap, gap));
  }
  return sum;
}

/** Squared distances of four points, given likewise, to a node's box. */
export function squaresToBox(tree: Tree, node: i32, four: usize): v128 {
  const low = tree.boxes + <usize>node * (<usize>tree.width << 3);
  const high = low + (<usize>tree.width << 2);
  let sum = f32x4.splat(0);
  for (let t: usize = 0, end = <usize>tree.d << 2; t < end; t += 4) {
    const x = v128.load(four + t * <usize>LEAF);
    const below = f32x4.sub(v128.load_splat<f32>(low + t), x);
    const above = f32x4.sub(x, v128.load_splat<f32>(high + t));
    const gap = f32x4.max(f32x4.max(below, above), f32x4.splat(0));
    sum = f32x4.add(sum, f32x4.mul(gap, gap));
  }
  return sum;
}

/** The distance of two points, given likewise, in float64: the same operations as `squaredDistance`, in the same order. */
// @ts-ignore: decorator
@inline
export function distanceBetween(a: usize, b: usize, d: i32): f64 {
  let sum: f64 = 0;
  for (let t: usize = 0, end = <usize>d * <usize>LEAF << 2; t < end; t += <usize>LEAF << 2) {
    const gap = <f64>load<f32>(a + t) - <f64>load<f32>(b + t);
    sum += gap * gap;
  }
  return sqrt(sum);
}

/** A square in float32 is off by this factor at most, and by 1e-37. */
// @ts-ignore: decorator
@inline
export function squareErrorOf(d: i32): f64 {
  return 1 + <f64>(2 * d + 16) / 16777216.0;
}

/** A float32 bound on the float32 squares of all points whose distance rounds to `distance` or less. */
// @ts-ignore: decorator
@inline
export function reachOf(distance: f64, d: i32): f32 {
  const square = squareAbove(<f32>min(distance, 3e38)) * squareErrorOf(d) + 1e-37;
  return square > 1e38 ? <f32>Infinity : <f32>(square * (1 + 1.0 / 8388608.0));
}

/** Leaf of a place. */
export function leafOf(tree: Tree, place: i32): i32 {
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
