/** Columns of the space. */
export const COLUMNS: i32 = 8;

/**
 * Projections of rows without their mean.
 *
 * @param bytes from row to row of `data`, f32
 * @param directions a line of 8 f64 a column, one of each direction
 * @param out a line of 8 f64 a row
 */
export function project(
  chunk: i32, _thread: i32, rows: i32, rowsPerChunk: i32, cols: i32, bytes: i32, data: usize, mean: usize, directions: usize, out: usize,
): void {
  const last = min(rows, (chunk + 1) * rowsPerChunk);
  for (let i = chunk * rowsPerChunk; i < last; i++) {
    const row = data + <usize>i * bytes;
    let p0 = f64x2.splat(0);
    let p1 = f64x2.splat(0);
    let p2 = f64x2.splat(0);
    let p3 = f64x2.splat(0);
    for (let c: usize = 0; c < <usize>cols; c++) {
      const own = f64x2.splat(<f64>load<f32>(row + (c << 2)) - load<f64>(mean + (c << 3)));
      const from = directions + (c << 6);
      p0 = f64x2.add(p0, f64x2.mul(own, v128.load(from)));
      p1 = f64x2.add(p1, f64x2.mul(own, v128.load(from, 16)));
      p2 = f64x2.add(p2, f64x2.mul(own, v128.load(from, 32)));
      p3 = f64x2.add(p3, f64x2.mul(own, v128.load(from, 48)));
    }
    const to = out + (<usize>i << 6);
    v128.store(to, p0);
    v128.store(to, p1, 16);
    v128.store(to, p2, 32);
    v128.store(to, p3, 48);
  }
}
