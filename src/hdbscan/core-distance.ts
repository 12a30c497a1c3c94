import { BALANCE, CORES, INSPECT } from '../../build/wasm/hdbscan.js';
import type { Lane, Lists } from './graph.js';
import { type TreeKernel, threadsOf } from './kernel.js';
import type { Pace } from './pace.js';
import type { Vertices } from './points.js';
import { distance } from './weights.js';

/** Pointers, one f32 per row. */
export interface Cores {
  /** Distance to the minSamples-th nearest other row; +∞ where fewer are known. */
  core: number;
  /** No unlisted row is nearer than this; +∞ where all are listed. */
  last: number;
  /** Pointer, one u16 per row: the upper half of `last`. */
  ends: number;
  /** Pointer, one i32 per row: the only listed row at core distance, −1 where there is none; 0 where that isn't wanted. */
  atCore: number;
  /** Whether some list is shorter than minSamples, so that its core distance is beyond its end. */
  isShort: boolean;
}

/**
 * Core distances from the lists alone: right where a pair's distance stands in both lists, or is beyond the end of one.
 * `counts` is a pointer to how many equal points each row stands for, or 0; `areRegular`: lists are known to be sorted, and to hold no row
 * twice; `wantsRows`: which row is at core distance is wanted too.
 */
export async function coreDistances(
  kernel: TreeKernel,
  lists: Lists,
  minSamples: number,
  counts: number,
  areRegular: boolean,
  wantsRows: boolean,
): Promise<Cores> {
  const { rows } = lists.graph;
  const core = kernel.arena.alloc(rows * 4);
  const last = kernel.arena.alloc(rows * 4);
  // The kernel reads these four bytes at a time.
  const ends = kernel.arena.alloc(rows * 2 + 2);
  const atCore = wantsRows ? kernel.arena.alloc(rows * 4) : 0;
  const lanes: Partial<Lane>[] = Array.from({ length: threadsOf(kernel) }, () => ({}));
  const fields = { minSamples, counts, core, last, ends, atCore };
  await lists.run({ work: areRegular ? CORES : INSPECT, fields, lanes });
  return { core, last, ends, atCore, isShort: lanes.some((lane) => lane.isShort === 1) };
}

/** What `lowerFromOutside` found. */
export interface Outside {
  /** Whether every pair whose distance is within both rows' lists is in both, at the same distance. */
  isSymmetric: boolean;
  /**
   * Whether a pair that only one row lists is never nearer than the other row's last neighbour, so that what is said of unlisted
   * pairs holds for it at the other row.
   */
  areMutual: boolean;
  /** Per row: the other row at its core distance, where other rows' lists lowered that; −1 elsewhere. */
  reached?: Int32Array;
}

/**
 * Lowers core distances where another row lists this one at a distance that its own list lacks: a pair's distance is
 * the smaller of the two directions, and one direction is enough. Lists of true nearest neighbours need none of it, and
 * are recognised without turning the graph around.
 */
export async function lowerFromOutside(
  kernel: TreeKernel,
  lists: Lists,
  { core, last, ends, isShort }: Cores,
  minSamples: number,
  vertices: Vertices | undefined,
  pace: Pace,
): Promise<Outside> {
  const { arena } = kernel;
  const { rows, neighbors } = lists.graph;
  const mark = arena.mark();
  const capacity = Math.max(FEW_SUSPECTS, Math.floor(rows / 4));
  const lanes = Array.from({ length: threadsOf(kernel) }, () => ({
    sums: arena.put(new Int32Array(4)),
    open: arena.alloc(lists.blockRows * Math.ceil(neighbors / 4) * 4),
    kept: arena.alloc(capacity * 12),
    count: 0,
  }));
  let oneSided = false;
  await lists.run({
    work: BALANCE,
    fields: { core, last, ends, isShort: isShort ? 1 : 0, capacity },
    lanes,
    onState: (first, count) => {
      oneSided = isOneSided(lists, arena.f32(core, rows), first, first + count);
      return oneSided;
    },
  });
  for (const { kept, count } of lanes) {
    const length = Math.min(count, capacity) * 3;
    const ends = arena.i32(kept, length);
    const far = arena.f32(kept, length);
    for (let at = 0; at < length && !oneSided; at += 3)
      oneSided = !lists.lists(ends[at + 1], ends[at], far[at + 2]);
  }
  const [near, nearAgain, far, farAgain] = [0, 1, 2, 3].map((at) =>
    lanes.reduce((sum, lane) => (sum + arena.i32(lane.sums, 4)[at]) | 0, 0),
  );
  arena.release(mark);
  if (!oneSided && near === 0 && nearAgain === 0) {
    return { isSymmetric: true, areMutual: far === 0 && farAgain === 0 };
  }
  return {
    isSymmetric: false,
    areMutual: false,
    reached: await lower(kernel, lists, core, minSamples, vertices, pace),
  };
}

