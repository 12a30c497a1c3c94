// Every row to the centre with the greatest value: scalar product and the centre's own constant.
import { dot2x4, SCRATCH } from './dot';

/** Rows of a block: with their columns they stay in the second cache while the centres pass. Even. */
const BLOCK: i32 = 16;

/**
 * Of rows chunk · rowsPerChunk on: the centre of the greatest value, that value, and the second greatest. A value is the product of
 * row and centre and `shift` of the centre, `count` f32: zeros for nearness in direction, −|centre|² / 2 for nearness in distance.
 * Equal values: the lower number. `rows` is padded to an even number, `centres` to a multiple of four; padding centres are never
 * chosen since only the first `count` compete. `scratch` holds SCRATCH bytes a thread.
 */
export function assign(
  chunk: i32, thread: i32, rows: i32, rowsPerChunk: i32, bytes: i32, data: usize, count: i32, centres: usize,
  shift: usize, labels: usize, best: usize, next: usize, scratch: usize,
): void {
  const out = scratch + <usize>thread * SCRATCH;
  const end = min(rows, (chunk + 1) * rowsPerChunk);
  for (let start = chunk * rowsPerChunk; start < end; start += BLOCK) {
    const stop = min(end, start + BLOCK);
    for (let i = start; i < stop; i++) {
      const at = <usize>i << 2;
      store<i32>(labels + at, 0);
      store<f32>(best + at, -f32.MAX_VALUE);
      store<f32>(next + at, -f32.MAX_VALUE);
    }
    for (let c = 0; c < count; c += 4) {
      const four = centres + <usize>c * bytes;
      const width = min(4, count - c);
      for (let i = start; i < stop; i += 2) {
        const row = data + <usize>i * bytes;
        dot2x4(row, row + bytes, four, bytes, out);
        offer(i, c, width, out, shift, labels, best, next);
        if (i + 1 < stop) offer(i + 1, c, width, out + 16, shift, labels, best, next);
      }
    }
  }
}

// @ts-ignore: decorator
@inline function offer(
  row: i32, first: i32, width: i32, values: usize, shift: usize, labels: usize, best: usize, next: usize,
): void {
  const at = <usize>row << 2;
  for (let j = 0; j < width; j++) {
    const value = load<f32>(values + (<usize>j << 2)) + load<f32>(shift + (<usize>(first + j) << 2));
    if (value > load<f32>(best + at)) {
      store<f32>(next + at, load<f32>(best + at));
      store<f32>(best + at, value);
      store<i32>(labels + at, first + j);
    } else if (value > load<f32>(next + at)) store<f32>(next + at, value);
  }
}
