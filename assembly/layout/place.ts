// New rows on a finished layout: each is pulled to its neighbours there and pushed from other vertices, none of which
// move. Rows don't see each other, so each goes through all its epochs at once.
import { firing, move } from './gradient';
import { below, next, seeded } from './random';

/**
 * Optimises rows chunk · rowsPerChunk on. Row i's edges are `stride` slots of `tails` and `weights` from i · stride on,
 * its random numbers hang on keys[i]. Positions are `bytes` bytes, a multiple of 16.
 */
export function placeRows(
  chunk: i32, _thread: i32, rows: i32, rowsPerChunk: i32, epochs: i32, stride: i32, tails: usize, weights: usize,
  keys: usize, heads: usize, vertices: i32, positions: usize, bytes: i32, pull: usize, push: usize, seed: i32,
  negatives: i32, learningRate: f32,
): void {
  const last = min(rows, (chunk + 1) * rowsPerChunk);
  const count = i32x4.splat(vertices);
  for (let i = chunk * rowsPerChunk; i < last; i++) {
    const own = heads + <usize>i * bytes;
    const begin = (<usize>i * stride) << 2;
    const end = begin + ((<usize>stride) << 2);
    for (let epoch = 0; epoch < epochs; epoch++) {
      const rate = f32x4.splat(learningRate * (1 - <f32>epoch / <f32>epochs));
      const n = <f32>(epoch + 1);
      let random = seeded(seed, epoch, load<i32>(keys + ((<usize>i) << 2)));
      for (let e = begin; e < end; e += 16) {
        let fires = firing(v128.load(weights + e), f32x4.splat(n), f32x4.splat(<f32>epoch));
        while (fires) {
          const edge = e + (ctz(fires) << 2);
          fires &= fires - 1;
          move(own, positions + <usize>load<i32>(tails + edge) * bytes, bytes, pull, rate);
          const fours = foursOf(negatives, <i32>(load<f32>(weights + edge) * n));
          for (let s = 0; s < fours; s++) {
            random = next(random);
            pushFour(random, own, count, positions, bytes, push, rate);
          }
        }
      }
    }
  }
}

/**
 * How many fours of vertices to push a row from, when an edge fires for the `time`th time: over the times that makes
 * `negatives` vertices each.
 */
@inline
function foursOf(negatives: i32, time: i32): i32 {
  return ((negatives * time) >> 2) - ((negatives * (time - 1)) >> 2);
}

/** Moves the place at `own` away from four of `count` vertices (itself: distance 0, no push). */
@inline
function pushFour(
  random: v128, own: usize, count: v128, positions: usize, bytes: usize, table: usize, rate: v128,
): void {
  const k = below(random, count);
  move(own, positions + <usize>i32x4.extract_lane(k, 0) * bytes, bytes, table, rate);
  move(own, positions + <usize>i32x4.extract_lane(k, 1) * bytes, bytes, table, rate);
  move(own, positions + <usize>i32x4.extract_lane(k, 2) * bytes, bytes, table, rate);
  move(own, positions + <usize>i32x4.extract_lane(k, 3) * bytes, bytes, table, rate);
}
