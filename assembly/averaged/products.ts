// The products of all pairs of columns, for the covariance of a sample of rows.

/**
 * Four rows of XᵀX, from row 4 · chunk on, of which only columns from the multiple of 8 at or below that row on are written.
 * X is `rows` × `width` f32, row-major, `width` a multiple of 8; `out` is `width` × `width` f32.
 */
export function products(chunk: i32, _thread: i32, rows: i32, width: i32, from: usize, out: usize): void {
  const bytes = (<usize>width) << 2;
  const a = (<usize>chunk) << 4;
  const end = from + (<usize>rows) * bytes;
  for (let b = a & ~31; b < bytes; b += 32) {
    let p0 = f32x4.splat(0);
    let p1 = f32x4.splat(0);
    let p2 = f32x4.splat(0);
    let p3 = f32x4.splat(0);
    let q0 = f32x4.splat(0);
    let q1 = f32x4.splat(0);
    let q2 = f32x4.splat(0);
    let q3 = f32x4.splat(0);
    for (let row = from; row < end; row += bytes) {
      const x = v128.load(row + b);
      const y = v128.load(row + b, 16);
      const a0 = v128.load32_splat(row + a);
      const a1 = v128.load32_splat(row + a, 4);
      const a2 = v128.load32_splat(row + a, 8);
      const a3 = v128.load32_splat(row + a, 12);
      p0 = f32x4.add(p0, f32x4.mul(a0, x));
      q0 = f32x4.add(q0, f32x4.mul(a0, y));
      p1 = f32x4.add(p1, f32x4.mul(a1, x));
      q1 = f32x4.add(q1, f32x4.mul(a1, y));
      p2 = f32x4.add(p2, f32x4.mul(a2, x));
      q2 = f32x4.add(q2, f32x4.mul(a2, y));
      p3 = f32x4.add(p3, f32x4.mul(a3, x));
      q3 = f32x4.add(q3, f32x4.mul(a3, y));
    }
    let to = out + ((a * bytes) >> 2) + b;
    v128.store(to, p0);
    v128.store(to, q0, 16);
    to += bytes;
    v128.store(to, p1);
    v128.store(to, q1, 16);
    to += bytes;
    v128.store(to, p2);
    v128.store(to, q2, 16);
    to += bytes;
    v128.store(to, p3);
    v128.store(to, q3, 16);
  }
}
