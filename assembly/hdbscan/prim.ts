// Prim's minimum spanning forest with an indexed 4-ary heap (Prim 1957; d-ary heaps: Johnson 1975). A list
// holds the edges of a row in one direction only. Edges that the row at the other end alone lists are in a second, much shorter
// set of lists: those of row j are entries starts[j] … starts[j + 1] − 1 of `outer`, | row i32 | distance f32 | each.
import { f32At, i32At, setF32, setI32 } from './memory';
import { keep } from './kept';
import { core as coreKeys, keyOf, slack, stepsAbove, weigh } from './weight';

/**
 * Whether row j lists i at d or nearer. `last` has the distance at which each list ends: where lists are symmetric, a pair
 * that is nearer than both ends is in both (`last` 0: they are not, so j's list is searched).
 */
// @ts-ignore: decorator
@inline function isListed(i: i32, j: i32, d: f32, k: usize, indices: usize, distances: usize, last: usize): bool {
  const base = <usize>j * k;
  const end: f32 = last ? f32At(last, j) : 0;
  if (last && d > end) return false;
  if (last && d < end && d < f32At(last, i)) return true;
  if (last && d == end) {
    // At the end of the list, where its last distance is.
    for (let t = base + k; t-- > base; ) {
      const other = i32At(indices, t);
      if (other == i) return true;
      if (other >= 0 && f32At(distances, t) < d) return false;
    }
    return false;
  }
  for (let t = base, stop = base + k; t < stop; t++) {
    const other = i32At(indices, t);
    if (other < 0 || f32At(distances, t) > d) return false;
    if (other == i) return true;
  }
  return false;
}

/** Counts one-sided slots at starts[j + 1] and sets their bits in `marks` (rows × ⌈k / 32⌉ u32); both start as 0. */
export function countOuter(
  start: usize, end: usize, k: usize, indices: usize, distances: usize, last: usize, starts: usize, marks: usize,
): void {
  const words = (k + 31) >> 5;
  for (let i = start; i < end; i++) {
    for (let t = i * k, s: usize = 0; s < k; s++, t++) {
      const j = i32At(indices, t);
      if (j < 0) break;
      if (isListed(<i32>i, j, f32At(distances, t), k, indices, distances, last)) continue;
      setI32(starts, j + 1, i32At(starts, j + 1) + 1);
      const word = i * words + (s >> 5);
      setI32(marks, word, i32At(marks, word) | 1 << <i32>(s & 31));
    }
  }
}

/** Counts become starts, one place on: writing a slot of j moves starts[j + 1] to where j + 1 begins. Returns their sum. */
export function sumStarts(n: usize, starts: usize): i32 {
  let sum: i32 = 0;
  for (let j: usize = 1; j <= n; j++) {
    const count = i32At(starts, j);
    setI32(starts, j, sum);
    sum += count;
  }
  return sum;
}

/** Writes the slots marked by `countOuter` for rows start … end − 1 to `outer`. */
export function writeOuter(
  start: usize, end: usize, k: usize, indices: usize, distances: usize, starts: usize, marks: usize, outer: usize,
): void {
  const words = (k + 31) >> 5;
  for (let i = start; i < end; i++) {
    for (let w: usize = 0; w < words; w++) {
      for (let bits = i32At(marks, i * words + w); bits; bits &= bits - 1) {
        const t = i * k + (w << 5) + <usize>ctz(bits);
        const j = i32At(indices, t);
        const at = i32At(starts, j + 1);
        setI32(starts, j + 1, at + 1);
        setI32(outer, <usize>at << 1, <i32>i);
        setF32(outer, (<usize>at << 1) + 1, f32At(distances, t));
      }
    }
  }
}

// A row is | place i32 | core f32 | best f32 | from i32 |: one cache line, where columns would be four.
// `best` is the key of its cheapest edge to the tree, `from` the row of the tree at the other end. `place` is its position in the
// heap, or while it isn't there:
const UNSEEN: i32 = -1;
const DONE: i32 = -2;

// @ts-ignore: decorator
@inline function at(row: i32): usize {
  return nodes + (<usize>row << 4);
}
// @ts-ignore: decorator
@inline function bestOf(row: i32): f32 {
  return load<f32>(at(row), 8);
}
// @ts-ignore: decorator
@inline function fromOf(row: i32): i32 {
  return load<i32>(at(row), 12);
}

// Pointers of a run, so that functions need not pass them on. The heap is | row i32 | best f32 | per place.
let nodes: usize, heap: usize;
let heapSize: usize = 0;
let nextStart: usize = 0;
/** Receives values read ahead of need, so that the compiler keeps the reads. */
let touched: i32 = 0;

/** Begins a run. nodes: 16 bytes, heap: 8 bytes per row. */
export function openPrim(n: usize, nodes_: usize, heap_: usize): void {
  nodes = nodes_; heap = heap_;
  heapSize = 0;
  nextStart = 0;
  for (let row: usize = 0; row < n; row++) {
    store<i32>(at(<i32>row), UNSEEN);
    store<f32>(at(<i32>row), f32At(coreKeys, row), 4);
  }
}

