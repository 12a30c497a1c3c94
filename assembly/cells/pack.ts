// Rows packed for tiles of products.
import { Cells, packedBytes } from './cells';

/**
 * As `packPanel`, four columns at a time: rows `ids[8 · panel ..]`, or `row0 + 8 · panel ..` where `ids` is 0, less the centre, and
 * their squared norms in float32. Lanes after `count` rows hold the last one, with a norm of infinity.
 */
export function packEight(job: Cells, ids: usize, row0: i32, count: i32, panel: i32, packed: usize, norms: usize): void {
  packFour(job, ids, row0, count, panel << 3, packed + (<usize>panel * <usize>job.d << 5), norms);
  packFour(job, ids, row0, count, (panel << 3) + 4, packed + (<usize>panel * <usize>job.d << 5) + 16, norms);
}

// @ts-ignore: decorator
@inline
function lanes(a: f32, b: f32, c: f32, d: f32): v128 {
  const half = f32x4.replace_lane(f32x4.splat(a), 1, b);
  return f32x4.replace_lane(f32x4.replace_lane(half, 2, c), 3, d);
}

// @ts-ignore: decorator
@inline
function rowAt(job: Cells, ids: usize, row0: i32, count: i32, at: i32): usize {
  const place = min(at, count - 1);
  return job.data + packedBytes(job.d, ids ? load<i32>(ids + (<usize>place << 2)) : row0 + place);
}

function packFour(job: Cells, ids: usize, row0: i32, count: i32, first: i32, out: usize, norms: usize): void {
  const a = rowAt(job, ids, row0, count, first);
  const b = rowAt(job, ids, row0, count, first + 1);
  const c = rowAt(job, ids, row0, count, first + 2);
  const e = rowAt(job, ids, row0, count, first + 3);
  const end = <usize>job.d << 2;
  const fours = end & ~15;
  let squares = f32x4.splat(0);
  let at: usize = 0;
  for (; at < fours; at += 16) {
    const centre = v128.load(job.centre + at);
    const ra = f32x4.sub(v128.load(a + at), centre);
    const rb = f32x4.sub(v128.load(b + at), centre);
    const rc = f32x4.sub(v128.load(c + at), centre);
    const re = f32x4.sub(v128.load(e + at), centre);
    const abLow = v128.shuffle<i32>(ra, rb, 0, 4, 1, 5);
    const abHigh = v128.shuffle<i32>(ra, rb, 2, 6, 3, 7);
    const ceLow = v128.shuffle<i32>(rc, re, 0, 4, 1, 5);
    const ceHigh = v128.shuffle<i32>(rc, re, 2, 6, 3, 7);
    const column0 = v128.shuffle<i32>(abLow, ceLow, 0, 1, 4, 5);
    const column1 = v128.shuffle<i32>(abLow, ceLow, 2, 3, 6, 7);
    const column2 = v128.shuffle<i32>(abHigh, ceHigh, 0, 1, 4, 5);
    const column3 = v128.shuffle<i32>(abHigh, ceHigh, 2, 3, 6, 7);
    const to = out + (at << 3);
    v128.store(to, column0);
    v128.store(to, column1, 32);
    v128.store(to, column2, 64);
    v128.store(to, column3, 96);
    squares = f32x4.add(squares, f32x4.add(f32x4.mul(column0, column0), f32x4.mul(column1, column1)));
    squares = f32x4.add(squares, f32x4.add(f32x4.mul(column2, column2), f32x4.mul(column3, column3)));
  }
  for (; at < end; at += 4) {
    const rows = lanes(load<f32>(a + at), load<f32>(b + at), load<f32>(c + at), load<f32>(e + at));
    const column = f32x4.sub(rows, f32x4.splat(load<f32>(job.centre + at)));
    v128.store(out + (at << 3), column);
    squares = f32x4.add(squares, f32x4.mul(column, column));
  }
  v128.store(norms + (<usize>first << 2), squares);
  for (let lane = max(0, count - first); lane < 4; lane++) {
    store<f32>(norms + (<usize>(first + lane) << 2), <f32>Infinity);
  }
}
