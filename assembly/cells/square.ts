/** Squared distance of two rows in float32: four sums, since one would wait for each addition. */
// @ts-ignore: decorator
@inline
export function squareOf(a: usize, b: usize, d: i32): f32 {
  let sum0 = f32x4.splat(0);
  let sum1 = f32x4.splat(0);
  let sum2 = f32x4.splat(0);
  let sum3 = f32x4.splat(0);
  const end = <usize>d << 2;
  const whole = end & ~63;
  let at: usize = 0;
  for (; at < whole; at += 64) {
    const apart0 = f32x4.sub(v128.load(a + at), v128.load(b + at));
    const apart1 = f32x4.sub(v128.load(a + at, 16), v128.load(b + at, 16));
    const apart2 = f32x4.sub(v128.load(a + at, 32), v128.load(b + at, 32));
    const apart3 = f32x4.sub(v128.load(a + at, 48), v128.load(b + at, 48));
    sum0 = f32x4.add(sum0, f32x4.mul(apart0, apart0));
    sum1 = f32x4.add(sum1, f32x4.mul(apart1, apart1));
    sum2 = f32x4.add(sum2, f32x4.mul(apart2, apart2));
    sum3 = f32x4.add(sum3, f32x4.mul(apart3, apart3));
  }
  let sum = sumOf(f32x4.add(f32x4.add(sum0, sum1), f32x4.add(sum2, sum3)));
  for (; at < end; at += 4) {
    const apart = load<f32>(a + at) - load<f32>(b + at);
    sum += apart * apart;
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function sumOf(four: v128): f32 {
  return (
    f32x4.extract_lane(four, 0) + f32x4.extract_lane(four, 1) + (f32x4.extract_lane(four, 2) + f32x4.extract_lane(four, 3))
  );
}