/** Whether row a, with best key x, comes before row b, with best key y, in the heap: its edge to the tree weighs less. */
// @ts-ignore: decorator
@inline function isBefore(a: i32, x: f32, b: i32, y: f32): bool {
  const slack_ = slack;
  const above = stepsAbove(x, y);
  if (above >= slack_) return false;
  return above <= -slack_ || weigh(fromOf(a), a) < weigh(fromOf(b), b);
}

/** Whether the edge from a to b with key x is lighter than the edge from c to d with key y. */
// @ts-ignore: decorator
@inline function isLighter(a: i32, b: i32, x: f32, c: i32, d: i32, y: f32): bool {
  const slack_ = slack;
  const above = stepsAbove(x, y);
  if (above >= slack_) return false;
  return above <= -slack_ || weigh(a, b) < weigh(c, d);
}

// @ts-ignore: decorator
@inline function put(row: i32, weight: f32, place: usize): void {
  setI32(heap, place << 1, row);
  setF32(heap, (place << 1) + 1, weight);
  store<i32>(at(row), <i32>place);
}

/** Puts a row into the heap at `place` or above it, wherever its weight belongs. */
function rise(row: i32, weight: f32, place: usize): void {
  while (place > 0) {
    const up = (place - 1) >> 2;
    const above = i32At(heap, up << 1);
    const known = f32At(heap, (up << 1) + 1);
    if (!isBefore(row, weight, above, known)) break;
    put(above, known, place);
    place = up;
  }
  put(row, weight, place);
}

/** Removes the row with the cheapest edge to the tree from the heap, marks it DONE and returns it. */
function takeFirst(): i32 {
  const first = i32At(heap, 0);
  heapSize--;
  const row = i32At(heap, heapSize << 1);
  const weight = f32At(heap, (heapSize << 1) + 1);
  let place: usize = 0;
  if (heapSize > 0) {
    for (;;) {
      const child = (place << 2) + 1;
      if (child >= heapSize) break;
      let least = child;
      let below = i32At(heap, child << 1);
      let lightest = f32At(heap, (child << 1) + 1);
      for (let c = child + 1, end = min(child + 4, heapSize); c < end; c++) {
        const other = i32At(heap, c << 1);
        const known = f32At(heap, (c << 1) + 1);
        if (!isBefore(other, known, below, lightest)) continue;
        least = c;
        below = other;
        lightest = known;
      }
      if (!isBefore(below, lightest, row, weight)) break;
      put(below, lightest, place);
      place = least;
    }
    put(row, weight, place);
  }
  store<i32>(at(first), DONE);
  return first;
}

/** Offers the edge from `row`, which has just joined the tree, to `other`: it is kept if it is lighter than other's best so far. */
// @ts-ignore: decorator
@inline function relax(row: i32, core: f32, other: i32, distance: f32): void {
  const node = at(other);
  const place = load<i32>(node);
  if (place == DONE) return;
  const weight = max<f32>(max<f32>(core, load<f32>(node, 4)), keyOf(distance));
  if (weight == <f32>Infinity) return;
  if (place != UNSEEN && !isLighter(row, other, weight, load<i32>(node, 12), other, load<f32>(node, 8))) return;
  store<f32>(node, weight, 8);
  store<i32>(node, row, 12);
  rise(other, weight, place == UNSEEN ? heapSize++ : <usize>place);
}

/**
 * Adds at most `steps` more rows to the forest; their edges are appended to `kept` after the first `count`. Returns how many edges
 * there are then, or −1 − that number when all rows are done.
 */
export function growPrim(
  steps: i32, n: usize, k: usize, indices: usize, distances: usize,
  starts: usize, outer: usize, kept: usize, count: usize,
): i32 {
  while (steps-- > 0) {
    let row: i32;
    if (heapSize > 0) {
      row = takeFirst();
      // −1 − from: whether the distance decides the weight isn't known here, see `keep`.
      keep(kept, count++, -1 - fromOf(row), row, bestOf(row));
    } else {
      while (nextStart < n && load<i32>(at(<i32>nextStart)) == DONE) nextStart++;
      if (nextStart == n) return -1 - <i32>count;
      row = <i32>nextStart;
      store<i32>(at(row), DONE);
    }
    // The next row is likely the one at the top of the heap now: its lists are prefetched while this row's are read.
    if (heapSize > 0) {
      const next = <usize>i32At(heap, 0) * k;
      touched = i32At(indices, next) ^ i32At(distances, next) ^ i32At(starts, <usize>i32At(heap, 0));
    }
    const core = load<f32>(at(row), 4);
    for (let t = <usize>row * k, stop = t + k; t < stop; t++) {
      const other = i32At(indices, t);
      if (other < 0) break;
      relax(row, core, other, f32At(distances, t));
    }
    for (let t = <usize>i32At(starts, row), stop = <usize>i32At(starts, row + 1); t < stop; t++) {
      relax(row, core, i32At(outer, t << 1), f32At(outer, (t << 1) + 1));
    }
  }
  return <i32>count;
}
