import { f64At, i32At, setI32 } from './memory';
import { find } from './union-find';

// Only merges of one run of equal distances are parts of each other, and a run is one range: whether two merges are at
// equal distance is known by the place where the run begins, without their distances. `weights` are those of `start` … `end`
// with the one before them in front.

/** up[part] = merge e that it goes into, as −2 − e where both are at equal distance. */
// @ts-ignore: decorator
@inline function noteUp(up: usize, part: i32, e: usize, run: usize): void {
  setI32(up, part, <usize>part >= run ? -2 - <i32>e : <i32>e);
}

// @ts-ignore: decorator
@inline function runAt(weights: usize, start: usize, e: usize, run: usize): usize {
  const weight = weights + ((e - start) << 3);
  return load<f64>(weight) == load<f64>(weight - 8) ? run : e;
}

/**
 * Single linkage of edges in ascending order, numbered as scipy does: points below n, merge i is n + i. `from` and `to` begin
 * at edge `start`. `parent` is a union-find over points, `node` the number that a root's component has now, `up` the merge that a
 * merge goes into, `run` where the run of equal weights before `start` begins. Returns the same for `end`.
 */
export function link(
  start: usize, end: usize, n: i32, from: usize, to: usize, weights: usize, run: usize, parent: usize, node: usize,
  left: usize, right: usize, size: usize, up: usize,
): usize {
  for (let e = start; e < end; e++) {
    run = runAt(weights, start, e, run);
    const a = find(parent, i32At(from, e - start));
    const b = find(parent, i32At(to, e - start));
    const x = i32At(node, a);
    const y = i32At(node, b);
    const sizeA = x < n ? 1 : i32At(size, x - n);
    const sizeB = y < n ? 1 : i32At(size, y - n);
    setI32(left, e, min(x, y));
    setI32(right, e, max(x, y));
    setI32(size, e, sizeA + sizeB);
    if (x >= n) noteUp(up, x - n, e, run);
    if (y >= n) noteUp(up, y - n, e, run);
    const root = sizeA < sizeB ? b : a;
    setI32(parent, sizeA < sizeB ? a : b, <i32>root);
    setI32(node, root, n + <i32>e);
  }
  return run;
}

/** `up` of a stored linkage, as `link` leaves it; the last merge has −1. */
export function linkUp(
  start: usize, end: usize, n: i32, weights: usize, run: usize, left: usize, right: usize, up: usize,
): usize {
  for (let e = start; e < end; e++) {
    run = runAt(weights, start, e, run);
    const x = i32At(left, e);
    const y = i32At(right, e);
    if (x >= n) noteUp(up, x - n, e, run);
    if (y >= n) noteUp(up, y - n, e, run);
  }
  return run;
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
 * counts the points in its other parts. Goes down from merge `start` − 1 to `end`, parents first; small starts as 0. Returns
 * `clusters` and how many clusters begin here: all parts of merges with two or more of that size.
 */
export function gather(
  start: usize, end: usize, n: i32, minClusterSize: i32, left: usize, right: usize, size: usize,
  up: usize, top: usize, small: usize, clusters: i32,
): i32 {
  for (let m = start; m-- > end; ) {
    const above = i32At(up, m);
    const head = above < -1 ? headOf(top, -2 - above) : <i32>m;
    setI32(top, m, head == <i32>m ? -1 : head);
    for (let side = 0; side < 2; side++) {
      const part = i32At(side ? right : left, m);
      if (part >= n && i32At(up, part - n) < -1) continue;
      const points = part < n ? 1 : i32At(size, part - n);
      if (points < minClusterSize) {
        setI32(small, head, i32At(small, head) + points);
        continue;
      }
      const parts = -i32At(top, head);
      setI32(top, head, -1 - parts);
      if (parts > 1) clusters += parts == 2 ? 2 : 1;
    }
  }
  return clusters;
}
