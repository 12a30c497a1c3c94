// What a node of the k-d tree knows of its rows' components, and for query rows the cheapest mutual-reachability edge to a row of
// another component (a foreign edge): its weight is max(core of either row, distance / alpha) in float64; of equal weights the lower
// row wins.
import { leafOfQuery, queryKey, resultsOf } from './group';
import { leafStart, rowAt, Tree } from './kdtree';
import { Lightest, NO_ROW, searchMembers, setWeight } from './lightest';

/** Copies core distances of the chunk's 64 leaves into tree order, and writes per leaf its smallest floor. */
export function weighLeaves(chunk: i32, _thread: i32, pointer: usize): void {
  const tree = changetype<Tree>(pointer);
  const last = min(tree.leaves, chunk * 64 + 64);
  for (let leaf = tree.leaves + chunk * 64; leaf < tree.leaves + last; leaf++) {
    const end = leafStart(tree, leaf + 1);
    let least: f64 = Infinity;
    for (let place = leafStart(tree, leaf); place < end; place++) {
      const row = <usize>rowAt(tree, place) << 3;
      store<f64>(tree.placeCore + (<usize>place << 3), load<f64>(tree.core + row));
      least = min(least, load<f64>(tree.floors + row));
    }
    store<f64>(tree.nodeCore + (<usize>leaf << 3), least);
  }
}

/** Copies components of the chunk's 64 leaves into tree order, and writes per leaf its only component, −1 if it has several. */
export function colourLeaves(chunk: i32, _thread: i32, pointer: usize): void {
  const tree = changetype<Tree>(pointer);
  const last = min(tree.leaves, chunk * 64 + 64);
  for (let leaf = tree.leaves + chunk * 64; leaf < tree.leaves + last; leaf++) {
    const start = leafStart(tree, leaf);
    const end = leafStart(tree, leaf + 1);
    let only = -2;
    for (let place = start; place < end; place++) {
      const component = load<i32>(tree.component + (<usize>rowAt(tree, place) << 2));
      store<i32>(tree.placeComponent + (<usize>place << 2), component);
      if (place == start) only = component;
      else if (only != component) only = -1;
    }
    store<i32>(tree.nodeComponent + (<usize>leaf << 2), only);
  }
}

/** Writes the smallest floor of the inner nodes [from, to) from their children's, last node first. */
export function joinWeights(pointer: usize, from: i32, to: i32): void {
  const tree = changetype<Tree>(pointer);
  for (let node = to - 1; node >= from; node--) {
    const floors = tree.nodeCore + (<usize>(node * 2) << 3);
    store<f64>(tree.nodeCore + (<usize>node << 3), min(load<f64>(floors), load<f64>(floors, 8)));
  }
}

/** Writes the only component of the inner nodes [from, to) from their children's, last node first. */
export function joinColours(pointer: usize, from: i32, to: i32): void {
  const tree = changetype<Tree>(pointer);
  for (let node = to - 1; node >= from; node--) {
    const left = tree.nodeComponent + (<usize>(node * 2) << 2);
    const a = load<i32>(left);
    store<i32>(tree.nodeComponent + (<usize>node << 2), a == load<i32>(left, 4) ? a : -1);
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
