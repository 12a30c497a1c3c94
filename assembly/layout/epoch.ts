// Stochastic gradient descent on the fuzzy cross entropy (McInnes, Healy and Melville 2018, Algorithm 5). A row pulls
// itself towards its neighbours, each as often as its weight says, and is pushed away from vertices drawn at random.
// umap-learn also moves the other end of an edge; since the graph holds both directions and both fire in the same
// epoch, that is the same as pulling twice (the job's pull factor), and no two threads write one row.
import { arrive, waitUntil } from './barrier';
import * as job_ from './job';
import { below, next, seeded } from './random';

/** Gradients are looked up by squared distance: 32 steps an octave from 2^-20 to 2^12. */
const TABLE_BASE: i32 = (127 - 20) << 23;
const TABLE_SHIFT: i32 = 18;
const TABLE_LAST: i32 = 1023;
/** No coordinate of a gradient exceeds this. */
const CLIP: f32 = 4;

@inline
function lookup(table: usize, squared: f32): f32 {
  const step = min(max((reinterpret<i32>(squared) - TABLE_BASE) >> TABLE_SHIFT, 0), TABLE_LAST);
  return load<f32>(table + ((<usize>step) << 2));
}

@inline
function clipped(x: v128): v128 {
  return f32x4.pmax(f32x4.pmin(x, f32x4.splat(CLIP)), f32x4.splat(-CLIP));
}

/** Bit l is set where edge l of four fires in epoch n (from 1): n times its weight passes a whole number. */
@inline
function firing(weights: v128, n: v128, before: v128): i32 {
  return i32x4.bitmask(f32x4.gt(f32x4.floor(f32x4.mul(weights, n)), f32x4.floor(f32x4.mul(weights, before))));
}

/**
 * The gradient from four vertices drawn at random, as (x, y, x, y). `lanes` masks those that count. Vertices under
 * `fresh` have been moved in this epoch: theirs lie `ahead` bytes further.
 */
@inline
function push2(
  random: v128, lanes: v128, current: v128, vertices: v128, fresh: v128, ahead: v128, before: usize, table: usize,
): v128 {
  const k = below(random, vertices);
  const at = i32x4.add(i32x4.shl(k, 3), v128.and(i32x4.lt_s(k, fresh), ahead));
  const p0 = v128.load64_zero(before + <usize>i32x4.extract_lane(at, 0));
  const p01 = v128.load64_lane(before + <usize>i32x4.extract_lane(at, 1), p0, 1);
  const p2 = v128.load64_zero(before + <usize>i32x4.extract_lane(at, 2));
  const p23 = v128.load64_lane(before + <usize>i32x4.extract_lane(at, 3), p2, 1);
  const dx = f32x4.sub(v128.shuffle<f32>(current, current, 0, 0, 0, 0), v128.shuffle<f32>(p01, p23, 0, 2, 4, 6));
  const dy = f32x4.sub(v128.shuffle<f32>(current, current, 1, 1, 1, 1), v128.shuffle<f32>(p01, p23, 1, 3, 5, 7));
  const squared = f32x4.add(f32x4.mul(dx, dx), f32x4.mul(dy, dy));
  let step = i32x4.shr_s(i32x4.sub(squared, i32x4.splat(TABLE_BASE)), TABLE_SHIFT);
  step = i32x4.shl(i32x4.min_s(i32x4.max_s(step, i32x4.splat(0)), i32x4.splat(TABLE_LAST)), 2);
  let g = v128.load32_zero(table + <usize>i32x4.extract_lane(step, 0));
  g = v128.load32_lane(table + <usize>i32x4.extract_lane(step, 1), g, 1);
  g = v128.load32_lane(table + <usize>i32x4.extract_lane(step, 2), g, 2);
  g = v128.load32_lane(table + <usize>i32x4.extract_lane(step, 3), g, 3);
  g = v128.and(g, lanes);
  const gx = clipped(f32x4.mul(g, dx));
  const gy = clipped(f32x4.mul(g, dy));
  const sum = f32x4.add(v128.shuffle<f32>(gx, gy, 0, 4, 1, 5), v128.shuffle<f32>(gx, gy, 2, 6, 3, 7));
  return f32x4.add(sum, v128.shuffle<f32>(sum, sum, 2, 3, 0, 1));
}

