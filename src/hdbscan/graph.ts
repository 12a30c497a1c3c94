import {
  CORES,
  INSPECT,
  Lane as laneLayout,
  Pass as passLayout,
  Place as placeLayout,
} from '../../build/wasm/hdbscan.js';
import { UserError } from '../errors.js';
import type { NeighborGraph } from '../shapes.js';
import { putStruct, putStructs, type Struct, setStruct } from '../wasm/struct.js';
import { type TreeKernel, threadsOf } from './kernel.js';
import type { Pace } from './pace.js';

/** Slots of a block: 256 KiB of indices and distances, which fit the cache of one core. */
const BLOCK_SLOTS = 32_768;

/** Throws a UserError unless lengths and counts match. */
export function requireGraph(graph: NeighborGraph): void {
  const { indices, distances, rows, neighbors } = graph;
  if (!(indices instanceof Int32Array))
    throw new UserError('indices must be an Int32Array; -1 marks an empty slot', { code: 'GRAPH_INVALID' });
  if (!(distances instanceof Float32Array))
    throw new UserError('distances must be a Float32Array of euclidean distances', { code: 'GRAPH_INVALID' });
  for (const [name, value, least] of [
    ['rows', rows, 0],
    ['neighbors', neighbors, 0],
  ] as const) {
    if (!Number.isInteger(value) || value < least) {
      throw new UserError(`${name} must be a whole number of at least ${least}; got ${value}`, {
        code: 'GRAPH_INVALID',
      });
    }
  }
  for (const [name, array] of [
    ['indices', indices],
    ['distances', distances],
  ] as const) {
    if (array.length !== rows * neighbors) {
      throw new UserError(
        `${name} must hold rows × neighbors = ${rows} × ${neighbors} = ${rows * neighbors} numbers; got ${array.length}`,
        { code: 'GRAPH_INVALID' },
      );
    }
  }
}

/** Blocks that wait for each thread that helps, so that it needn't wait for this one. */
const AHEAD = 2;

/** What a thread writes during a pass, see assembly/hdbscan/pass.ts. */
export type Lane = Struct<typeof laneLayout>;

/** Something done with every list, see `doBlock` in assembly/hdbscan/pass.ts. */
export interface Pass {
  work: number;
  /** What the work reads and writes. */
  fields: Partial<Struct<typeof passLayout>>;
  /** What each thread writes: as many threads as there are lanes, at most. Counts in it are those of the end afterwards. */
  lanes: Partial<Lane>[];
  /** Called in the end, in order, for the blocks of which `doBlock` returned `state`, until it returns true. */
  onState?: (first: number, rows: number, state: number) => boolean;
}

/** Blocks that are left to other threads. */
interface Ring {
  /** Pointers to a Place each, and to the lists of each. */
  pointer: number;
  places: { indices: number; distances: number }[];
}

const NO_LANE: Lane = { best: 0, sums: 0, open: 0, active: 0, pairs: 0, kept: 0, count: 0, isShort: 0 };

/** The neighbour lists, handed to kernels block by block through small buffers, and inspected in the first pass. */
export class Lists {
  /** Blocks with a list that isn't sorted, or holds its own row or a double. */
  private readonly irregular = new Set<number>();
  private readonly indices: number;
  private readonly distances: number;
  private readonly ring?: Ring;
  private readonly states: number;
  readonly blockRows: number;

  constructor(
    private readonly kernel: TreeKernel,
    readonly graph: NeighborGraph,
    private readonly pace: Pace,
  ) {
    this.blockRows = Math.max(1, Math.floor(BLOCK_SLOTS / Math.max(1, graph.neighbors)));
    this.indices = kernel.arena.alloc(this.blockRows * graph.neighbors * 4);
    this.distances = kernel.arena.alloc(this.blockRows * graph.neighbors * 4);
    this.states = kernel.arena.alloc(Math.ceil(graph.rows / this.blockRows) * 4);
    const helpers = threadsOf(kernel) - 1;
    if (helpers > 0) this.ring = this.openRing(helpers * (AHEAD + 1));
  }

  private openRing(length: number): Ring {
    const { arena } = this.kernel;
    const bytes = this.blockRows * this.graph.neighbors * 4;
    const places = Array.from({ length }, () => ({
      indices: arena.alloc(bytes),
      distances: arena.alloc(bytes),
    }));
    const whole = places.map((place) => ({ ...place, block: 0, first: 0, rows: 0, isFull: 0 }));
    return { pointer: putStructs(arena, placeLayout, whole), places };
  }

