// Stochastic gradient descent on the fuzzy cross entropy (McInnes, Healy and Melville 2018, Algorithm 5): an edge
// fires as often as its weight says, pulls both ends together, and pushes each from vertices drawn at random.
//
// In parallel, and yet the same bytes on any number of threads: vertices lie in blocks at random. A task is the edges
// between two blocks (or inside one); tasks of one round share no block, so they may run at once, in place. An end
// is pushed from vertices of its partner's block only, which no other thread moves: partners being spread over all
// blocks, that is a draw from all vertices in the long run. Rounds follow each other (barrier.ts).
//
// What the host passes is in job.ts.
import { arrive, waitUntil } from './barrier';
import { clipped, firing, foursOf, lookup, move, moveBoth, TABLE_BASE, TABLE_LAST, TABLE_SHIFT } from './gradient';
import { Descent, Task } from './job';
import { below, next, seeded } from './random';

/**
 * The gradient on `current` from four of `count` vertices drawn at random from `first` on, as (x, y, x, y). `self`
 * pushes nothing.
 */
@inline
function push2(
  random: v128, current: v128, first: i32, count: i32, self: i32, positions: usize, table: usize,
): v128 {
  const k = i32x4.add(below(random, i32x4.splat(count)), i32x4.splat(first));
  const at = i32x4.shl(k, 3);
  const p0 = v128.load64_zero(positions + <usize>i32x4.extract_lane(at, 0));
  const p01 = v128.load64_lane(positions + <usize>i32x4.extract_lane(at, 1), p0, 1);
  const p2 = v128.load64_zero(positions + <usize>i32x4.extract_lane(at, 2));
  const p23 = v128.load64_lane(positions + <usize>i32x4.extract_lane(at, 3), p2, 1);
  const dx = f32x4.sub(v128.shuffle<f32>(current, current, 0, 0, 0, 0), v128.shuffle<f32>(p01, p23, 0, 2, 4, 6));
  const dy = f32x4.sub(v128.shuffle<f32>(current, current, 1, 1, 1, 1), v128.shuffle<f32>(p01, p23, 1, 3, 5, 7));
  const squared = f32x4.add(f32x4.mul(dx, dx), f32x4.mul(dy, dy));
  let step = i32x4.shr_s(i32x4.sub(squared, i32x4.splat(TABLE_BASE)), TABLE_SHIFT);
  step = i32x4.shl(i32x4.min_s(i32x4.max_s(step, i32x4.splat(0)), i32x4.splat(TABLE_LAST)), 2);
  let g = v128.load32_zero(table + <usize>i32x4.extract_lane(step, 0));
  g = v128.load32_lane(table + <usize>i32x4.extract_lane(step, 1), g, 1);
  g = v128.load32_lane(table + <usize>i32x4.extract_lane(step, 2), g, 2);
  g = v128.load32_lane(table + <usize>i32x4.extract_lane(step, 3), g, 3);
  g = v128.and(g, i32x4.ne(k, i32x4.splat(self)));
  const gx = clipped(f32x4.mul(g, dx));
  const gy = clipped(f32x4.mul(g, dy));
  const sum = f32x4.add(v128.shuffle<f32>(gx, gy, 0, 4, 1, 5), v128.shuffle<f32>(gx, gy, 2, 6, 3, 7));
  return f32x4.add(sum, v128.shuffle<f32>(sum, sum, 2, 3, 0, 1));
}

/** What pulls two places together, (x, y, x, y), for the first of them. */
@inline
function pull2(head: v128, tail: v128, table: usize): v128 {
  const apart = f32x4.sub(head, tail);
  const squares = f32x4.mul(apart, apart);
  const g = lookup(table, f32x4.extract_lane(squares, 0) + f32x4.extract_lane(squares, 1));
  return clipped(f32x4.mul(f32x4.splat(g), apart));
}

