// Stochastic gradient descent on the fuzzy cross entropy (McInnes, Healy and Melville 2018, Algorithm 5): an edge
// fires as often as its weight says, pulls both ends together, and pushes each from vertices drawn at random. All of that is
// taken at the places that both ends have before it, so that a processor can do it at once.
//
// In parallel, and yet the same bytes on any number of threads: vertices lie in blocks at random. A task is the edges
// between two blocks (or inside one); tasks of one round share no block, so they may run at once, in place. An end
// is pushed from vertices of its partner's block only, which no other thread moves: partners being spread over all
// blocks, that is a draw from all vertices in the long run. What waits for what is in lanes.ts.
//
// What the host passes is in job.ts.
import { clipped, firing, gradientBetween, lookup, lookupFour, squaresOfFour } from './gradient';
import { Descent } from './job';
import { finish, take, taskAt } from './lanes';
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
  const g = v128.and(lookupFour(table, squared), i32x4.ne(k, i32x4.splat(self)));
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

/** `pointer`: a Descent. Does `perCall` tasks, the last chunk what is left, in two dimensions: positions are pairs of f32. */
export function descend2(chunk: i32, thread: i32, pointer: usize): void {
  const job = changetype<Descent>(pointer);
  for (let left = tasksOf(job, chunk); left > 0; left--) {
    const at = take(job, thread);
    move2(job, at / job.count, at % job.count);
    finish(job, at / job.count, at % job.count);
  }
}

function move2(job: Descent, epoch: i32, number: i32): void {
  const task = taskAt(job, number);
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
  const fours = job.fours;
  const rate = rateIn(epoch, job);
  const pullRate = f32x4.splat(2 * rate);
  const pushRate = f32x4.splat(rate * job.pushShare);
  const ns = f32x4.splat(<f32>(epoch + 1));
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
      const head = v128.load64_splat(headAt);
      const tail = v128.load64_splat(tailAt);
      const pulled = f32x4.mul(pullRate, pull2(head, tail, pull));
      let headEnd = f32x4.add(head, pulled);
      let tailEnd = f32x4.sub(tail, pulled);
      for (let s = 0; s < fours; s++) {
        random = next(random);
        headEnd = f32x4.add(headEnd, f32x4.mul(pushRate, push2(random, head, tailFirst, tailCount, h, positions, push)));
        random = next(random);
        tailEnd = f32x4.add(tailEnd, f32x4.mul(pushRate, push2(random, tail, headFirst, headCount, t, positions, push)));
      }
      v128.store64_lane(headAt, headEnd, 0);
      v128.store64_lane(tailAt, tailEnd, 0);
    }
  }
}

/** The same in any number of dimensions: a position is a multiple of 4 f32, filled with 0. */
export function descendN(chunk: i32, thread: i32, pointer: usize): void {
  const job = changetype<Descent>(pointer);
  for (let left = tasksOf(job, chunk); left > 0; left--) {
    const at = take(job, thread);
    moveN(job, at / job.count, at % job.count);
    finish(job, at / job.count, at % job.count);
  }
}

/** How many tasks a chunk does. */
@inline
function tasksOf(job: Descent, chunk: i32): i32 {
  return min(job.perCall, job.epochs * job.count - chunk * job.perCall);
}

