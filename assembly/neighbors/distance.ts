/**
 * Squared euclidean distance of two rows of `d` float32: differences, squares and sum in float64, in one fixed
 * order. The number is the same whichever row asks, and every engine's distances are made here.
 */
// @ts-ignore: decorator
@inline
export function squaredDistance(a: usize, b: usize, d: i32): f64 {
  let even = f64x2.splat(0);
  let odd = f64x2.splat(0);
  const fours = (<usize>d & ~3) << 2;
  const end = <usize>d << 2;
  let at: usize = 0;
  for (; at < fours; at += 16) {
    const low = f64x2.sub(
      f64x2.promote_low_f32x4(v128.load64_zero(a + at)),
      f64x2.promote_low_f32x4(v128.load64_zero(b + at)),
    );
    const high = f64x2.sub(
      f64x2.promote_low_f32x4(v128.load64_zero(a + at, 8)),
      f64x2.promote_low_f32x4(v128.load64_zero(b + at, 8)),
    );
    even = f64x2.add(even, f64x2.mul(low, low));
    odd = f64x2.add(odd, f64x2.mul(high, high));
  }
  let sum = sumOf(even, odd);
  for (; at < end; at += 4) {
    const difference = <f64>load<f32>(a + at) - <f64>load<f32>(b + at);
    sum += difference * difference;
  }
  return sum;
}

/** Writes a row as float64. */
export function widenRow(row: usize, d: i32, wide: usize): void {
  for (let t: usize = 0; t < <usize>d; t++) store<f64>(wide + (t << 3), <f64>load<f32>(row + (t << 2)));
}

/** `squaredDistance`, to the last bit, from a row that `widenRow` has written: half the conversions. */
// @ts-ignore: decorator
@inline
export function squaredDistanceWide(wide: usize, b: usize, d: i32): f64 {
  let even = f64x2.splat(0);
  let odd = f64x2.splat(0);
  const fours = (<usize>d & ~3) << 2;
  const end = <usize>d << 2;
  let at: usize = 0;
  for (; at < fours; at += 16) {
    const a = wide + (at << 1);
    const low = f64x2.sub(v128.load(a), f64x2.promote_low_f32x4(v128.load64_zero(b + at)));
    const high = f64x2.sub(v128.load(a, 16), f64x2.promote_low_f32x4(v128.load64_zero(b + at, 8)));
    even = f64x2.add(even, f64x2.mul(low, low));
    odd = f64x2.add(odd, f64x2.mul(high, high));
  }
  let sum = sumOf(even, odd);
  for (; at < end; at += 4) {
    const difference = load<f64>(wide + (at << 1)) - <f64>load<f32>(b + at);
    sum += difference * difference;
  }
  return sum;
}

/** Four of `squaredDistanceWide` at once, which wait for memory together: `out` is four float64. */
export function squaredDistancesWide(wide: usize, b0: usize, b1: usize, b2: usize, b3: usize, d: i32, out: usize): void {
  let even0 = f64x2.splat(0);
  let even1 = f64x2.splat(0);
  let even2 = f64x2.splat(0);
  let even3 = f64x2.splat(0);
  let odd0 = f64x2.splat(0);
  let odd1 = f64x2.splat(0);
  let odd2 = f64x2.splat(0);
  let odd3 = f64x2.splat(0);
  const fours = (<usize>d & ~3) << 2;
  const end = <usize>d << 2;
  let at: usize = 0;
  for (; at < fours; at += 16) {
    const a = wide + (at << 1);
    const low = v128.load(a);
    let gap = f64x2.sub(low, f64x2.promote_low_f32x4(v128.load64_zero(b0 + at)));
    even0 = f64x2.add(even0, f64x2.mul(gap, gap));
    gap = f64x2.sub(low, f64x2.promote_low_f32x4(v128.load64_zero(b1 + at)));
    even1 = f64x2.add(even1, f64x2.mul(gap, gap));
    gap = f64x2.sub(low, f64x2.promote_low_f32x4(v128.load64_zero(b2 + at)));
    even2 = f64x2.add(even2, f64x2.mul(gap, gap));
    gap = f64x2.sub(low, f64x2.promote_low_f32x4(v128.load64_zero(b3 + at)));
    even3 = f64x2.add(even3, f64x2.mul(gap, gap));
    const high = v128.load(a, 16);
    gap = f64x2.sub(high, f64x2.promote_low_f32x4(v128.load64_zero(b0 + at, 8)));
    odd0 = f64x2.add(odd0, f64x2.mul(gap, gap));
    gap = f64x2.sub(high, f64x2.promote_low_f32x4(v128.load64_zero(b1 + at, 8)));
    odd1 = f64x2.add(odd1, f64x2.mul(gap, gap));
    gap = f64x2.sub(high, f64x2.promote_low_f32x4(v128.load64_zero(b2 + at, 8)));
    odd2 = f64x2.add(odd2, f64x2.mul(gap, gap));
    gap = f64x2.sub(high, f64x2.promote_low_f32x4(v128.load64_zero(b3 + at, 8)));
    odd3 = f64x2.add(odd3, f64x2.mul(gap, gap));
  }
  let sum0 = sumOf(even0, odd0);
  let sum1 = sumOf(even1, odd1);
  let sum2 = sumOf(even2, odd2);
  let sum3 = sumOf(even3, odd3);
  for (; at < end; at += 4) {
    const x = load<f64>(wide + (at << 1));
    sum0 += square(x - <f64>load<f32>(b0 + at));
    sum1 += square(x - <f64>load<f32>(b1 + at));
    sum2 += square(x - <f64>load<f32>(b2 + at));
    sum3 += square(x - <f64>load<f32>(b3 + at));
  }
  store<f64>(out, sum0);
  store<f64>(out, sum1, 8);
  store<f64>(out, sum2, 16);
  store<f64>(out, sum3, 24);
}

// @ts-ignore: decorator
@inline
function sumOf(even: v128, odd: v128): f64 {
  const both = f64x2.add(even, odd);
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}

// @ts-ignore: decorator
@inline
function square(x: f64): f64 {
  return x * x;
}

/** A bound on the squares of all distances that round to `distance` or less. */
// @ts-ignore: decorator
@inline
export function squareAbove(distance: f32): f64 {
  return <f64>distance * <f64>distance * (1 + 2.0 / 8388608.0) + 1e-300;
}
