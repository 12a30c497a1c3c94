// Scalar products of a pair of rows with four centres: 8 accumulators and 6 loads stay in registers.

// @ts-ignore: decorator
@inline function sum(v: v128): f32 {
  return (f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1)) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

/** Bytes of scratch a thread: what `dot2x4` writes. */
export const SCRATCH: usize = 32;

/**
 * Writes a · c0 … a · c3, then b · c0 … b · c3, to `out`. Rows and centres lie `bytes` bytes apart, a multiple of 16. The order of
 * the additions depends on the columns alone, so a pair of rows has the same product wherever it is computed.
 */
export function dot2x4(a: usize, b: usize, centres: usize, bytes: usize, out: usize): void {
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let a2 = f32x4.splat(0);
  let a3 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let b2 = f32x4.splat(0);
  let b3 = f32x4.splat(0);
  const second = centres + bytes;
  const third = second + bytes;
  const fourth = third + bytes;
  for (let t: usize = 0; t < bytes; t += 16) {
    const x = v128.load(a + t);
    const y = v128.load(b + t);
    let c = v128.load(centres + t);
    a0 = f32x4.add(a0, f32x4.mul(x, c));
    b0 = f32x4.add(b0, f32x4.mul(y, c));
    c = v128.load(second + t);
    a1 = f32x4.add(a1, f32x4.mul(x, c));
    b1 = f32x4.add(b1, f32x4.mul(y, c));
    c = v128.load(third + t);
    a2 = f32x4.add(a2, f32x4.mul(x, c));
    b2 = f32x4.add(b2, f32x4.mul(y, c));
    c = v128.load(fourth + t);
    a3 = f32x4.add(a3, f32x4.mul(x, c));
    b3 = f32x4.add(b3, f32x4.mul(y, c));
  }
  store<f32>(out, sum(a0));
  store<f32>(out, sum(a1), 4);
  store<f32>(out, sum(a2), 8);
  store<f32>(out, sum(a3), 12);
  store<f32>(out, sum(b0), 16);
  store<f32>(out, sum(b1), 20);
  store<f32>(out, sum(b2), 24);
  store<f32>(out, sum(b3), 28);
}