/** One chunk of one epoch in two dimensions: positions are pairs of f32. */
export function epoch2(chunk: i32, thread: i32, job: usize): void {
  const perEpoch = job_.chunksPerEpoch(job);
  const epoch = chunk / perEpoch;
  const part = chunk % perEpoch;
  const perRound = job_.chunksPerRound(job);
  const rowsPerChunk = job_.rowsPerChunk(job);
  const firstOfRound = part - (part % perRound);
  const done = job_.doneOf(job);
  waitUntil(done, epoch * perEpoch + firstOfRound, thread);

  const offsets = job_.offsetsOf(job);
  const tails = job_.tailsOf(job);
  const weights = job_.weightsOf(job);
  const keys = job_.keysOf(job);
  const seed = job_.seedOf(job);
  const pull = job_.pullTable(job);
  const push = job_.pushTable(job);
  const negatives = job_.negativesOf(job);
  const before = job_.tailBefore(job, epoch);
  const aheadBytes = <i32>(job_.tailAfter(job, epoch) - before);
  const ahead = i32x4.splat(aheadBytes);
  const freshRows = firstOfRound * rowsPerChunk;
  const fresh = i32x4.splat(freshRows);
  const vertices = i32x4.splat(job_.verticesOf(job));
  const rate = job_.learningRate(job) * (1 - <f32>epoch / <f32>job_.epochsOf(job));
  const pushRate = f32x4.splat(rate);
  const pullRate = f32x4.splat(rate * job_.pullFactor(job));
  const n = f32x4.splat(<f32>(epoch + 1));
  const nBefore = f32x4.splat(<f32>epoch);
  const from = job_.headBefore(job, epoch);
  const to = job_.headAfter(job, epoch);
  const all = i32x4.splat(-1);
  const first = part * rowsPerChunk;
  const last = min(job_.rowsOf(job), first + rowsPerChunk);

  for (let i = first; i < last; i++) {
    let current = v128.load64_splat(from + ((<usize>i) << 3));
    let random = seeded(seed, epoch, load<i32>(keys + ((<usize>i) << 2)));
    let owed = 0;
    const end = (<usize>load<i32>(offsets + ((<usize>i + 1) << 2))) << 2;
    for (let e = (<usize>load<i32>(offsets + ((<usize>i) << 2))) << 2; e < end; e += 16) {
      let fires = firing(v128.load(weights + e), n, nBefore);
      while (fires) {
        const k = load<i32>(tails + e + (ctz(fires) << 2));
        fires &= fires - 1;
        const other = v128.load64_splat(before + ((<usize>k) << 3) + <usize>(k < freshRows ? aheadBytes : 0));
        const apart = f32x4.sub(current, other);
        const squares = f32x4.mul(apart, apart);
        const g = lookup(pull, f32x4.extract_lane(squares, 0) + f32x4.extract_lane(squares, 1));
        current = f32x4.add(current, f32x4.mul(pullRate, clipped(f32x4.mul(f32x4.splat(g), apart))));
        for (owed += negatives; owed >= 4; owed -= 4) {
          random = next(random);
          const away = push2(random, all, current, vertices, fresh, ahead, before, push);
          current = f32x4.add(current, f32x4.mul(pushRate, away));
        }
      }
    }
    if (owed > 0) {
      const lanes = i32x4.gt_s(i32x4.splat(owed), i32x4(0, 1, 2, 3));
      const away = push2(next(random), lanes, current, vertices, fresh, ahead, before, push);
      current = f32x4.add(current, f32x4.mul(pushRate, away));
    }
    v128.store64_lane(to + ((<usize>i) << 3), current, 0);
  }
  arrive(done);
}

