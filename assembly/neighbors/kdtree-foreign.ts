// The cheapest mutual-reachability edge of every asker to another component.
// Answers in scratch: | of every member: weight f64, core f64, distance f64, row int32, component int32 |
import { blockOf, boxDistance, exactSquare, LEAF, leafStart, reachOf, rowAt, squaresOf, Tree } from './kdtree';
import {
  answersOf,
  asking,
  distanceAt,
  farthestReach,
  gather,
  leafOfAsker,
  nodeAt,
  push,
  pushChildren,
  queryOf,
  reachesOf,
} from './kdtree-group';

/** Components and core distances of chunk's 64 leaves, in tree order and per leaf. */
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

/** The same for inner nodes [from, to), descending. */
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

/** No edge yet: any row beats this one at equal weight. */
const NOBODY: i32 = i32.MAX_VALUE;
/** A group whose members are of several components. */
const SEVERAL: i32 = -2;

@unmanaged
class Answer {
  /** 0: of the best edge so far, or above which none is wanted. */
  weight: f64;
  /** 8: of the asking row. */
  core: f64;
  /** 16: of the two rows. */
  distance: f64;
  /** 24: the other end, NOBODY without one. */
  row: i32;
  /** 28: of the asking row. */
  component: i32;
}

// @ts-ignore: decorator
@inline
function answerOf(tree: Tree, stack: usize, member: i32): Answer {
  return changetype<Answer>(answersOf(tree, stack) + <usize>member * offsetof<Answer>());
}

/** How far a row may lie whose edge has to weigh `weight` at most. */
// @ts-ignore: decorator
@inline
function reachOfWeight(tree: Tree, weight: f64): f32 {
  return reachOf(weight * tree.alpha * (1 + 1.0 / 8388608.0), tree.d);
}

function scanLeaf(tree: Tree, leaf: i32, answer: Answer, query: usize, reach: f32): f32 {
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
      if (load<i32>(tree.placeComponent + (<usize>place << 2)) == answer.component) continue;
      const floor = max(answer.core, load<f64>(tree.placeCore + (<usize>place << 3)));
      if (floor > answer.weight) continue;
      const distance = sqrt(exactSquare(query, lanes + (<usize>lane << 2), d));
      const weight = max(floor, distance / tree.alpha);
      const row = rowAt(tree, place);
      if (weight > answer.weight || (weight == answer.weight && row > answer.row)) continue;
      answer.weight = weight;
      answer.row = row;
      answer.distance = distance;
      reach = reachOfWeight(tree, weight);
    }
  }
  return reach;
}

/** Every member looks at a leaf. Returns how far the group still looks. */
function scanGroup(tree: Tree, leaf: i32, members: i32, stack: usize): f32 {
  const reaches = reachesOf(tree, stack);
  const only = load<i32>(tree.nodeComponent + (<usize>leaf << 2));
  const least = load<f64>(tree.nodeCore + (<usize>leaf << 3));
  for (let member = 0; member < members; member++) {
    const answer = answerOf(tree, stack, member);
    if (only == answer.component || least > answer.weight) continue;
    const reachAt = reaches + (<usize>member << 2);
    const query = queryOf(tree, stack, member);
    const reach = load<f32>(reachAt);
    if (boxDistance(tree, leaf, query) > reach) continue;
    store<f32>(reachAt, scanLeaf(tree, leaf, answer, query, reach));
  }
  return farthestReach(tree, stack, members);
}

/**
 * For 128 askers, leaf by leaf; equal weights: lower index. Edges above a slot's limit are not looked for.
 */
export function searchForeign(chunk: i32, thread: i32, pointer: usize): void {
  const tree = changetype<Tree>(pointer);
  const stack = tree.scratch + <usize>thread * <usize>tree.scratchBytes;
  const end = min(tree.count, chunk * 128 + 128);
  for (let i = chunk * 128; i < end; ) {
    let node = leafOfAsker(tree, i);
    const members = gather(tree, i, end, node, stack);
    const own = openAnswers(tree, i, members, stack);
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
      const slot = <usize>(<u32>asking(tree, i + member));
      const answer = answerOf(tree, stack, member);
      store<i32>(tree.indices + (slot << 2), answer.row == NOBODY ? -1 : answer.row);
      store<f64>(tree.distances + (slot << 3), answer.distance);
    }
    i += members;
  }
}

/** Returns the members' component, or SEVERAL. */
function openAnswers(tree: Tree, i: i32, members: i32, stack: usize): i32 {
  const reaches = reachesOf(tree, stack);
  let own = SEVERAL;
  for (let member = 0; member < members; member++) {
    const ask = asking(tree, i + member);
    const row = <usize>rowAt(tree, <i32>(ask >> 32));
    const answer = answerOf(tree, stack, member);
    answer.weight = tree.limits ? load<f64>(tree.limits + (<usize>(<u32>ask) << 3)) : Infinity;
    answer.core = load<f64>(tree.core + (row << 3));
    answer.component = load<i32>(tree.component + (row << 2));
    answer.row = NOBODY;
    answer.distance = Infinity;
    store<f32>(reaches + (<usize>member << 2), reachOfWeight(tree, answer.weight));
    if (member == 0) own = answer.component;
    else if (own != answer.component) own = SEVERAL;
  }
  return own;
}

/** Whether a node has rows of another component than the group's. */
// @ts-ignore: decorator
@inline
function isForeign(tree: Tree, node: i32, own: i32): bool {
  return load<i32>(tree.nodeComponent + (<usize>node << 2)) != own;
}
