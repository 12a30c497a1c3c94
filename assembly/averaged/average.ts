// Averages of unit vectors. Rows are f32, `bytes` bytes apart, a multiple of 32, and 0 beyond their columns. Everything is added in float64
// and in one order, so that the bytes don't depend on the chunks.

/** 1 ÷ the length of each row; 0 for one of length 0 or with a number that isn't finite. `out` is f64. */
export function factors(
  chunk: i32, _thread: i32, rows: i32, rowsPerChunk: i32, bytes: i32, data: usize, out: usize,
): void {
  const last = min(rows, (chunk + 1) * rowsPerChunk);
  for (let i = chunk * rowsPerChunk; i < last; i++) {
    const row = data + <usize>i * bytes;
    let square: f64 = 0;
    for (let t: usize = 0; t < <usize>bytes; t += 4) {
      const value = <f64>load<f32>(row + t);
      square += value * value;
    }
    store<f64>(out + ((<usize>i) << 3), square > 0 && square < Infinity ? 1 / Math.sqrt(square) : 0);
  }
}

/**
 * Writes the average of the unit vectors that each list names, at length 1, or zeros.
 *
 * @param lists rows × `stride` i32: numbers of rows of `data`, −1 after the last; rows whose factor is 0 don't count
 * @param out rows × bytes f32
 * @param scratch for each thread `stride` × 16 bytes, then twice a row
 */
export function averages(
  chunk: i32, thread: i32, rows: i32, rowsPerChunk: i32, stride: i32, lists: usize, bytes: i32, data: usize, factorOf: usize,
  out: usize, scratch: usize,
): void {
  const named = scratch + <usize>thread * ((<usize>stride << 4) + (<usize>bytes << 1));
  const sum = named + (<usize>stride << 4);
  const last = min(rows, (chunk + 1) * rowsPerChunk);
  for (let i = chunk * rowsPerChunk; i < last; i++) {
    const list = lists + ((<usize>i * stride) << 2);
    let end = named;
    for (let at: usize = 0; at < <usize>stride << 2; at += 4) {
      const row = load<i32>(list + at);
      if (row < 0) break;
      const factor = load<f64>(factorOf + ((<usize>row) << 3));
      if (factor === 0) continue;
      store<f64>(end, factor);
      store<usize>(end, data + <usize>row * bytes, 8);
      end += 16;
    }
    weightedSum(named, end, bytes, sum);
    writeUnit(sum, bytes, out + <usize>i * bytes);
  }
}

/** The sum of rows, each times its factor. Four at once: the sum is then read and written a quarter as often. */
function weightedSum(first: usize, end: usize, bytes: usize, sum: usize): void {
  memory.fill(sum, 0, bytes << 1);
  let at = first;
  for (; at + 64 <= end; at += 64) {
    const fa = f64x2.splat(load<f64>(at));
    const fb = f64x2.splat(load<f64>(at, 16));
    const fc = f64x2.splat(load<f64>(at, 32));
    const fd = f64x2.splat(load<f64>(at, 48));
    const a = load<usize>(at, 8);
    const b = load<usize>(at, 24);
    const c = load<usize>(at, 40);
    const d = load<usize>(at, 56);
    for (let t: usize = 0; t < bytes; t += 8) {
      const ab = f64x2.add(f64x2.mul(fa, two(a + t)), f64x2.mul(fb, two(b + t)));
      const cd = f64x2.add(f64x2.mul(fc, two(c + t)), f64x2.mul(fd, two(d + t)));
      const to = sum + (t << 1);
      v128.store(to, f64x2.add(v128.load(to), f64x2.add(ab, cd)));
    }
  }
  for (; at < end; at += 16) {
    const factor = f64x2.splat(load<f64>(at));
    const row = load<usize>(at, 8);
    for (let t: usize = 0; t < bytes; t += 8) {
      const to = sum + (t << 1);
      v128.store(to, f64x2.add(v128.load(to), f64x2.mul(factor, two(row + t))));
    }
  }
}

/** Divides a sum by its length, unless that is 0. */
function writeUnit(sum: usize, bytes: usize, out: usize): void {
  let square: f64 = 0;
  for (let at = sum; at < sum + (bytes << 1); at += 8) square += load<f64>(at) * load<f64>(at);
  const length = f64x2.splat(square > 0 ? Math.sqrt(square) : 1);
  for (let t: usize = 0; t < bytes; t += 8) {
    const unit = f64x2.div(v128.load(sum + (t << 1)), length);
    v128.store64_lane(out + t, f32x4.demote_f64x2_zero(unit), 0);
  }
}

// @ts-ignore: decorator
@inline function two(at: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(at));
}