/** So many suspects fit at least, see `balance` in assembly/hdbscan/core-distance.ts; with more rows than four times this, a quarter of the rows. */
const FEW_SUSPECTS = 1 << 14;

/** Whether one of rows start … end − 1 lists another nearer than that one's core distance, and the other doesn't list it. */
function isOneSided(lists: Lists, core: Float32Array, start: number, end: number): boolean {
  const { indices, distances, neighbors } = lists.graph;
  for (let i = start; i < end; i++) {
    for (let slot = i * neighbors; slot < (i + 1) * neighbors; slot++) {
      const j = indices[slot];
      if (j < 0 || j === i || !(distances[slot] < core[j])) continue;
      if (!lists.lists(j, i, distances[slot])) return true;
    }
  }
  return false;
}

/** Per row the distances that only other rows' lists hold: linked lists, stored as columns. */
class Reports {
  readonly head: Int32Array;
  next = new Int32Array(1024);
  row = new Int32Array(1024);
  distance = new Float32Array(1024);
  length = 0;

  constructor(rows: number) {
    this.head = new Int32Array(rows).fill(-1);
  }

  add(about: number, row: number, distance: number): void {
    if (this.length === this.row.length) {
      const grow = <T extends Int32Array | Float32Array>(old: T, fresh: T): T => {
        fresh.set(old);
        return fresh;
      };
      this.next = grow(this.next, new Int32Array(this.length * 2));
      this.row = grow(this.row, new Int32Array(this.length * 2));
      this.distance = grow(this.distance, new Float32Array(this.length * 2));
    }
    this.row[this.length] = row;
    this.distance[this.length] = distance;
    this.next[this.length] = this.head[about];
    this.head[about] = this.length++;
  }
}

/** Lowers `core` from other rows' lists. Returns per row the other row at its lowered core distance, −1 where it is as before. */
async function lower(
  kernel: TreeKernel,
  lists: Lists,
  core: number,
  minSamples: number,
  vertices: Vertices | undefined,
  pace: Pace,
): Promise<Int32Array> {
  const { arena } = kernel;
  const { indices, distances, rows, neighbors } = lists.graph;
  const { points, counts } = vertices ?? {};
  const known = arena.f32(core, rows).slice();
  const reports = new Reports(rows);
  await pace.chunks(rows, lists.blockRows, (start, end) => {
    for (let i = start; i < end; i++) {
      for (let slot = i * neighbors; slot < (i + 1) * neighbors; slot++) {
        const j = indices[slot];
        if (j < 0 || j === i || !(distances[slot] < known[j])) continue;
        if (!lists.lists(j, i, distances[slot])) reports.add(j, i, distances[slot]);
      }
    }
  });
  const reached = new Int32Array(rows).fill(-1);
  await pace.chunks(rows, lists.blockRows, (start, end) => {
    const cores = arena.f32(core, rows);
    for (let j = start; j < end; j++) {
      if (reports.head[j] < 0) continue;
      const nearest = new Map<number, number>();
      const learn = (row: number, distance: number) => {
        if (!(distance >= (nearest.get(row) ?? Number.POSITIVE_INFINITY))) nearest.set(row, distance);
      };
      for (let slot = j * neighbors; slot < (j + 1) * neighbors; slot++) {
        if (indices[slot] >= 0 && indices[slot] !== j) learn(indices[slot], distances[slot]);
      }
      for (let r = reports.head[j]; r >= 0; r = reports.next[r]) learn(reports.row[r], reports.distance[r]);
      // Of equal f32 distances the points know which is the smaller.
      const exact = (row: number) => (points ? distance(points, j, row) : 0);
      const sorted = [...nearest].sort((a, b) => a[1] - b[1] || exact(a[0]) - exact(b[0]));
      let covered = counts ? counts[j] - 1 : 0;
      for (const [row, far] of sorted) {
        covered += counts ? counts[row] : 1;
        if (covered < minSamples) continue;
        cores[j] = far;
        reached[j] = row;
        break;
      }
    }
  });
  return reached;
}
