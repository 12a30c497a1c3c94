// What descent in any number of dimensions shares: looked-up gradients, their clipping, and when an edge fires.

/** Gradients are looked up by squared distance: 32 steps an octave from 2^-20 to 2^12. */
export const TABLE_BASE: i32 = (127 - 20) << 23;
export const TABLE_SHIFT: i32 = 18;
export const TABLE_LAST: i32 = 1023;
/** No coordinate of a gradient exceeds this. */
const CLIP: f32 = 4;

@inline
export function lookup(table: usize, squared: f32): f32 {
  const step = min(max((reinterpret<i32>(squared) - TABLE_BASE) >> TABLE_SHIFT, 0), TABLE_LAST);
  return load<f32>(table + ((<usize>step) << 2));
}

@inline
export function clipped(x: v128): v128 {
  return f32x4.pmax(f32x4.pmin(x, f32x4.splat(CLIP)), f32x4.splat(-CLIP));
}

/** Bit l is set where edge l of four fires in epoch n (from 1): n times its weight passes a whole number. */
@inline
export function firing(weights: v128, n: v128, before: v128): i32 {
  return i32x4.bitmask(f32x4.gt(f32x4.floor(f32x4.mul(weights, n)), f32x4.floor(f32x4.mul(weights, before))));
}

/**
 * How many fours of vertices to push an edge's end from, when it fires for the `time`th time: over the times that
 * makes `negatives` vertices each.
 */
@inline
export function foursOf(negatives: i32, time: i32): i32 {
  return ((negatives * time) >> 2) - ((negatives * (time - 1)) >> 2);
}

/** The gradient between two places of `bytes` bytes, a multiple of 16, as (g, g, g, g) to multiply a difference by. */
@inline
export function gradientBetween(own: usize, other: usize, bytes: usize, table: usize): v128 {
  let squares = f32x4.splat(0);
  for (let d: usize = 0; d < bytes; d += 16) {
    const apart = f32x4.sub(v128.load(own + d), v128.load(other + d));
    squares = f32x4.add(squares, f32x4.mul(apart, apart));
  }
  const pairs = f32x4.add(squares, v128.shuffle<f32>(squares, squares, 2, 3, 0, 1));
  return f32x4.splat(lookup(table, f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1)));
}

/** Moves the place at `own` along its gradient from the one at `other`. */
@inline
export function move(own: usize, other: usize, bytes: usize, table: usize, rate: v128): void {
  const g = gradientBetween(own, other, bytes, table);
  for (let d: usize = 0; d < bytes; d += 16) {
    const current = v128.load(own + d);
    const apart = f32x4.sub(current, v128.load(other + d));
    v128.store(own + d, f32x4.add(current, f32x4.mul(rate, clipped(f32x4.mul(g, apart)))));
  }
}

/** Moves both places, each along the other's way. */
@inline
export function moveBoth(own: usize, other: usize, bytes: usize, table: usize, rate: v128): void {
  const g = gradientBetween(own, other, bytes, table);
  for (let d: usize = 0; d < bytes; d += 16) {
    const current = v128.load(own + d);
    const partner = v128.load(other + d);
    const step = f32x4.mul(rate, clipped(f32x4.mul(g, f32x4.sub(current, partner))));
    v128.store(own + d, f32x4.add(current, step));
    v128.store(other + d, f32x4.sub(partner, step));
  }
}
