import { UserError } from '../errors.js';
import type { NeighborGraph } from '../shapes.js';
import type { TreeKernel } from './kernel.js';
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

/** The neighbour lists, handed to kernels block by block through one small buffer, and inspected on the first way through. */
export class Lists {
  /** Blocks with a list that isn't sorted, or holds its own row or a double. */
  private readonly irregular = new Set<number>();
  private readonly indices: number;
  private readonly distances: number;
  readonly blockRows: number;

  constructor(
    private readonly kernel: TreeKernel,
    readonly graph: NeighborGraph,
    private readonly pace: Pace,
    /** Whether lists are known to be sorted and to hold nothing twice. */
    private isInspected: boolean,
  ) {
    this.blockRows = Math.max(1, Math.floor(BLOCK_SLOTS / Math.max(1, graph.neighbors)));
    this.indices = kernel.arena.alloc(this.blockRows * graph.neighbors * 4);
    this.distances = kernel.arena.alloc(this.blockRows * graph.neighbors * 4);
  }

  /**
   * Calls `work(first row, rows, indices, distances)` for each block, in order. The first time, throws a UserError for an
   * index or a distance that can't be.
   */
  async each(work: (first: number, rows: number, indices: number, distances: number) => void): Promise<void> {
    const { rows } = this.graph;
    for (let first = 0; first < rows; first += this.blockRows) {
      const count = Math.min(this.blockRows, rows - first);
      this.load(first, count);
      work(first, count, this.indices, this.distances);
      if (this.pace.due) await this.pace.yield();
    }
    this.isInspected = true;
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

  private load(first: number, count: number): void {
    const { arena, call } = this.kernel;
    const { indices, distances, neighbors } = this.graph;
    const from = first * neighbors;
    const length = count * neighbors;
    arena.i32(this.indices, length).set(indices.subarray(from, from + length));
    arena.f32(this.distances, length).set(distances.subarray(from, from + length));
    if (!this.isInspected) this.inspect(first, count);
    if (this.irregular.has(first))
      call.normalize({ first, rows: count, k: neighbors, indices: this.indices, distances: this.distances });
  }

  /** Notes a block that `normalize` must sort. @throws UserError for an index or a distance that can't be. */
  private inspect(first: number, count: number): void {
    const { indices, distances, rows, neighbors } = this.graph;
    const state = this.kernel.call.inspect({
      first,
      rows: count,
      k: neighbors,
      n: rows,
      indices: this.indices,
      distances: this.distances,
    });
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
