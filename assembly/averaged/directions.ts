// Steps towards the directions of most variance, in float64 but for the rows. Rows are f32, `bytes` bytes apart, a multiple of 32.

/** Vectors that are iterated at once: 8 accumulators. */
const WIDTH: usize = 16;

/** The mean of columns chunk · colsPerChunk on, a multiple of 2, of all rows. `out` holds a f64 a column. */
export function means(
  chunk: i32, _thread: i32, rows: i32, colsPerChunk: i32, bytes: i32, data: usize, out: usize,
): void {
  const first = <usize>chunk * (colsPerChunk << 2);
  const end = min(<usize>bytes, first + (colsPerChunk << 2));
  const count = f64x2.splat(<f64>rows);
  memory.fill(out + (first << 1), 0, (end - first) << 1);
  for (let row = 0; row < rows; row++) {
    const from = data + <usize>row * bytes;
    for (let t = first; t < end; t += 8) {
      const to = out + (t << 1);
      const share = f64x2.div(f64x2.promote_low_f32x4(v128.load64_zero(from + t)), count);
      v128.store(to, f64x2.add(v128.load(to), share));
    }
  }
}

/** Rows without their mean, rounded to f32. */
export function centre(
  chunk: i32, _thread: i32, rows: i32, rowsPerChunk: i32, bytes: i32, data: usize, mean: usize, out: usize,
): void {
  const last = min(rows, (chunk + 1) * rowsPerChunk);
  for (let row = chunk * rowsPerChunk; row < last; row++) {
    const from = <usize>row * bytes;
    for (let t: usize = 0; t < <usize>bytes; t += 8) {
      const own = f64x2.promote_low_f32x4(v128.load64_zero(data + from + t));
      const apart = f64x2.sub(own, v128.load(mean + (t << 1)));
      v128.store64_lane(out + from + t, f32x4.demote_f64x2_zero(apart), 0);
    }
  }
}

/** Rows `first` to before `end` of `out` = square × basis: `square` is f32, `basis` and `out` hold lines of 16 f64. */
export function multiply(
  first: i32, end: i32, cols: i32, bytes: i32, square: usize, basis: usize, out: usize,
): void {
  const line = WIDTH << 3;
  for (let a = <usize>first; a < <usize>end; a++) {
    const row = square + a * bytes;
    let p0 = f64x2.splat(0);
    let p1 = f64x2.splat(0);
    let p2 = f64x2.splat(0);
    let p3 = f64x2.splat(0);
    let p4 = f64x2.splat(0);
    let p5 = f64x2.splat(0);
    let p6 = f64x2.splat(0);
    let p7 = f64x2.splat(0);
    for (let b: usize = 0; b < <usize>cols; b++) {
      const value = f64x2.splat(<f64>load<f32>(row + (b << 2)));
      const from = basis + b * line;
      p0 = f64x2.add(p0, f64x2.mul(value, v128.load(from)));
      p1 = f64x2.add(p1, f64x2.mul(value, v128.load(from, 16)));
      p2 = f64x2.add(p2, f64x2.mul(value, v128.load(from, 32)));
      p3 = f64x2.add(p3, f64x2.mul(value, v128.load(from, 48)));
      p4 = f64x2.add(p4, f64x2.mul(value, v128.load(from, 64)));
      p5 = f64x2.add(p5, f64x2.mul(value, v128.load(from, 80)));
      p6 = f64x2.add(p6, f64x2.mul(value, v128.load(from, 96)));
      p7 = f64x2.add(p7, f64x2.mul(value, v128.load(from, 112)));
    }
    const to = out + a * line;
    v128.store(to, p0);
    v128.store(to, p1, 16);
    v128.store(to, p2, 32);
    v128.store(to, p3, 48);
    v128.store(to, p4, 64);
    v128.store(to, p5, 80);
    v128.store(to, p6, 96);
    v128.store(to, p7, 112);
  }
}
