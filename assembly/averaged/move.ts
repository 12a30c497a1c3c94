/**
 * Moves rows part of the way to the mean of their neighbours, each weighted by its edge ÷ (1 + squared distance).
 *
 * @param first the line of row 0; edges lead to any line
 * @param offsets row i's edges lie between `offsets[i]` and `offsets[i + 1]`; edges of weight 0 are none
 * @param places lines of 8 f32 before the move
 * @param next the same after it, of which only the rows' are written
 */
export function moveRows(
  chunk: i32, _thread: i32, first: i32, rows: i32, rowsPerChunk: i32, offsets: usize, tails: usize, weights: usize, step: f64, places: usize,
  next: usize,
): void {
  const last = min(rows, (chunk + 1) * rowsPerChunk);
  for (let i = chunk * rowsPerChunk; i < last; i++) {
    const from = places + (<usize>(first + i) << 5);
    const a0 = two(from);
    const a1 = two(from + 8);
    const a2 = two(from + 16);
    const a3 = two(from + 24);
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    let s2 = f64x2.splat(0);
    let s3 = f64x2.splat(0);
    let total: f64 = 0;
    const end = (<usize>load<i32>(offsets + (<usize>i << 2), 4)) << 2;
    for (let e = (<usize>load<i32>(offsets + (<usize>i << 2))) << 2; e < end; e += 4) {
      const own = load<f32>(weights + e);
      if (!(own > 0)) continue;
      const other = places + ((<usize>load<i32>(tails + e)) << 5);
      const b0 = two(other);
      const b1 = two(other + 8);
      const b2 = two(other + 16);
      const b3 = two(other + 24);
      // One number after the other, so that a compiler of another kind adds them in the same order.
      let square = lower(a0, b0);
      square += upper(a0, b0);
      square += lower(a1, b1);
      square += upper(a1, b1);
      square += lower(a2, b2);
      square += upper(a2, b2);
      square += lower(a3, b3);
      square += upper(a3, b3);
      const weight = <f64>own / (1 + square);
      total += weight;
      const w = f64x2.splat(weight);
      s0 = f64x2.add(s0, f64x2.mul(w, b0));
      s1 = f64x2.add(s1, f64x2.mul(w, b1));
      s2 = f64x2.add(s2, f64x2.mul(w, b2));
      s3 = f64x2.add(s3, f64x2.mul(w, b3));
    }
    const to = next + (<usize>(first + i) << 5);
    if (total === 0) {
      memory.copy(to, from, 32);
      continue;
    }
    const all = f64x2.splat(total);
    write(to, a0, s0, all, step);
    write(to + 8, a1, s1, all, step);
    write(to + 16, a2, s2, all, step);
    write(to + 24, a3, s3, all, step);
  }
}

// @ts-ignore: decorator
@inline function two(at: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(at));
}

// @ts-ignore: decorator
@inline function lower(a: v128, b: v128): f64 {
  const apart = f64x2.sub(a, b);
  return f64x2.extract_lane(f64x2.mul(apart, apart), 0);
}

// @ts-ignore: decorator
@inline function upper(a: v128, b: v128): f64 {
  const apart = f64x2.sub(a, b);
  return f64x2.extract_lane(f64x2.mul(apart, apart), 1);
}

// @ts-ignore: decorator
@inline function write(to: usize, own: v128, sum: v128, total: v128, step: f64): void {
  const way = f64x2.mul(f64x2.splat(step), f64x2.sub(f64x2.div(sum, total), own));
  v128.store64_lane(to, f32x4.demote_f64x2_zero(f64x2.add(own, way)), 0);
}
