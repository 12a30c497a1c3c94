// Prim's minimum spanning forest with an indexed 4-ary heap (Prim 1957; d-ary heaps: Johnson 1975). Lists lead only one
// way, so what leads to a row from outside its own list stands in a second, much shorter set of lists: `starts` (n + 1),
// `outer`, `outerDistances`.
import { f32At, i32At, setF32, setI32 } from './memory';
import { isLighter, note, scaled } from './boruvka';

/** Whether row j lists i at d or nearer. Below last[j] it does where lists are symmetric (`last` 0: never sure). */
// @ts-ignore: decorator
@inline function isListed(i: i32, j: i32, d: f32, k: usize, indices: usize, distances: usize, last: usize): bool {
  if (last) {
    const end = f32At(last, j);
    if (d < end) return true;
    if (d > end) return false;
  }
  const base = <usize>j * k;
  for (let t = base, stop = base + k; t < stop; t++) {
    const other = i32At(indices, t);
    if (other < 0 || f32At(distances, t) > d) return false;
    if (other == i) return true;
  }
  return false;
}

/** Counts one-sided slots at starts[j + 1]; the caller has cleared it. */
export function countOuter(
  start: usize, end: usize, k: usize, indices: usize, distances: usize, last: usize, starts: usize,
): void {
  for (let i = start; i < end; i++) {
    for (let t = i * k, stop = t + k; t < stop; t++) {
      const j = i32At(indices, t);
      if (j < 0) break;
      if (!isListed(<i32>i, j, f32At(distances, t), k, indices, distances, last)) setI32(starts, j + 1, i32At(starts, j + 1) + 1);
    }
  }
}

/** Counts become starts. */
export function sumStarts(n: usize, starts: usize): void {
  for (let j: usize = 0; j < n; j++) setI32(starts, j + 1, i32At(starts, j + 1) + i32At(starts, j));
}

/** Writes one-sided slots; `next` is a copy of starts. */
export function writeOuter(
  start: usize, end: usize, k: usize, indices: usize, distances: usize, last: usize,
  next: usize, outer: usize, outerDistances: usize,
): void {
  for (let i = start; i < end; i++) {
    for (let t = i * k, stop = t + k; t < stop; t++) {
      const j = i32At(indices, t);
      if (j < 0) break;
      const d = f32At(distances, t);
      if (isListed(<i32>i, j, d, k, indices, distances, last)) continue;
      const at = i32At(next, j);
      setI32(next, j, at + 1);
      setI32(outer, at, <i32>i);
      setF32(outerDistances, at, d);
    }
  }
}

// place[row] while it waits: where it is in the heap. Otherwise:
const UNSEEN: i32 = -1;
const DONE: i32 = -2;

// Pointers of a run, so that functions need not pass them on.
let best: usize, from: usize, place: usize, heap: usize, core: usize;
let heapSize: usize = 0;
let nextStart: usize = 0;
let isExact: bool = false;
let alpha: f64 = 1;

/** Begins a run. best f32, from, place (all −1) and heap i32, n each. */
export function openPrim(best_: usize, from_: usize, place_: usize, heap_: usize, core_: usize, alpha_: f64, exact: bool): void {
  best = best_; from = from_; place = place_; heap = heap_; core = core_; alpha = alpha_; isExact = exact;
  heapSize = 0;
  nextStart = 0;
}

// @ts-ignore: decorator
@inline function isBefore(a: i32, b: i32): bool {
  const x = f32At(best, a);
  const y = f32At(best, b);
  return x < y || (x == y && isExact && isLighter(i32At(from, a), a, i32At(from, b), b));
}

// @ts-ignore: decorator
@inline function put(row: i32, at: usize): void {
  setI32(heap, at, row);
  setI32(place, row, <i32>at);
}

function rise(row: i32, at: usize): void {
  while (at > 0) {
    const up = (at - 1) >> 2;
    const above = i32At(heap, up);
    if (!isBefore(row, above)) break;
    put(above, at);
    at = up;
  }
  put(row, at);
}

function takeFirst(): i32 {
  const first = i32At(heap, 0);
  const row = i32At(heap, --heapSize);
  let at: usize = 0;
  if (heapSize > 0) {
    for (;;) {
      const child = (at << 2) + 1;
      if (child >= heapSize) break;
      let least = child;
      for (let c = child + 1, end = min(child + 4, heapSize); c < end; c++) {
        if (isBefore(i32At(heap, c), i32At(heap, least))) least = c;
      }
      const below = i32At(heap, least);
      if (!isBefore(below, row)) break;
      put(below, at);
      at = least;
    }
    put(row, at);
  }
  setI32(place, first, DONE);
  return first;
}

// @ts-ignore: decorator
@inline function relax(row: i32, other: i32, distance: f32): void {
  const where = i32At(place, other);
  if (where == DONE) return;
  const weight = max<f32>(max<f32>(f32At(core, row), f32At(core, other)), scaled(distance, alpha));
  if (weight == <f32>Infinity) return;
  if (where != UNSEEN) {
    const known = f32At(best, other);
    if (weight > known) return;
    if (weight == known && !(isExact && isLighter(row, other, i32At(from, other), other))) return;
  }
  setF32(best, other, weight);
  setI32(from, other, row);
  rise(other, where == UNSEEN ? heapSize++ : <usize>where);
}

/** At most `steps` more rows. Returns how many edges there are then, or −1 − that when all rows are done. */
export function growPrim(
  steps: i32, n: usize, k: usize, indices: usize, distances: usize,
  starts: usize, outer: usize, outerDistances: usize, edges: usize, capacity: usize, count: usize,
): i32 {
  while (steps-- > 0) {
    let row: i32;
    if (heapSize > 0) {
      row = takeFirst();
      // Whether d touches the weight isn't known here, which −1 − from says.
      note(edges, capacity, count++, -1 - i32At(from, row), row, f32At(best, row));
    } else {
      while (nextStart < n && i32At(place, nextStart) == DONE) nextStart++;
      if (nextStart == n) return -1 - <i32>count;
      row = <i32>nextStart;
      setI32(place, row, DONE);
    }
    for (let t = <usize>row * k, stop = t + k; t < stop; t++) {
      const other = i32At(indices, t);
      if (other < 0) break;
      relax(row, other, f32At(distances, t));
    }
    for (let t = <usize>i32At(starts, row), stop = <usize>i32At(starts, row + 1); t < stop; t++) {
      relax(row, i32At(outer, t), f32At(outerDistances, t));
    }
  }
  return <i32>count;
}