function moveN(job: Descent, epoch: i32, number: i32): void {
  const task = taskAt(job, number);
  const end = (<usize>task.end) << 2;
  const headFirst = i32x4.splat(task.headFirst);
  const headCount = i32x4.splat(task.headCount);
  const tailFirst = i32x4.splat(task.tailFirst);
  const tailCount = i32x4.splat(task.tailCount);
  const heads = job.heads;
  const tails = job.tails;
  const weights = job.weights;
  const positions = job.positions;
  const pull = job.pull;
  const push = job.push;
  const fours = job.fours;
  const bytes = (<usize>job.floats) << 2;
  const width = i32x4.splat(<i32>bytes);
  const rate = rateIn(epoch, job);
  const pullRate = f32x4.splat(2 * rate);
  const pushRate = f32x4.splat(rate * job.pushShare);
  const none = f32x4.splat(0);
  const ns = f32x4.splat(<f32>(epoch + 1));
  const nsBefore = f32x4.splat(<f32>epoch);
  let random = seeded(job.seed, epoch, number);

  for (let e = (<usize>task.first) << 2; e < end; e += 16) {
    let fires = firing(v128.load(weights + e), ns, nsBefore);
    while (fires) {
      const edge = e + (ctz(fires) << 2);
      fires &= fires - 1;
      const head = positions + <usize>load<i32>(heads + edge) * bytes;
      const tail = positions + <usize>load<i32>(tails + edge) * bytes;
      // With more than four vertices to push from, the next fours see where the first ones have moved both ends.
      for (let s = 0; s < fours; s++) {
        random = next(random);
        const fromTail = i32x4.mul(i32x4.add(below(random, tailCount), tailFirst), width);
        random = next(random);
        const fromHead = i32x4.mul(i32x4.add(below(random, headCount), headFirst), width);
        moveBoth(head, tail, fromTail, fromHead, positions, bytes, pull, s == 0 ? pullRate : none, push, pushRate);
      }
    }
  }
}

/**
 * Moves the places at `head` and `tail` towards each other by `pullRate`, and by `pushRate` each away from four others, whose
 * offsets from `positions` are `fromTail` for the head and `fromHead` for the tail (itself: distance 0, no push).
 */
@inline
function moveBoth(
  head: usize, tail: usize, fromTail: v128, fromHead: v128, positions: usize, bytes: usize,
  pull: usize, pullRate: v128, push: usize, pushRate: v128,
): void {
  const h0 = positions + <usize>i32x4.extract_lane(fromTail, 0);
  const h1 = positions + <usize>i32x4.extract_lane(fromTail, 1);
  const h2 = positions + <usize>i32x4.extract_lane(fromTail, 2);
  const h3 = positions + <usize>i32x4.extract_lane(fromTail, 3);
  const t0 = positions + <usize>i32x4.extract_lane(fromHead, 0);
  const t1 = positions + <usize>i32x4.extract_lane(fromHead, 1);
  const t2 = positions + <usize>i32x4.extract_lane(fromHead, 2);
  const t3 = positions + <usize>i32x4.extract_lane(fromHead, 3);
  const g = gradientBetween(head, tail, bytes, pull);
  const gh = lookupFour(push, squaresOfFour(head, h0, h1, h2, h3, bytes));
  const gt = lookupFour(push, squaresOfFour(tail, t0, t1, t2, t3, bytes));
  for (let d: usize = 0; d < bytes; d += 16) {
    const ofHead = v128.load(head + d);
    const ofTail = v128.load(tail + d);
    const pulled = f32x4.mul(pullRate, clipped(f32x4.mul(g, f32x4.sub(ofHead, ofTail))));
    const headPush = pushOfFour(gh, ofHead, h0 + d, h1 + d, h2 + d, h3 + d);
    const tailPush = pushOfFour(gt, ofTail, t0 + d, t1 + d, t2 + d, t3 + d);
    v128.store(head + d, f32x4.add(f32x4.add(ofHead, pulled), f32x4.mul(pushRate, headPush)));
    v128.store(tail + d, f32x4.add(f32x4.sub(ofTail, pulled), f32x4.mul(pushRate, tailPush)));
  }
}

/** Four dimensions of the sum of the gradients `g` between `own` and what lies at four addresses. */
@inline
function pushOfFour(g: v128, own: v128, at0: usize, at1: usize, at2: usize, at3: usize): v128 {
  const p0 = clipped(f32x4.mul(v128.shuffle<f32>(g, g, 0, 0, 0, 0), f32x4.sub(own, v128.load(at0))));
  const p1 = clipped(f32x4.mul(v128.shuffle<f32>(g, g, 1, 1, 1, 1), f32x4.sub(own, v128.load(at1))));
  const p2 = clipped(f32x4.mul(v128.shuffle<f32>(g, g, 2, 2, 2, 2), f32x4.sub(own, v128.load(at2))));
  const p3 = clipped(f32x4.mul(v128.shuffle<f32>(g, g, 3, 3, 3, 3), f32x4.sub(own, v128.load(at3))));
  return f32x4.add(f32x4.add(p0, p1), f32x4.add(p2, p3));
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
