import { breathe } from '../breathe.js';
import { lowerBound } from '../lower-bound.js';
import type { Arena } from '../wasm/arena.js';
import { UNIT } from './onnx-thread.js';
import type { Operands } from './operands.js';
import type { KnownDendrogram, LighterSearch } from './searcher.js';

/**
 * Chunks that are compared before the edges they found go into the forest, at least and at most, and as a share of all pairs: a forest of
 * many components takes a tenth of a second to build.
 */
const BATCH = { least: 256, most: 4096, share: 1 / 64 };
/** Edges that a chunk finds at most; one that finds as many is compared again, against the lower heights of the forest with these. */
export const QUOTA = 1024;

/** Edges that are added to a forest at once, which takes a few tenths of a second. */
const EDGES_AT_ONCE = 2 ** 18;

/** Rows to compare with one tile: their columns, and per row the score below which a pair is measured. */
interface Chunk {
  columns: Int32Array;
  limits: Float32Array;
  column0: number;
}

/** Which rows a search for lighter edges compares with which tiles of columns. */
export class LighterWork {
  /** Tiles looked at, and how many there are. */
  done = 0;
  readonly total: number;
  /** Chunks that are compared at once. The same for any number of threads, since what is found depends on it. */
  readonly batch: number;
  /** Columns of the rows to compare, ascending, and the component and the bound of each. */
  private readonly columns: Int32Array;
  private readonly components: Int32Array;
  private readonly lowerBounds: Float64Array;
  private waiting: Chunk[] = [];
  /** That of the first forest, for all tiles: it decides which of two rows looks for their edge. */
  private readonly dendrogram: KnownDendrogram;

  /**
   * @param scale2 squared scale of the scores
   * @param minima see `minima` in assembly/neighbors/job.ts
   */
  constructor(
    private readonly task: LighterSearch,
    private readonly operands: Operands,
    private readonly scale2: number,
    private readonly minima?: Float32Array,
  ) {
    const { rows, side } = operands;
    this.total = Math.ceil(rows / side);
    const chunks = (this.total * rows) / UNIT / 2;
    this.batch = Math.min(BATCH.most, Math.max(BATCH.least, Math.ceil(chunks * BATCH.share)));
    this.dendrogram = task.forest.dendrogram;
    const isWanted = new Uint8Array(task.component.length);
    for (const row of task.rows) isWanted[row] = 1;
    const all = Int32Array.from({ length: rows }, (_, column) => column);
    this.columns = all.filter((column) => isWanted[this.rowOf(column)] === 1);
    this.components = this.columns.map((column) => task.component[this.rowOf(column)]);
    this.lowerBounds = Float64Array.from(this.columns, (column) => task.lowerBounds[this.rowOf(column)]);
  }

  /** The next chunks, `batch` at most; none at the end. */
  async next(signal?: AbortSignal): Promise<Chunk[]> {
    const pause = breathe(signal);
    while (this.waiting.length < this.batch && this.done < this.total) {
      this.waiting.push(...this.ofTile(this.done++));
      await pause();
    }
    return this.waiting.splice(0, this.batch);
  }

  private ofTile(tile: number): Chunk[] {
    const { columns, components, lowerBounds, minima, operands, dendrogram } = this;
    const { forest } = this.task;
    const { leafOf } = dendrogram;
    const { side } = operands;
    const [column0, end] = [tile * side, (tile + 1) * side];
    const before = new Int32Array(forest.components + 1);
    for (let at = lowerBound(columns, column0); at < columns.length && columns[at] < end; at++)
      before[leafOf[components[at]] + 1]++;
    for (let leaf = 0; leaf < forest.components; leaf++) before[leaf + 1] += before[leaf];
    const limits = dendrogram.limits(before);
    const scores = Float32Array.from(limits, (weight) => this.scoreAbove(weight));
    const own = minima?.subarray(tile * Math.ceil(operands.rows / 8) * 8);
    const found = new Int32Array(columns.length);
    const limitOf = new Float32Array(columns.length);
    let count = 0;
    for (let at = 0; at < columns.length; at++) {
      const c = components[at];
      if (lowerBounds[at] >= limits[c] || (own && own[columns[at]] >= scores[c])) continue;
      limitOf[count] = scores[c];
      found[count++] = columns[at];
    }
    const chunks: Chunk[] = [];
    for (let from = 0; from < count; from += UNIT) {
      const to = Math.min(count, from + UNIT);
      chunks.push({ columns: found.slice(from, to), limits: limitOf.slice(from, to), column0 });
    }
    return chunks;
  }

  /** A score above that of every pair that weighs less than `weight`, as scoreAbove in assembly/neighbors/candidates.ts. */
  private scoreAbove(weight: number): number {
    return (weight * this.task.alpha) ** 2 * (1 + 2 ** -20) * this.scale2 + 1e-36;
  }

  /** Gives the forest what the chunks found: `counts` edges each, at `found`. Those that found too many are compared again. */
  async take(
    chunks: Chunk[],
    counts: Int32Array,
    arena: Arena,
    found: number,
    signal?: AbortSignal,
  ): Promise<void> {
    const { task } = this;
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total === 0) return;
    const [from, to, weight] = [new Int32Array(total), new Int32Array(total), new Float64Array(total)];
    let at = 0;
    for (let chunk = 0; chunk < counts.length; chunk++) {
      const pairs = arena.i32(found + chunk * QUOTA * 16, counts[chunk] * 4);
      const weights = arena.f64(found + chunk * QUOTA * 16, counts[chunk] * 2);
      for (let edge = 0; edge < counts[chunk]; edge++, at++) {
        from[at] = pairs[edge * 4];
        to[at] = pairs[edge * 4 + 1];
        weight[at] = weights[edge * 2 + 1];
      }
    }
    const pause = breathe(signal);
    for (let start = 0; start < total; start += EDGES_AT_ONCE) {
      const end = start + EDGES_AT_ONCE;
      task.forest.add(from.subarray(start, end), to.subarray(start, end), weight.subarray(start, end));
      await pause();
    }
    if (!task.isLast) return;
    const full = chunks.filter((_, chunk) => counts[chunk] === QUOTA);
    for (const chunk of full) this.lower(chunk);
    this.waiting.unshift(...full);
  }

  /** Lowers the limits of a chunk to the heights that the forest has now. */
  private lower({ columns, limits, column0 }: Chunk): void {
    const { task, operands } = this;
    const { leafOf, heightBetween } = task.forest.dendrogram;
    let [first, last] = [Number.POSITIVE_INFINITY, -1];
    const all = this.columns;
    const end = column0 + operands.side;
    for (let at = lowerBound(all, column0); at < all.length && all[at] < end; at++) {
      const leaf = leafOf[this.components[at]];
      first = Math.min(first, leaf);
      last = Math.max(last, leaf);
    }
    for (const [at, column] of columns.entries()) {
      const leaf = leafOf[task.component[this.rowOf(column)]];
      // Of the tile's leaves the first or the last is the one with the heaviest path.
      const height = Math.max(heightBetween(leaf, first), heightBetween(leaf, last));
      limits[at] = Math.min(limits[at], this.scoreAbove(height));
    }
  }

  private rowOf(column: number): number {
    return this.operands.order ? this.operands.order[column] : column;
  }
}
