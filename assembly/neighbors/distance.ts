// Euclidean distance. The distance of two rows is the root of the sum of squared differences, everything in float64 and
// summed from the first column to the last: the number is the same whichever row is given first, and the same as in
// src/neighbors/distance.ts. Lists hold it rounded to float32, once.
//
// Summing in order takes four times as long as summing in four parts. So sums are made in four parts first, which differ from
// the sum in order by less than `errorOf(d)` of it, and the sum in order is made only where that could matter.

/** Squared distance of two rows of `d` float32, summed in order. */
export function squaredDistance(a: usize, b: usize, d: i32): f64 {
  let sum: f64 = 0;
  for (let at: usize = 0, end = <usize>d << 2; at < end; at += 4) {
    sum += square(<f64>load<f32>(a + at) - <f64>load<f32>(b + at));
  }
  return sum;
}

/**
 * How much a sum of d squares in another order may differ, relative to it. A sum of d numbers that are not negative errs by at
 * most d − 1 roundings of 2⁻⁵³ each in any order (Higham 2002, 4.2); this allows for two sums and the roundings of the products.
 */
// @ts-ignore: decorator
@inline
export function errorOf(d: i32): f64 {
  return <f64>(d + 8) * (1.0 / 2251799813685248.0);
}

/** The distance rounded to float32, where the sum in four parts is enough to know it; NaN where it isn't. */
// @ts-ignore: decorator
@inline
function roundedOf(roughSquare: f64, error: f64): f32 {
  const root = sqrt(roughSquare);
  const rounded = <f32>(root - root * error);
  return rounded == <f32>(root + root * error) ? rounded : <f32>NaN;
}

/** The distance of two rows, rounded to float32. `wide`: the first row as `widenRow` writes it, or 0. */
export function roundedDistance(a: usize, wide: usize, b: usize, d: i32): f32 {
  const rounded = roundedOf(wide ? roughSquareWide(wide, b, d) : roughSquare(a, b, d), errorOf(d));
  return rounded == rounded ? rounded : <f32>sqrt(squaredDistance(a, b, d));
}

/** Squared distance of two rows, summed in four parts. */
// @ts-ignore: decorator
@inline
export function roughSquare(a: usize, b: usize, d: i32): f64 {
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
  for (; at < end; at += 4) sum += square(<f64>load<f32>(a + at) - <f64>load<f32>(b + at));
  return sum;
}

/**
 * Whether the squared distance of two rows is certainly above `square`, by a sum in float32; false where that sum isn't finite. Each of d
 * differences is rounded once, its square once, and each sum of these at most d times, by a factor within 1 ± 2⁻²⁴ each, or by at
 * most 2⁻¹⁴⁹ below the normal numbers.
 */
export function isFarther(a: usize, b: usize, d: i32, square: f64): bool {
  let even = f32x4.splat(0);
  let odd = f32x4.splat(0);
  const eights = (<usize>d & ~7) << 2;
  const end = <usize>d << 2;
  let at: usize = 0;
  for (; at < eights; at += 32) {
    const low = f32x4.sub(v128.load(a + at), v128.load(b + at));
    const high = f32x4.sub(v128.load(a + at, 16), v128.load(b + at, 16));
    even = f32x4.add(even, f32x4.mul(low, low));
    odd = f32x4.add(odd, f32x4.mul(high, high));
  }
  const both = f32x4.add(even, odd);
  let sum =
    f32x4.extract_lane(both, 0) + f32x4.extract_lane(both, 1) + f32x4.extract_lane(both, 2) + f32x4.extract_lane(both, 3);
  for (; at < end; at += 4) {
    const difference = load<f32>(a + at) - load<f32>(b + at);
    sum += difference * difference;
  }
  const least = <f64>sum * (1 - <f64>(d + 8) * (1.0 / 8388608.0)) - <f64>d * 1e-44;
  return sum <= f32.MAX_VALUE && least > square;
}

/** Writes a row as float64. */
export function widenRow(row: usize, d: i32, wide: usize): void {
  for (let t: usize = 0; t < <usize>d; t++) store<f64>(wide + (t << 3), <f64>load<f32>(row + (t << 2)));
}

/** `roughSquare` from a row that `widenRow` has written: half the conversions. */
// @ts-ignore: decorator
@inline
function roughSquareWide(wide: usize, b: usize, d: i32): f64 {
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
  for (; at < end; at += 4) sum += square(load<f64>(wide + (at << 1)) - <f64>load<f32>(b + at));
  return sum;
}

/**
 * Four of `roundedDistance` at once, which wait for memory together: from row `a`, widened in `wide`, to `out`, four float32.
 */
export function roundedDistances(
  a: usize, wide: usize, b0: usize, b1: usize, b2: usize, b3: usize, d: i32, out: usize,
): void {
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
    const from = wide + (at << 1);
    const low = v128.load(from);
    let gap = f64x2.sub(low, f64x2.promote_low_f32x4(v128.load64_zero(b0 + at)));
    even0 = f64x2.add(even0, f64x2.mul(gap, gap));
    gap = f64x2.sub(low, f64x2.promote_low_f32x4(v128.load64_zero(b1 + at)));
    even1 = f64x2.add(even1, f64x2.mul(gap, gap));
    gap = f64x2.sub(low, f64x2.promote_low_f32x4(v128.load64_zero(b2 + at)));
    even2 = f64x2.add(even2, f64x2.mul(gap, gap));
    gap = f64x2.sub(low, f64x2.promote_low_f32x4(v128.load64_zero(b3 + at)));
    even3 = f64x2.add(even3, f64x2.mul(gap, gap));
    const high = v128.load(from, 16);
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
  const error = errorOf(d);
  putRounded(a, b0, d, sum0, error, out);
  putRounded(a, b1, d, sum1, error, out + 4);
  putRounded(a, b2, d, sum2, error, out + 8);
  putRounded(a, b3, d, sum3, error, out + 12);
}

// @ts-ignore: decorator
@inline
function putRounded(a: usize, b: usize, d: i32, roughSquare: f64, error: f64, out: usize): void {
  const rounded = roundedOf(roughSquare, error);
  store<f32>(out, rounded == rounded ? rounded : <f32>sqrt(squaredDistance(a, b, d)));
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

/**
 * A bound on the squares of all distances that round to `distance` or less: half a unit in the last place is at most 2⁻²⁴ of
 * it, or 2⁻¹⁵⁰ below float32's normal numbers.
 */
// @ts-ignore: decorator
@inline
export function squareAbove(distance: f32): f64 {
  const most = <f64>distance * (1 + 1.0 / 8388608.0) + 1e-45;
  return most * most * (1 + 1.0 / 8388608.0);
}