/** `pointer`: a Descent. chunk = epoch · count + task, in two dimensions: positions are pairs of f32. */
export function descend2(chunk: i32, thread: i32, pointer: usize): void {
  const job = changetype<Descent>(pointer);
  const epoch = chunk / job.count;
  const number = chunk % job.count;
  const done = job.done;
  waitUntil(done, epoch * job.count + firstOfRound(job, number), thread);

  const task = changetype<Task>(job.tasks + <usize>number * offsetof<Task>());
  const end = (<usize>task.end) << 2;
  const headFirst = task.headFirst;
  const headCount = task.headCount;
  const tailFirst = task.tailFirst;
  const tailCount = task.tailCount;
  const heads = job.heads;
  const tails = job.tails;
  const weights = job.weights;
  const positions = job.positions;
  const pull = job.pull;
  const push = job.push;
  const negatives = job.negatives;
  const rate = f32x4.splat(rateIn(epoch, job));
  const n = <f32>(epoch + 1);
  const ns = f32x4.splat(n);
  const nsBefore = f32x4.splat(<f32>epoch);
  let random = seeded(job.seed, epoch, number);

  for (let e = (<usize>task.first) << 2; e < end; e += 16) {
    let fires = firing(v128.load(weights + e), ns, nsBefore);
    while (fires) {
      const edge = e + (ctz(fires) << 2);
      fires &= fires - 1;
      const h = load<i32>(heads + edge);
      const t = load<i32>(tails + edge);
      const headAt = positions + ((<usize>h) << 3);
      const tailAt = positions + ((<usize>t) << 3);
      const fours = foursOf(negatives, <i32>(load<f32>(weights + edge) * n));
      let head = v128.load64_splat(headAt);
      let tail = v128.load64_splat(tailAt);
      let step = f32x4.mul(rate, pull2(head, tail, pull));
      head = f32x4.add(head, step);
      tail = f32x4.sub(tail, step);
      v128.store64_lane(tailAt, tail, 0);
      for (let s = 0; s < fours; s++) {
        random = next(random);
        head = f32x4.add(head, f32x4.mul(rate, push2(random, head, tailFirst, tailCount, h, positions, push)));
      }
      step = f32x4.mul(rate, pull2(head, tail, pull));
      head = f32x4.add(head, step);
      tail = f32x4.sub(tail, step);
      v128.store64_lane(headAt, head, 0);
      for (let s = 0; s < fours; s++) {
        random = next(random);
        tail = f32x4.add(tail, f32x4.mul(rate, push2(random, tail, headFirst, headCount, t, positions, push)));
      }
      v128.store64_lane(tailAt, tail, 0);
    }
  }
  arrive(done);
}

/** The same in any number of dimensions: a position is a multiple of 4 f32, filled with 0. */
export function descendN(chunk: i32, thread: i32, pointer: usize): void {
  const job = changetype<Descent>(pointer);
  const epoch = chunk / job.count;
  const number = chunk % job.count;
  const done = job.done;
  waitUntil(done, epoch * job.count + firstOfRound(job, number), thread);

  const task = changetype<Task>(job.tasks + <usize>number * offsetof<Task>());
  const end = (<usize>task.end) << 2;
  const headFirst = task.headFirst;
  const headCount = i32x4.splat(task.headCount);
  const tailFirst = task.tailFirst;
  const tailCount = i32x4.splat(task.tailCount);
  const heads = job.heads;
  const tails = job.tails;
  const weights = job.weights;
  const positions = job.positions;
  const pull = job.pull;
  const push = job.push;
  const negatives = job.negatives;
  const bytes = (<usize>job.floats) << 2;
  const rate = f32x4.splat(rateIn(epoch, job));
  const n = <f32>(epoch + 1);
  const ns = f32x4.splat(n);
  const nsBefore = f32x4.splat(<f32>epoch);
  let random = seeded(job.seed, epoch, number);

  for (let e = (<usize>task.first) << 2; e < end; e += 16) {
    let fires = firing(v128.load(weights + e), ns, nsBefore);
    while (fires) {
      const edge = e + (ctz(fires) << 2);
      fires &= fires - 1;
      const head = positions + <usize>load<i32>(heads + edge) * bytes;
      const tail = positions + <usize>load<i32>(tails + edge) * bytes;
      const fours = foursOf(negatives, <i32>(load<f32>(weights + edge) * n));
      moveBoth(head, tail, bytes, pull, rate);
      for (let s = 0; s < fours; s++) {
        random = next(random);
        pushFour(random, head, tailFirst, tailCount, positions, bytes, push, rate);
      }
      moveBoth(head, tail, bytes, pull, rate);
      for (let s = 0; s < fours; s++) {
        random = next(random);
        pushFour(random, tail, headFirst, headCount, positions, bytes, push, rate);
      }
    }
  }
  arrive(done);
}

/** Moves the place at `own` away from four of `count` vertices drawn from `first` on (itself: distance 0, no push). */
@inline
export function pushFour(
  random: v128, own: usize, first: i32, count: v128, positions: usize, bytes: usize, table: usize, rate: v128,
): void {
  const k = below(random, count);
  move(own, positions + <usize>(first + i32x4.extract_lane(k, 0)) * bytes, bytes, table, rate);
  move(own, positions + <usize>(first + i32x4.extract_lane(k, 1)) * bytes, bytes, table, rate);
  move(own, positions + <usize>(first + i32x4.extract_lane(k, 2)) * bytes, bytes, table, rate);
  move(own, positions + <usize>(first + i32x4.extract_lane(k, 3)) * bytes, bytes, table, rate);
}

/**
 * The step falls with the square of what is left of the epochs. Falling in proportion, as umap-learn's does, left
 * 1 to 2 in 100 fewer of the 15 nearest neighbours in place, on news, digits and a swiss roll.
 */
@inline
function rateIn(epoch: i32, job: Descent): f32 {
  const left: f32 = 1 - <f32>epoch / <f32>job.epochs;
  return job.learningRate * left * left;
}

/** How many tasks of an epoch are before the round of `task`. */
@inline
function firstOfRound(job: Descent, task: i32): i32 {
  return task < job.between ? task - (task % job.perRound) : job.between;
}
