import { dot2x4, SCRATCH } from './dot';

/**
 * Scalar products of centres chunk · perChunk on with all `count` centres, `stride` products a line. Centres are padded to a multiple of
 * four, `stride` too. `scratch` holds SCRATCH bytes a thread.
 */
export function products(
  chunk: i32, thread: i32, count: i32, perChunk: i32, bytes: i32, centres: usize, stride: i32, out: usize, scratch: usize,
): void {
  const values = scratch + <usize>thread * SCRATCH;
  const end = min(count, (chunk + 1) * perChunk);
  for (let i = chunk * perChunk; i < end; i += 2) {
    const row = centres + <usize>i * bytes;
    for (let c = 0; c < count; c += 4) {
      dot2x4(row, row + bytes, centres + <usize>c * bytes, bytes, values);
      const line = out + ((<usize>i * stride + c) << 2);
      v128.store(line, v128.load(values));
      if (i + 1 < end) v128.store(line + (<usize>stride << 2), v128.load(values, 16));
    }
  }
}
