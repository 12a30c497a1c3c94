// For query rows, the cheapest mutual-reachability edge to a row of another component (a foreign edge), by a walk through the
// k-d tree. Its weight is max(core of either row, distance / alpha) in float64; of equal weights the lower row wins.
//
// Query rows are handled in groups that share a leaf, see group.ts. Results in scratch: one BestEdge per member.
import { blockOf, boxDistance, exactSquare, LEAF, leafStart, reachOf, rowAt, squaresOf, Tree } from './kdtree';
import {
  resultsOf,
  distanceAt,
  farthestReach,
  gather,
  leafOfQuery,
  nodeAt,
  push,
  pushChildren,
  queryKey,
  queryOf,
  reachesOf,
} from './group';

/**
 * Copies components and core distances of the chunk's 64 leaves into tree order, and writes per leaf its only component (−1 if
 * it has several) and its smallest core distance.
 */
export function colourLeaves(chunk: i32, _thread: i32, pointer: usize): void {
  const tree = changetype<Tree>(pointer);
  const last = min(tree.leaves, chunk * 64 + 64);
  for (let leaf = tree.leaves + chunk * 64; leaf < tree.leaves + last; leaf++) {
    const start = leafStart(tree, leaf);
    const end = leafStart(tree, leaf + 1);
    let only = -2;
    let least: f64 = Infinity;
    for (let place = start; place < end; place++) {
      const row = <usize>rowAt(tree, place);
      const component = load<i32>(tree.component + (row << 2));
      const core = load<f64>(tree.core + (row << 3));
      store<i32>(tree.placeComponent + (<usize>place << 2), component);
      store<f64>(tree.placeCore + (<usize>place << 3), core);
      if (place == start) only = component;
      else if (only != component) only = -1;
      least = min(least, core);
    }
    store<i32>(tree.nodeComponent + (<usize>leaf << 2), only);
    store<f64>(tree.nodeCore + (<usize>leaf << 3), least);
  }
}

/** Writes only component and smallest core distance of the inner nodes [from, to) from their children's, last node first. */
export function joinColours(pointer: usize, from: i32, to: i32): void {
  const tree = changetype<Tree>(pointer);
  for (let node = to - 1; node >= from; node--) {
    const left = <usize>(node * 2) << 2;
    const a = load<i32>(tree.nodeComponent + left);
    const b = load<i32>(tree.nodeComponent + left, 4);
    store<i32>(tree.nodeComponent + (<usize>node << 2), a == b ? a : -1);
    const cores = tree.nodeCore + (left << 1);
    store<f64>(tree.nodeCore + (<usize>node << 3), min(load<f64>(cores), load<f64>(cores, 8)));
  }
}

/** Row of a BestEdge without an edge: every row is lower, so the first edge of at most the limit's weight is taken. */
const NO_ROW: i32 = i32.MAX_VALUE;
/** What stands for the component of a group whose members have different ones; it equals that of no node with rows. */
const SEVERAL: i32 = -2;

/** The cheapest foreign edge found so far of one query row. */
@unmanaged
class BestEdge {
  /** 0: its weight; before there is an edge, the limit above which none is wanted. */
  weight: f64;
  /** 8: core distance of the query row. */
  core: f64;
  /** 16: distance of the two rows, +∞ without an edge. */
  distance: f64;
  /** 24: the other row, NO_ROW without an edge. */
  row: i32;
  /** 28: component of the query row. */
  component: i32;
}

// @ts-ignore: decorator
@inline
function bestEdgeOf(tree: Tree, stack: usize, member: i32): BestEdge {
  return changetype<BestEdge>(resultsOf(tree, stack) + <usize>member * offsetof<BestEdge>());
}

/** Squared distance (float32, rounded up) beyond which a row's edge certainly weighs more than `weight`. */
// @ts-ignore: decorator
@inline
function reachOfWeight(tree: Tree, weight: f64): f32 {
  return reachOf(weight * tree.alpha * (1 + 1.0 / 8388608.0), tree.d);
}

