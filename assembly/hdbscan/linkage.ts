import { f64At, i32At, setI32 } from './memory';
import { find } from './union-find';

/**
 * Single linkage of edges in ascending order, numbered as scipy does: points below n, merge i is n + i. `parent` is a
 * union-find over points, `node` the number that a root's component has now, `up` the merge that a merge goes into.
 */
export function link(
  start: usize, end: usize, n: i32, from: usize, to: usize, parent: usize, node: usize,
  left: usize, right: usize, size: usize, up: usize,
): void {
  for (let e = start; e < end; e++) {
    const a = find(parent, i32At(from, e));
    const b = find(parent, i32At(to, e));
    const x = i32At(node, a);
    const y = i32At(node, b);
    const sizeA = x < n ? 1 : i32At(size, x - n);
    const sizeB = y < n ? 1 : i32At(size, y - n);
    setI32(left, e, min(x, y));
    setI32(right, e, max(x, y));
    setI32(size, e, sizeA + sizeB);
    if (x >= n) setI32(up, x - n, <i32>e);
    if (y >= n) setI32(up, y - n, <i32>e);
    const root = sizeA < sizeB ? b : a;
    setI32(parent, sizeA < sizeB ? a : b, <i32>root);
    setI32(node, root, n + <i32>e);
  }
}

/** up[merge] for a stored linkage; the last merge has −1. */
export function linkUp(start: usize, end: usize, n: i32, left: usize, right: usize, up: usize): void {
  for (let e = start; e < end; e++) {
    const x = i32At(left, e);
    const y = i32At(right, e);
    if (x >= n) setI32(up, x - n, <i32>e);
    if (y >= n) setI32(up, y - n, <i32>e);
  }
}

/** The uppermost merge of m's own, from `top` as `gather` leaves it. */
// @ts-ignore: decorator
@inline export function headOf(top: usize, m: i32): i32 {
  const head = i32At(top, m);
  return head < 0 ? m : head;
}

/**
 * Merges at equal distance are one merge with many parts (Campello, Moulavi and Sander 2013, Algorithm 1): top[m] is the
 * uppermost merge of m's own, and at that one −1 − how many of its parts have at least minClusterSize points; small[it]
 * counts the points in its other parts. Goes down from merge `start` − 1 to `end`, parents first; small starts as 0.
 */
export function gather(
  start: usize, end: usize, n: i32, minClusterSize: i32, left: usize, right: usize, distance: usize, size: usize,
  up: usize, top: usize, small: usize,
): void {
  for (let m = start; m-- > end; ) {
    const level = f64At(distance, m);
    const above = i32At(up, m);
    const head = above >= 0 && f64At(distance, above) == level ? headOf(top, above) : <i32>m;
    setI32(top, m, head == <i32>m ? -1 : head);
    for (let side = 0; side < 2; side++) {
      const part = i32At(side ? right : left, m);
      if (part >= n && f64At(distance, part - n) == level) continue;
      const points = part < n ? 1 : i32At(size, part - n);
      if (points >= minClusterSize) setI32(top, head, i32At(top, head) - 1);
      else setI32(small, head, i32At(small, head) + points);
    }
  }
}