  /**
   * Goes through all blocks, with other threads where `pass` has lanes for them. In each lane, blocks come in order. The first pass must be
   * one that inspects lists, unless they are known to be regular: it throws a UserError for an index or a distance that can't be.
   */
  async run({ work, fields, lanes, onState }: Pass): Promise<void> {
    const { kernel, graph, ring } = this;
    const { arena, call } = kernel;
    const { rows, neighbors } = graph;
    const mark = arena.mark();
    const blocks = Math.ceil(rows / this.blockRows);
    const lane = putStructs(
      arena,
      laneLayout,
      lanes.map((given) => ({ ...NO_LANE, ...given })),
    );
    const pass = putStruct(arena, passLayout, {
      ...fields,
      k: neighbors,
      n: rows,
      weights: kernel.weights ?? 0,
      lanes: lane,
      states: this.states,
      work,
      ring: ring?.pointer ?? 0,
      places: ring?.places.length ?? 0,
    });
    const states = arena.i32(this.states, blocks);
    states.fill(0);
    const doHere = (wanted: number, first: number, count: number): number => {
      const { indices, distances } = this;
      this.load(first, count, indices, distances);
      return call.doBlock({ work: wanted, pass, lane, first, rows: count, indices, distances });
    };
    const team = ring && lanes.length > 1 ? kernel.pool?.assist('help', { pass }) : undefined;
    let failure: Error | undefined;
    try {
      for (let block = 0; block < blocks; block++) {
        const first = block * this.blockRows;
        const count = Math.min(this.blockRows, rows - first);
        const isLeft = team && ring && this.leave(ring, pass, team.helpers, block, count);
        if (!isLeft) states[block] = doHere(work, first, count);
        if (this.pace.due) await this.pace.yield();
      }
    } finally {
      if (team) {
        Atomics.store(arena.i32(pass + passLayout.fields.isOver.at, 1), 0, 1);
        failure = await team.done;
      }
    }
    if (failure) throw failure;
    for (let block = 0; block < blocks; block++) {
      if (states[block] === 0) continue;
      const first = block * this.blockRows;
      const count = Math.min(this.blockRows, rows - first);
      if (work === INSPECT) {
        this.note(first, states[block]);
        doHere(CORES, first, count);
      } else if (onState?.(first, count, states[block])) break;
    }
    for (const [at, given] of lanes.entries()) {
      const end = arena.i32(lane + at * laneLayout.bytes, laneLayout.bytes / 4);
      given.count = end[laneLayout.fields.count.at / 4];
      given.isShort = end[laneLayout.fields.isShort.at / 4];
    }
    arena.release(mark);
  }

  /** Leaves a block to other threads, if few wait for them and there is a place. */
  private leave(
    { pointer, places }: Ring,
    pass: number,
    helpers: number,
    block: number,
    rows: number,
  ): boolean {
    const { arena } = this.kernel;
    const shared = arena.i32(pass, passLayout.bytes / 4);
    const { offered, taken } = passLayout.fields;
    const number = shared[offered.at / 4];
    if (number - Atomics.load(shared, taken.at / 4) >= helpers * AHEAD) return false;
    const at = number % places.length;
    const place = pointer + at * placeLayout.bytes;
    if (Atomics.load(arena.i32(place + placeLayout.fields.isFull.at, 1), 0) !== 0) return false;
    const first = block * this.blockRows;
    this.load(first, rows, places[at].indices, places[at].distances);
    setStruct(arena, placeLayout, place, { ...places[at], block, first, rows, isFull: 1 });
    Atomics.store(shared, offered.at / 4, number + 1);
    return true;
  }

  /** Calls `work(first row, rows, indices, distances)` for each block, in order; for those that `isWanted`, where it is given. */
  async each(
    work: (first: number, rows: number, indices: number, distances: number) => void,
    isWanted?: (first: number, rows: number) => boolean,
  ): Promise<void> {
    const { rows } = this.graph;
    for (let first = 0; first < rows; first += this.blockRows) {
      const count = Math.min(this.blockRows, rows - first);
      if (isWanted && !isWanted(first, count)) continue;
      this.load(first, count, this.indices, this.distances);
      work(first, count, this.indices, this.distances);
      if (this.pace.due) await this.pace.yield();
    }
  }

  /** Whether row `row` lists `other` at `distance` or nearer. */
  lists(row: number, other: number, distance: number): boolean {
    return this.distance(row, other) <= distance;
  }

  /** Copies all lists into WebAssembly memory, for algorithms that need them all at once. Returns pointers. */
  async put(): Promise<{ indices: number; distances: number }> {
    const { arena } = this.kernel;
    const { rows, neighbors } = this.graph;
    const [indices, distances] = [arena.alloc(rows * neighbors * 4), arena.alloc(rows * neighbors * 4)];
    await this.each((first, count, from, far) => {
      const at = first * neighbors;
      const length = count * neighbors;
      arena.i32(indices + at * 4, length).set(arena.i32(from, length));
      arena.f32(distances + at * 4, length).set(arena.f32(far, length));
    });
    return { indices, distances };
  }

  /** The distance at which row `row` lists `other`; +∞ if it doesn't. */
  distance(row: number, other: number): number {
    const { indices, distances, neighbors } = this.graph;
    let least = Number.POSITIVE_INFINITY;
    for (let slot = row * neighbors; slot < (row + 1) * neighbors; slot++) {
      if (indices[slot] === other) least = Math.min(least, distances[slot]);
    }
    return least;
  }

  private load(first: number, count: number, toIndices: number, toDistances: number): void {
    const { arena, call } = this.kernel;
    const { indices, distances, neighbors } = this.graph;
    const from = first * neighbors;
    const length = count * neighbors;
    arena.i32(toIndices, length).set(indices.subarray(from, from + length));
    arena.f32(toDistances, length).set(distances.subarray(from, from + length));
    if (this.irregular.has(first))
      call.normalize({ first, rows: count, k: neighbors, indices: toIndices, distances: toDistances });
  }

  /**
   * Notes a block that `normalize` must sort.
   * @param state what `inspect` in assembly/hdbscan/rows.ts returned for it
   * @throws UserError for an index or a distance that can't be
   */
  private note(first: number, state: number): void {
    const { indices, distances, rows, neighbors } = this.graph;
    if (state === 1) this.irregular.add(first);
    if (state >= 0) return;
    const slot = first * neighbors + (-1 - state);
    const place = `row ${Math.floor(slot / neighbors)}, slot ${slot % neighbors}`;
    if (indices[slot] < -1 || indices[slot] >= rows) {
      throw new UserError(
        `indices, ${place}: ${indices[slot]} is not a row; rows are 0 to ${rows - 1}, -1 is empty`,
        { code: 'GRAPH_INVALID' },
      );
    }
    throw new UserError(`distances, ${place}: ${distances[slot]} is not a distance; it must be 0 or more`, {
      code: 'GRAPH_INVALID',
    });
  }
}
