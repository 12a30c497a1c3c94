// What a node of the k-d tree knows of its rows' components, and for query rows the cheapest mutual-reachability edge to a row of
// another component (a foreign edge): its weight is max(core of either row, distance / alpha) in float64; of equal weights the lower
// row wins.
import { leafOfQuery, queryKey, resultsOf } from './group';
import { leafStart, rowAt, Tree } from './kdtree';
import { Lightest, NO_ROW, searchMembers, setWeight } from './lightest';

/**
 * Copies components and core distances of the chunk's 64 leaves into tree order, and writes per leaf its only component (−1 if
 * it has several) and its smallest floor.
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
      least = min(least, load<f64>(tree.floors + (row << 3)));
    }
    store<i32>(tree.nodeComponent + (<usize>leaf << 2), only);
    store<f64>(tree.nodeCore + (<usize>leaf << 3), least);
  }
}

/** Writes only component and smallest floor of the inner nodes [from, to) from their children's, last node first. */
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

/**
 * Writes the cheapest foreign edges of the chunk's 128 queries to their slots: the other row to `indices` (−1 for none of at
 * most the slot's limit), its float64 distance to `distances`.
 */
export function searchForeign(chunk: i32, thread: i32, pointer: usize): void {
  const tree = changetype<Tree>(pointer);
  const stack = tree.scratch + <usize>thread * <usize>tree.scratchBytes;
  const end = min(tree.count, chunk * 128 + 128);
  const best = changetype<Lightest>(resultsOf(tree, stack));
  for (let i = chunk * 128; i < end; i++) {
    const key = queryKey(tree, i);
    const slot = <usize>(<u32>key);
    const place = <i32>(key >> 32);
    const leaf = leafOfQuery(tree, i);
    best.to = NO_ROW;
    best.from = NO_ROW;
    best.distance = Infinity;
    setWeight(tree, best, tree.limits ? load<f64>(tree.limits + (slot << 3)) : Infinity);
    const own = load<i32>(tree.placeComponent + (<usize>place << 2));
    searchMembers(tree, leaf, own, 1 << (place - leafStart(tree, leaf)), best, 0, stack);
    store<i32>(tree.indices + (slot << 2), best.from == NO_ROW ? -1 : best.to);
    store<f64>(tree.distances + (slot << 3), best.distance);
  }
}
