import { dot2x4, SCRATCH } from './dot';

/**
 * Scalar products of rows chunk · rowsPerChunk on with each of `count` centres, `stride` products a centre: out[centre · stride + row].
 * Rows are padded to an even number, centres and `stride` to a multiple of four. `scratch` holds SCRATCH bytes a thread.
 */
export function cosines(
  chunk: i32, thread: i32, rows: i32, rowsPerChunk: i32, bytes: i32, data: usize, count: i32, centres: usize,
  stride: i32, out: usize, scratch: usize,
): void {
  const values = scratch + <usize>thread * SCRATCH;
  const line = <usize>stride << 2;
  const end = min(rows, (chunk + 1) * rowsPerChunk);
  for (let i = chunk * rowsPerChunk; i < end; i += 2) {
    const row = data + <usize>i * bytes;
    for (let c = 0; c < count; c += 4) {
      dot2x4(row, row + bytes, centres + <usize>c * bytes, bytes, values);
      let to = out + <usize>c * line + (<usize>i << 2);
      const width = min(4, count - c);
      for (let j = 0; j < width; j++, to += line) {
        const at = values + (<usize>j << 2);
        store<f32>(to, load<f32>(at));
        if (i + 1 < end) store<f32>(to, load<f32>(at, 16), 4);
      }
    }
  }
}
