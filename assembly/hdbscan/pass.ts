// Passes over the neighbour lists, by one thread or several. The host's own thread copies lists into this memory block by block
// (src/hdbscan/graph.ts). It goes through most blocks itself and leaves others in a ring of places, from which the threads that help take
// them in order. What a thread finds goes to its lane: the host puts lanes together by rules that don't depend on which
// thread had which block.
import { offerOwn, offerRows } from './boruvka';
import { balance, coreDistances } from './core-distance';
import { joinCores } from './first-round';
import { keepRows } from './kept';
import { inspect } from './rows';
import { exactBest, exactsOf, openWeights, slack, stepsAbove } from './weight';

/** What is done with each block. */
export const INSPECT: i32 = 0;
export const CORES: i32 = 1;
export const BALANCE: i32 = 2;
export const JOIN: i32 = 3;
export const OFFER_OWN: i32 = 4;
export const OFFER: i32 = 5;
export const KEEP: i32 = 6;

/** What a pass works with: parameters of the functions in `doBlock`, and the ring. What a pass doesn't use is 0. */
@unmanaged
export class Pass {
  work: i32;
  k: usize;
  n: i32;
  minSamples: i32;
  isShort: i32;
  components: usize;
  capacity: usize;
  mask: u32;
  counts: usize;
  core: usize;
  last: usize;
  ends: usize;
  atCore: usize;
  parent: usize;
  joined: usize;
  component: usize;
  inside: usize;
  /** a Weights, 0 before there is one. */
  weights: usize;
  /** a Lane for each thread, by its number. */
  lanes: usize;
  /** a Place for each block that may wait or be worked on at once, and how many they are. */
  ring: usize;
  places: i32;
  /** int32 for each block: what `doBlock` returned. */
  states: usize;
  /** blocks left in the ring so far, and how many of them a thread has taken. */
  offered: i32;
  taken: i32;
  /** set once no more will come. */
  isOver: i32;
}

/** What a thread writes. `kept` are edges, with `BALANCE` suspects, and `count` how many. */
@unmanaged
export class Lane {
  best: usize;
  sums: usize;
  open: usize;
  active: usize;
  pairs: usize;
  kept: usize;
  count: usize;
  isShort: i32;
}

/** A block in the ring. */
@unmanaged
export class Place {
  block: i32;
  first: usize;
  rows: usize;
  indices: usize;
  distances: usize;
  /** until the thread that took it is done. */
  isFull: i32;
}

/**
 * Does one thing with a block of lists. Returns 0, or what the host has to look at: of `INSPECT` what `inspect` returns, without core distances
 * then; of `BALANCE` 1 where not all its suspects fit.
 */
export function doBlock(
  work: i32, pass: usize, lane: usize, first: usize, rows: usize, indices: usize, distances: usize,
): i32 {
  const p = changetype<Pass>(pass);
  const own = changetype<Lane>(lane);
  const k = p.k;
  switch (work) {
    case INSPECT: {
      const state = inspect(first, rows, k, p.n, indices, distances);
      if (state != 0) return state;
    }
    case CORES: {
      const isShort = coreDistances(first, rows, k, p.n, p.minSamples, indices, distances, p.counts, p.core, p.last, p.ends, p.atCore);
      if (isShort) own.isShort = 1;
      return 0;
    }
    case BALANCE:
      own.count = balance(
        first, rows, k, indices, distances, p.core, p.last, p.ends, p.isShort != 0, own.sums, own.open,
        own.kept, p.capacity, own.count,
      );
      return own.count > p.capacity ? 1 : 0;
    case JOIN:
      joinCores(first, rows, k, indices, distances, p.parent, p.joined);
      return 0;
    case OFFER_OWN:
      offerOwn(first, rows, k, indices, distances, p.component, own.best, p.components, p.inside, own.active);
      return 0;
    case OFFER:
      offerRows(first, rows, k, indices, distances, p.component, own.best, p.components);
      return 0;
    default:
      own.count = keepRows(
        first, rows, k, indices, distances, p.component, own.best, p.components,
        p.inside, own.pairs, p.mask, own.kept, p.capacity, own.count,
      );
      return 0;
  }
}

/** Looks at the ring before a thread sleeps for a short time: about a tenth of a millisecond. */
const LOOKS: i32 = 20_000;

/** Goes through blocks from the ring until the pass is over. Weights must be keys, or of points in this memory: this thread can't ask the host. */
export function help(chunk: i32, thread: i32, pass: usize): void {
  const p = changetype<Pass>(pass);
  if (p.weights) openWeights(p.weights);
  const lane = p.lanes + <usize>thread * offsetof<Lane>();
  for (let at = take(p); at; at = take(p)) {
    const place = changetype<Place>(at);
    const state = doBlock(p.work, pass, lane, place.first, place.rows, place.indices, place.distances);
    store<i32>(p.states + (<usize>place.block << 2), state);
    atomic.store<i32>(at + offsetof<Place>('isFull'), 0);
  }
}

/** The next block of the ring, after waiting for one; 0 once the pass is over. */
function take(p: Pass): usize {
  const offered = changetype<usize>(p) + offsetof<Pass>('offered');
  const taken = changetype<usize>(p) + offsetof<Pass>('taken');
  const isOver = changetype<usize>(p) + offsetof<Pass>('isOver');
  for (let looks = 0; ; ) {
    // Read first: a block that was left before the end is then seen below.
    const isLast = atomic.load<i32>(isOver);
    const number = atomic.load<i32>(taken);
    const known = atomic.load<i32>(offered);
    if (number < known) {
      if (atomic.cmpxchg<i32>(taken, number, number + 1) != number) continue;
      return p.ring + <usize>(number % p.places) * offsetof<Place>();
    }
    if (isLast) return 0;
    if (++looks > LOOKS) atomic.wait<i32>(offered, known, 50_000);
  }
  return 0;
}

/**
 * Puts the cheapest edges that another lane found into `best` where they weigh less, or as much and come from an earlier row: that is the
 * edge that one thread would have found.
 */
export function mergeBest(start: usize, end: usize, best: usize, other: usize, components: usize): void {
  const slack_ = slack;
  // So many steps above, a key certainly means a larger number.
  const least = max(slack_, 1);
  for (let c = start; c < end; c++) {
    const at = c << 2;
    const key = load<f32>(other + at);
    const known = load<f32>(best + at);
    const above = stepsAbove(key, known);
    if (key == <f32>Infinity || above >= least) continue;
    const from = load<i32>(other + ((components + c) << 2));
    if (above > -least && known != <f32>Infinity) {
      const difference = slack_ ? exactBest(other, components, c) - exactBest(best, components, c) : 0;
      if (difference > 0 || (difference == 0 && from >= load<i32>(best + ((components + c) << 2)))) continue;
    }
    store<f32>(best + at, key);
    store<i32>(best + ((components + c) << 2), from);
    store<i32>(best + ((components * 2 + c) << 2), load<i32>(other + ((components * 2 + c) << 2)));
    if (slack_) store<f64>(exactsOf(best, components) + (c << 3), load<f64>(exactsOf(other, components) + (c << 3)));
  }
}
