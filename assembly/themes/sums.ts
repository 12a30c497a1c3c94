/**
 * Sums of the rows of each group over columns chunk · colsPerChunk on (a multiple of four), in float64 and in the order of the rows, so that any number of threads
 * gives the same bytes. A label below 0 counts nowhere. `rows` is the number of labels; rows of `data` lie `bytes` bytes apart, a
 * multiple of 16; `total` holds a line of bytes / 4 f64 a group, zeros before the call.
 */
export function sums(chunk: i32, thread: i32, rows: i32, colsPerChunk: i32, bytes: i32, data: usize, labels: usize, total: usize): void {
  const first = <usize>chunk * (colsPerChunk << 2);
  const width = min(<usize>bytes - first, <usize>colsPerChunk << 2);
  const line = <usize>bytes << 1;
  for (let row = 0; row < rows; row++) {
    const label = load<i32>(labels + (<usize>row << 2));
    if (label < 0) continue;
    const from = data + <usize>row * bytes + first;
    const to = total + <usize>label * line + (first << 1);
    for (let t: usize = 0; t < width; t += 16) {
      const four = v128.load(from + t);
      const at = to + (t << 1);
      v128.store(at, f64x2.add(v128.load(at), f64x2.promote_low_f32x4(four)));
      const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(four, four, 2, 3, 0, 1));
      v128.store(at, f64x2.add(v128.load(at, 16), high), 16);
    }
  }
}