/** Moves the row at `mine` along its gradient from the vertex at `other`; both are `bytes` long, a multiple of 16. */
@inline
function move(mine: usize, other: usize, bytes: usize, table: usize, rate: v128): void {
  let squares = f32x4.splat(0);
  for (let d: usize = 0; d < bytes; d += 16) {
    const apart = f32x4.sub(v128.load(mine + d), v128.load(other + d));
    squares = f32x4.add(squares, f32x4.mul(apart, apart));
  }
  const pairs = f32x4.add(squares, v128.shuffle<f32>(squares, squares, 2, 3, 0, 1));
  const g = f32x4.splat(lookup(table, f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1)));
  for (let d: usize = 0; d < bytes; d += 16) {
    const current = v128.load(mine + d);
    const apart = f32x4.sub(current, v128.load(other + d));
    v128.store(mine + d, f32x4.add(current, f32x4.mul(rate, clipped(f32x4.mul(g, apart)))));
  }
}

/** One chunk of one epoch in any number of dimensions: positions are `stride` f32, a multiple of 4, filled with 0. */
export function epochN(chunk: i32, thread: i32, job: usize): void {
  const perEpoch = job_.chunksPerEpoch(job);
  const epoch = chunk / perEpoch;
  const part = chunk % perEpoch;
  const perRound = job_.chunksPerRound(job);
  const rowsPerChunk = job_.rowsPerChunk(job);
  const firstOfRound = part - (part % perRound);
  const done = job_.doneOf(job);
  waitUntil(done, epoch * perEpoch + firstOfRound, thread);

  const offsets = job_.offsetsOf(job);
  const tails = job_.tailsOf(job);
  const weights = job_.weightsOf(job);
  const keys = job_.keysOf(job);
  const seed = job_.seedOf(job);
  const pull = job_.pullTable(job);
  const push = job_.pushTable(job);
  const negatives = job_.negativesOf(job);
  const bytes = (<usize>job_.strideOf(job)) << 2;
  const before = job_.tailBefore(job, epoch);
  const after = job_.tailAfter(job, epoch);
  const freshRows = firstOfRound * rowsPerChunk;
  const vertices = i32x4.splat(job_.verticesOf(job));
  const rate = job_.learningRate(job) * (1 - <f32>epoch / <f32>job_.epochsOf(job));
  const pushRate = f32x4.splat(rate);
  const pullRate = f32x4.splat(rate * job_.pullFactor(job));
  const n = f32x4.splat(<f32>(epoch + 1));
  const nBefore = f32x4.splat(<f32>epoch);
  const from = job_.headBefore(job, epoch);
  const to = job_.headAfter(job, epoch);
  const first = part * rowsPerChunk;
  const last = min(job_.rowsOf(job), first + rowsPerChunk);

  for (let i = first; i < last; i++) {
    const mine = to + <usize>i * bytes;
    if (to != from) memory.copy(mine, from + <usize>i * bytes, bytes);
    let random = seeded(seed, epoch, load<i32>(keys + ((<usize>i) << 2)));
    const end = (<usize>load<i32>(offsets + ((<usize>i + 1) << 2))) << 2;
    for (let e = (<usize>load<i32>(offsets + ((<usize>i) << 2))) << 2; e < end; e += 16) {
      let fires = firing(v128.load(weights + e), n, nBefore);
      while (fires) {
        const k = load<i32>(tails + e + (ctz(fires) << 2));
        fires &= fires - 1;
        move(mine, (k < freshRows ? after : before) + <usize>k * bytes, bytes, pull, pullRate);
        for (let s = 0; s < negatives; s++) {
          if ((s & 3) == 0) random = next(random);
          const r = i32x4.extract_lane(below(random, vertices), 0);
          random = v128.shuffle<i32>(random, random, 1, 2, 3, 0);
          move(mine, (r < freshRows ? after : before) + <usize>r * bytes, bytes, push, pushRate);
        }
      }
    }
  }
  arrive(done);
}