/** Compares a query row with the rows of a leaf within `reach`, a squared distance. Returns the reach that is left. */
function scanLeaf(tree: Tree, leaf: i32, edge: BestEdge, query: usize, reach: f32): f32 {
  const d = tree.d;
  const start = leafStart(tree, leaf);
  const block = blockOf(tree, leaf);
  for (let lane0 = 0; lane0 < LEAF; lane0 += 4) {
    const lanes = block + (<usize>lane0 << 2);
    let mask = i32x4.bitmask(f32x4.le(squaresOf(query, lanes, d), f32x4.splat(reach)));
    while (mask) {
      const lane = ctz(mask);
      mask &= mask - 1;
      const place = start + lane0 + lane;
      if (load<i32>(tree.placeComponent + (<usize>place << 2)) == edge.component) continue;
      const floor = max(edge.core, load<f64>(tree.placeCore + (<usize>place << 3)));
      if (floor > edge.weight) continue;
      const distance = sqrt(exactSquare(query, lanes + (<usize>lane << 2), d));
      const weight = max(floor, distance / tree.alpha);
      const row = rowAt(tree, place);
      if (weight > edge.weight || (weight == edge.weight && row > edge.row)) continue;
      edge.weight = weight;
      edge.row = row;
      edge.distance = distance;
      reach = reachOfWeight(tree, weight);
    }
  }
  return reach;
}

/** Compares every member with the rows of a leaf. Returns the largest reach (squared distance) of any member. */
function scanGroup(tree: Tree, leaf: i32, members: i32, stack: usize): f32 {
  const reaches = reachesOf(tree, stack);
  const only = load<i32>(tree.nodeComponent + (<usize>leaf << 2));
  const least = load<f64>(tree.nodeCore + (<usize>leaf << 3));
  for (let member = 0; member < members; member++) {
    const edge = bestEdgeOf(tree, stack, member);
    if (only == edge.component || least > edge.weight) continue;
    const reachAt = reaches + (<usize>member << 2);
    const query = queryOf(tree, stack, member);
    const reach = load<f32>(reachAt);
    if (boxDistance(tree, leaf, query) > reach) continue;
    store<f32>(reachAt, scanLeaf(tree, leaf, edge, query, reach));
  }
  return farthestReach(tree, stack, members);
}

/**
 * Writes the cheapest foreign edges of the chunk's 128 queries to their slots: the other row to `indices` (−1 for none of at
 * most the slot's limit), its float64 distance to `distances`. Each group visits its own leaf first, then the sibling subtrees
 * on the way up to the root.
 */
export function searchForeign(chunk: i32, thread: i32, pointer: usize): void {
  const tree = changetype<Tree>(pointer);
  const stack = tree.scratch + <usize>thread * <usize>tree.scratchBytes;
  const end = min(tree.count, chunk * 128 + 128);
  for (let i = chunk * 128; i < end; ) {
    let node = leafOfQuery(tree, i);
    const members = gather(tree, i, end, node, stack);
    const own = openEdges(tree, i, members, stack);
    let reach = farthestReach(tree, stack, members);
    if (isForeign(tree, node, own)) reach = scanGroup(tree, node, members, stack);
    for (; node > 1; node >>= 1) {
      if (!isForeign(tree, node ^ 1, own)) continue;
      let top = push(tree, stack, 0, node ^ 1, reach);
      while (top > 0) {
        top--;
        if (distanceAt(stack, top) > reach) continue;
        const next = nodeAt(stack, top);
        if (!isForeign(tree, next, own)) continue;
        if (next >= tree.leaves) reach = scanGroup(tree, next, members, stack);
        else top = pushChildren(tree, stack, top, next, reach);
      }
    }
    for (let member = 0; member < members; member++) {
      const slot = <usize>(<u32>queryKey(tree, i + member));
      const edge = bestEdgeOf(tree, stack, member);
      store<i32>(tree.indices + (slot << 2), edge.row == NO_ROW ? -1 : edge.row);
      store<f64>(tree.distances + (slot << 3), edge.distance);
    }
    i += members;
  }
}

/** Sets up results and reaches of a group. Returns the members' component, or SEVERAL. */
function openEdges(tree: Tree, i: i32, members: i32, stack: usize): i32 {
  const reaches = reachesOf(tree, stack);
  let own = SEVERAL;
  for (let member = 0; member < members; member++) {
    const key = queryKey(tree, i + member);
    const row = <usize>rowAt(tree, <i32>(key >> 32));
    const edge = bestEdgeOf(tree, stack, member);
    edge.weight = tree.limits ? load<f64>(tree.limits + (<usize>(<u32>key) << 3)) : Infinity;
    edge.core = load<f64>(tree.core + (row << 3));
    edge.component = load<i32>(tree.component + (row << 2));
    edge.row = NO_ROW;
    edge.distance = Infinity;
    store<f32>(reaches + (<usize>member << 2), reachOfWeight(tree, edge.weight));
    if (member == 0) own = edge.component;
    else if (own != edge.component) own = SEVERAL;
  }
  return own;
}

/** Whether a node may have rows of another component than `own`, the group's. */
// @ts-ignore: decorator
@inline
function isForeign(tree: Tree, node: i32, own: i32): bool {
  return load<i32>(tree.nodeComponent + (<usize>node << 2)) != own;
}
