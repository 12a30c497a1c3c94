/** a · b + c; where the engine has it, in one step, rounded once or twice. */
// @ts-ignore: decorator
@inline function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(c, f32x4.mul(a, b));
}

/** Elements per pass, so that the panel of 8 columns stays in the first cache. */
const DEPTH: i32 = 512;

/**
 * Products of 4 rows of a panel with the 8 rows of another over `depth` elements, stored to or added to
 * `out` (row stride in bytes). 8 accumulators, 2 + 1 loads at a time: all in registers; unrolling would spill.
 */
function product4x8(a: usize, b: usize, depth: i32, out: usize, stride: usize, isFirst: bool): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  const end = a + (<usize>depth << 5);
  while (a < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let s = v128.load_splat<f32>(a);
    c00 = multiplyAdd(s, b0, c00);
    c01 = multiplyAdd(s, b1, c01);
    s = v128.load_splat<f32>(a, 4);
    c10 = multiplyAdd(s, b0, c10);
    c11 = multiplyAdd(s, b1, c11);
    s = v128.load_splat<f32>(a, 8);
    c20 = multiplyAdd(s, b0, c20);
    c21 = multiplyAdd(s, b1, c21);
    s = v128.load_splat<f32>(a, 12);
    c30 = multiplyAdd(s, b0, c30);
    c31 = multiplyAdd(s, b1, c31);
    a += 32;
    b += 32;
  }
  const out1 = out + stride;
  const out2 = out1 + stride;
  const out3 = out2 + stride;
  if (!isFirst) {
    c00 = f32x4.add(c00, v128.load(out));
    c01 = f32x4.add(c01, v128.load(out, 16));
    c10 = f32x4.add(c10, v128.load(out1));
    c11 = f32x4.add(c11, v128.load(out1, 16));
    c20 = f32x4.add(c20, v128.load(out2));
    c21 = f32x4.add(c21, v128.load(out2, 16));
    c30 = f32x4.add(c30, v128.load(out3));
    c31 = f32x4.add(c31, v128.load(out3, 16));
  }
  v128.store(out, c00);
  v128.store(out, c01, 16);
  v128.store(out1, c10);
  v128.store(out1, c11, 16);
  v128.store(out2, c20);
  v128.store(out2, c21, 16);
  v128.store(out3, c30);
  v128.store(out3, c31, 16);
}

/**
 * Products of all rows of `aPanels` panels with all rows of `bPanels` panels: `out` is
 * (8 · aPanels) × (8 · bPanels) float32 with a row stride in bytes.
 */
export function tile(
  a: usize,
  aPanels: i32,
  b: usize,
  bPanels: i32,
  d: i32,
  out: usize,
  stride: usize,
): void {
  const panelBytes = <usize>d << 5;
  for (let from = 0; from < d; from += DEPTH) {
    const depth = min(DEPTH, d - from);
    const skip = <usize>from << 5;
    for (let j = 0; j < bPanels; j++) {
      const panelB = b + <usize>j * panelBytes + skip;
      let to = out + (<usize>j << 5);
      for (let i = 0; i < aPanels; i++) {
        const panelA = a + <usize>i * panelBytes + skip;
        product4x8(panelA, panelB, depth, to, stride, from == 0);
        to += stride << 2;
        product4x8(panelA + 16, panelB, depth, to, stride, from == 0);
        to += stride << 2;
      }
    }
  }
}
