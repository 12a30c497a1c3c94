// Least significant digit radix sort of non-negative f32 keys (their bits sort like numbers), 11 bits a pass, the
// element number carried along. Stable: equal keys stay in order.
import { i32At, setI32 } from './memory';

const DIGITS: usize = 2048;

/** Counts the digits of all three passes: `counts` is 3 × 2048 i32, cleared by the caller. */
export function countDigits(start: usize, end: usize, keys: usize, counts: usize): void {
  for (let e = start; e < end; e++) {
    const key = <u32>i32At(keys, e);
    const low = key & 2047;
    const middle = (key >> 11) & 2047;
    const high = key >> 22;
    setI32(counts, low, i32At(counts, low) + 1);
    setI32(counts, DIGITS + middle, i32At(counts, DIGITS + middle) + 1);
    setI32(counts, DIGITS * 2 + high, i32At(counts, DIGITS * 2 + high) + 1);
  }
}

/** Counts become starts. */
export function startDigits(counts: usize): void {
  for (let pass: usize = 0; pass < 3; pass++) {
    let sum = 0;
    for (let digit: usize = 0; digit < DIGITS; digit++) {
      const count = i32At(counts, pass * DIGITS + digit);
      setI32(counts, pass * DIGITS + digit, sum);
      sum += count;
    }
  }
}

/** One pass over keys and the numbers that go with them. */
export function scatterDigits(
  start: usize, end: usize, pass: usize, keys: usize, order: usize, toKeys: usize, toOrder: usize, starts: usize,
): void {
  const shift = <u32>(pass * 11);
  const from = starts + ((pass * DIGITS) << 2);
  for (let e = start; e < end; e++) {
    const key = <u32>i32At(keys, e);
    const digit = (key >> shift) & 2047;
    const at = i32At(from, digit);
    setI32(from, digit, at + 1);
    setI32(toKeys, at, <i32>key);
    setI32(toOrder, at, i32At(order, e));
  }
}

/**
 * The rows that sorted edges start … end − 1 join, written to `from` and `to` from their beginnings. order[e] is an edge's number:
 * below `vertices` it joins that vertex to joined[vertex]; then come later edges, of the columns `laterFrom` and `laterTo`; from `hanging` on edge
 * hanging + row joins that row to the first one of its vertex, vertexOf[row]. rowOf[vertex] is a vertex's first row; 0: its number.
 */
export function readEnds(
  start: usize, end: usize, order: usize, vertices: usize, joined: usize, laterFrom: usize, laterTo: usize,
  hanging: usize, rowOf: usize, vertexOf: usize, from: usize, to: usize,
): void {
  for (let e = start; e < end; e++) {
    const edge = <usize>i32At(order, e);
    const at = (e - start) << 2;
    if (edge >= hanging) {
      const row = edge - hanging;
      store<i32>(from + at, i32At(rowOf, <usize>i32At(vertexOf, row)));
      store<i32>(to + at, <i32>row);
      continue;
    }
    const isFirst = edge < vertices;
    const a = isFirst ? <i32>edge : i32At(laterFrom, edge - vertices);
    const b = isFirst ? i32At(joined, edge) : i32At(laterTo, edge - vertices);
    store<i32>(from + at, rowOf ? i32At(rowOf, a) : a);
    store<i32>(to + at, rowOf ? i32At(rowOf, b) : b);
  }
}
