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

/** The same of four squared distances. */
@inline
export function lookupFour(table: usize, squared: v128): v128 {
  let step = i32x4.shr_s(i32x4.sub(squared, i32x4.splat(TABLE_BASE)), TABLE_SHIFT);
  step = i32x4.shl(i32x4.min_s(i32x4.max_s(step, i32x4.splat(0)), i32x4.splat(TABLE_LAST)), 2);
  let g = v128.load32_zero(table + <usize>i32x4.extract_lane(step, 0));
  g = v128.load32_lane(table + <usize>i32x4.extract_lane(step, 1), g, 1);
  g = v128.load32_lane(table + <usize>i32x4.extract_lane(step, 2), g, 2);
  return v128.load32_lane(table + <usize>i32x4.extract_lane(step, 3), g, 3);
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

/** Squared distances of the place at `own` from four others; places take `bytes` bytes, a multiple of 16. */
@inline
export function squaresOfFour(own: usize, a: usize, b: usize, c: usize, d: usize, bytes: usize): v128 {
  let sa = f32x4.splat(0);
  let sb = f32x4.splat(0);
  let sc = f32x4.splat(0);
  let sd = f32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) {
    const current = v128.load(own + at);
    const da = f32x4.sub(current, v128.load(a + at));
    const db = f32x4.sub(current, v128.load(b + at));
    const dc = f32x4.sub(current, v128.load(c + at));
    const dd = f32x4.sub(current, v128.load(d + at));
    sa = f32x4.add(sa, f32x4.mul(da, da));
    sb = f32x4.add(sb, f32x4.mul(db, db));
    sc = f32x4.add(sc, f32x4.mul(dc, dc));
    sd = f32x4.add(sd, f32x4.mul(dd, dd));
  }
  const ab = f32x4.add(v128.shuffle<f32>(sa, sb, 0, 4, 1, 5), v128.shuffle<f32>(sa, sb, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(sc, sd, 0, 4, 1, 5), v128.shuffle<f32>(sc, sd, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}
