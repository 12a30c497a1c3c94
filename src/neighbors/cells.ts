import { Cells as layout, ROWS } from '../../build/wasm/cells.js';
import { breathe, type Pause } from '../breathe.js';
import { moduleAt } from '../module-at.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import { openPool } from '../wasm/pool.js';
import { putStruct } from '../wasm/struct.js';
import { cores } from '../wasm/thread.js';
import { mergeRanges, type Nearest, ROWS_AT_ONCE, reverseOf, squareAt } from './cells-lists.js';
import { type CellsPool, cellsModule } from './cells-module.js';
import { type Parts, partsOfAll, partsOfCells } from './cells-parts.js';
import { type CellWatch, divideIntoCells } from './cells-plan.js';
import { nearestFirst } from './distance.js';
import type { CellsJob, Division } from './division.js';
import { compareForeign } from './foreign.js';
import { allocateFor } from './job.js';
import { hasNative } from './native.js';
import { estimate, sayRecall } from './recall.js';
import { chooseScale, scaleBy } from './scale.js';
import type { ForeignEdges, Searcher, SearcherOptions } from './searcher.js';
import { spreadRows } from './spread.js';

/** Share of the time until a first result that making the cells takes, about. */
const CELLS_SHARE = 0.25;
/** Cells that a row is compared with at most. */
const MOST_PROBES = 12;
/** Share of true neighbours that small cells should hold, and that rounds of neighbours' neighbours should lead to. */
const IN_CELLS = 0.8;
const WANTED = 0.97;
const MOST_ROUNDS = 5;
/** Neighbours of a list that are followed. */
const FOLLOWED = 32;
/** Multiplications for the true neighbours of some rows: a few seconds; rows at least and at most. */
const SAMPLE_WORK = 1.5e11;
const SAMPLE = { least: 32, most: 400 };
/** Rows whose mean is the centre of products. */
const CENTRE_ROWS = 1024;

/** Neighbours from cells of rows, then from neighbours of neighbours. Its memory is that of the rows and of two sets of lists. */
class CellSearcher implements Searcher {
  readonly engine = 'cells';
  readonly exact = false;
  recall?: number;
  recallInterval?: [low: number, high: number];
  private isClosed = false;
  /** Place of each row. */
  private readonly places: Int32Array;
  private readonly base: CellsJob;

  constructor(
    private readonly points: Matrix,
    private readonly cells: Division,
    private readonly pool: CellsPool,
    /** Addresses of the points in the order of the cells, and of the centre of products. */
    { data, centre }: { data: number; centre: number },
    /** What distances in the pool's memory are multiplied by. */
    private readonly unit: number,
  ) {
    const { rows, cols } = points;
    const { arena } = pool.kernel;
    const { order, starts } = cells;
    this.places = new Int32Array(rows);
    for (let place = 0; place < rows; place++) this.places[order[place]] = place;
    this.base = {
      data,
      n: rows,
      d: cols,
      centre,
      starts: arena.put(starts),
      names: arena.put(order),
    };
  }

  async search(k: number, watch: Watch = {}): Promise<NeighborGraph> {
    const { rows, cols } = this.points;
    const { arena } = this.pool.kernel;
    const report = (share: number) => reportShare(CELLS_SHARE + (1 - CELLS_SHARE) * share, rows, watch);
    const affordable = Math.floor(SAMPLE_WORK / (rows * cols));
    const sampled = Math.min(rows, Math.max(SAMPLE.least, Math.min(SAMPLE.most, affordable)));
    const sample = spreadRows(rows, sampled);
    const truth = await this.compareAll(sample, k, watch);
    report(0.1);
    // Some rows decide how long to search, the others tell how good it is.
    const isDeciding = (at: number) => at % 3 === 0;
    const reach = this.reachFor(sample, truth, k, isDeciding);
    const mark = arena.mark();
    try {
      const job = allocateFor(
        rows,
        k,
        (): CellsJob => ({
          ...this.base,
          k,
          ...this.scratchFor(this.cells.keepFor(k)),
          queries: arena.put(Int32Array.from({ length: rows }, (_, place) => place)),
          lists: arena.alloc(rows * k * 8),
        }),
      );
      await this.cells.compare({
        job,
        reach,
        putJob: (own) => putStruct(arena, layout, own),
        onShare: (share) => report(0.1 + 0.6 * share),
        signal: watch.signal,
      });
      for (let round = 0; round < MOST_ROUNDS; round++) {
        const shares = this.sharesFound(job, sample, truth, isDeciding);
        if (estimate(shares, k).share >= WANTED) break;
        job.next ??= allocateFor(rows, k, () => arena.alloc(rows * k * 8));
        job.seen ??= arena.alloc(rows * this.pool.threads * 4);
        const found = await this.improve(job, watch, (share) =>
          report(0.7 + (0.25 * (round + share)) / MOST_ROUNDS),
        );
        if (found === 0) break;
      }
      const judging = this.sharesFound(job, sample, truth, (at) => sampled < 3 || !isDeciding(at));
      const found = { ...estimate(judging, k), rows: judging.length };
      this.recall = found.share;
      this.recallInterval = found.interval;
      sayRecall('the approximate search', found, watch);
      await this.run('measure', rows, job, { queries: rows }, watch, (share) => report(0.95 + 0.05 * share));
      report(1);
      return await this.takeGraph(job.lists!, rows, k, breathe(watch.signal));
    } finally {
      arena.release(mark);
    }
  }

  /** Exact but for rounding: compares the rows with all others. */
  async widen(rows: Int32Array, k: number, watch: Watch = {}): Promise<NeighborGraph> {
    const found = await this.compareAll(rows, k, watch);
    const indices = new Int32Array(rows.length * k).fill(-1);
    const distances = new Float32Array(rows.length * k).fill(Number.POSITIVE_INFINITY);
    for (const [slot, row] of rows.entries()) {
      const places = found.places.subarray(slot * k, (slot + 1) * k).filter((place) => place >= 0);
      const others = Array.from(places, (place) => this.cells.order[place]);
      for (const [place, { index, distance }] of nearestFirst(this.points, row, others).entries()) {
        indices[slot * k + place] = index;
        distances[slot * k + place] = distance;
      }
    }
    return { indices, distances, rows: rows.length, neighbors: k };
  }

  nearestForeign(
    rows: Int32Array,
    component: Int32Array,
    core: Float64Array,
    alpha: number,
    watch: Watch = {},
  ): Promise<ForeignEdges> {
    return compareForeign(this.points, rows, component, core, alpha, watch);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.pool.close();
  }

  /** Memory of the threads. */
  private scratchFor(keep: number): CellsJob {
    const { arena, call } = this.pool.kernel;
    const { threads } = this.pool;
    const scratchSize = Math.ceil(call.scratchBytes({ d: this.points.cols, keep }) / 64) * 64;
    return { keep, scratch: arena.alloc(scratchSize * threads), scratchSize };
  }

  /** Runs a kernel over all rows. */
  private async run(
    name: 'descend' | 'measure',
    rows: number,
    job: CellsJob,
    more: Record<string, number>,
    { signal }: Watch,
    onShare: (share: number) => void,
  ): Promise<void> {
    const pointer = putStruct(this.pool.kernel.arena, layout, job);
    const chunks = Math.ceil(rows / ROWS);
    const onChunk = (started: number) => onShare(Math.min(1, started / chunks));
    await this.pool.run(name, chunks, { pointer, ...more } as never, { signal, onChunk });
  }

  /** The true neighbours of some rows, by places. */
  private async compareAll(rows: Int32Array, k: number, watch: Watch): Promise<Nearest> {
    const { arena } = this.pool.kernel;
    const mark = arena.mark();
    try {
      const { ranges, ...parts } = partsOfAll(this.cells.starts, rows.length);
      const places = rows.map((row) => this.places[row]);
      const queries = new Int32Array(ranges * rows.length);
      for (let range = 0; range < ranges; range++) queries.set(places, range * rows.length);
      const lists = arena.alloc(queries.length * k * 8);
      const job = { ...this.base, k, ...this.scratchFor(k), queries: arena.put(queries), lists };
      await scanParts(this.pool, job, parts, () => {}, watch.signal);
      return mergeRanges(arena.f64(lists, queries.length * k), rows.length, ranges, k);
    } finally {
      arena.release(mark);
    }
  }

  /** How far cells have to be looked at so that enough true neighbours of the deciding rows lie in them. */
  private reachFor(sample: Int32Array, { places }: Nearest, k: number, isDeciding: (at: number) => boolean) {
    const { starts, wanted } = this.cells;
    const reaches: number[] = [];
    for (const [at, row] of sample.entries()) {
      if (!isDeciding(at)) continue;
      const { cells, far } = this.cells.nearestTo(row);
      for (const place of places.subarray(at * k, (at + 1) * k)) {
        if (place < 0) continue;
        const rank = cells.indexOf(cellAt(starts, place));
        reaches.push(rank < 0 ? Number.POSITIVE_INFINITY : far[rank]);
      }
    }
    reaches.sort((a, b) => a - b);
    return reaches[Math.max(0, Math.ceil(wanted * reaches.length) - 1)] ?? Number.POSITIVE_INFINITY;
  }

  /** Which share of the true neighbours the lists of some sampled rows hold. */
  private sharesFound(
    { lists, k = 0 }: CellsJob,
    sample: Int32Array,
    { squares }: Nearest,
    isCounted: (at: number) => boolean,
  ): number[] {
    const shares: number[] = [];
    for (const [at, row] of sample.entries()) {
      if (!isCounted(at)) continue;
      const truth = squares.subarray(at * k, (at + 1) * k);
      const wanted = truth.findLastIndex(Number.isFinite) + 1;
      if (wanted === 0) continue;
      const bits = this.pool.kernel.arena.i32(lists! + this.places[row] * k * 8, k * 2);
      let found = 0;
      for (let place = 0; place < wanted; place++) {
        if (squareAt(bits, place) <= truth[wanted - 1]) found++;
      }
      shares.push(found / wanted);
    }
    return shares.length > 0 ? shares : [1];
  }

  /** A round of neighbours' neighbours; swaps the two sets of lists. Returns how many neighbours it found. */
  private async improve(job: CellsJob, watch: Watch, onShare: (share: number) => void): Promise<number> {
    const { rows } = this.points;
    const { arena } = this.pool.kernel;
    const { k = 0, lists = 0, next = 0 } = job;
    const followed = Math.min(FOLLOWED, k);
    const mark = arena.mark();
    try {
      const bits = arena.i32(lists, rows * k * 2);
      const { starts, members } = await reverseOf(bits, rows, k, followed, breathe(watch.signal));
      arena.i32(job.seen!, rows * this.pool.threads).fill(0);
      const chunks = Math.ceil(rows / ROWS);
      const found = arena.alloc(chunks * 4);
      const reverse = { reverseStarts: arena.put(starts), reverse: arena.put(members) };
      await this.run('descend', rows, { ...job, followed, found, ...reverse }, {}, watch, onShare);
      job.lists = next;
      job.next = lists;
      return arena.i32(found, chunks).reduce((sum, one) => sum + one, 0);
    } finally {
      arena.release(mark);
    }
  }

  private async takeGraph(lists: number, rows: number, k: number, pause: Pause): Promise<NeighborGraph> {
    const indices = new Int32Array(rows * k);
    const distances = new Float32Array(rows * k);
    const { order } = this.cells;
    for (let place = 0; place < rows; place++) {
      const bits = this.pool.kernel.arena.i32(lists + place * k * 8, k * 2);
      if (place % ROWS_AT_ONCE === 0) await pause();
      const to = order[place] * k;
      for (let slot = 0; slot < k; slot++) {
        indices[to + slot] = bits[2 * slot];
        distances[to + slot] = squareAt(bits, slot) * this.unit;
      }
    }
    return { indices, distances, rows, neighbors: k };
  }
}

/** The mean of some rows: products about it lose few digits. */
function centreOf({ data, rows, cols }: Matrix): Float32Array {
  const count = Math.min(rows, CENTRE_ROWS);
  const sums = new Float64Array(cols);
  for (const row of spreadRows(rows, count)) {
    for (let c = 0; c < cols; c++) sums[c] += data[row * cols + c] / count;
  }
  return Float32Array.from(sums);
}

/** Reports a share of the whole work as rows. */
function reportShare(share: number, rows: number, { onProgress }: Watch): void {
  onProgress?.({ stage: 'neighbors', done: Math.round(share * rows), total: rows, unit: 'rows' });
}

/** Copies rows into the memory of a pool, in this order, or their own. */
async function copyRows(
  { data, rows, cols }: Matrix,
  { kernel: { arena } }: CellsPool,
  at: number,
  pause: Pause,
  order?: Int32Array,
): Promise<void> {
  const copy = arena.f32(at, rows * cols);
  for (let place = 0; place < rows; place++) {
    if (place % ROWS_AT_ONCE === 0) await pause();
    const from = (order ? order[place] : place) * cols;
    copy.set(data.subarray(from, from + cols), place * cols);
  }
}

/** The cell that a place is in. */
function cellAt(starts: Int32Array, place: number): number {
  let [low, high] = [0, starts.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= place) low = middle;
    else high = middle;
  }
  return low;
}

/** Has the kernel compare queries with cells, part by part. */
async function scanParts(
  pool: CellsPool,
  job: CellsJob,
  { count, parts, segments, chosen }: Parts,
  onShare: (share: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const { arena } = pool.kernel;
  const mark = arena.mark();
  try {
    const put = { parts: arena.put(parts), segments: arena.put(segments), chosen: arena.put(chosen) };
    const pointer = putStruct(arena, layout, { ...job, ...put });
    const onChunk = (started: number) => onShare(Math.min(1, started / count));
    await pool.run('scanCells', count, { pointer }, { signal, onChunk });
  } finally {
    arena.release(mark);
  }
}

/** Small cells, in which WebAssembly multiplies. */
async function divideForKernel(points: Matrix, pool: CellsPool, watch: CellWatch): Promise<Division> {
  const cells = await divideIntoCells(points, MOST_PROBES, watch);
  const { order, starts, near } = cells;
  const most = cells.reach;
  return {
    order,
    starts,
    wanted: IN_CELLS,
    keepFor: (k) => k,
    nearestTo: (row) => ({
      cells: near.subarray(row * most, (row + 1) * most),
      far: Float64Array.from({ length: most }, (_, rank) => rank),
    }),
    async compare({ job, reach, onShare, signal }) {
      // Neighbours of neighbours lead out of a cell only where some lists already do: one cell is not enough.
      const probes = Math.min(most, Math.max(2, reach + 1));
      await scanParts(pool, job, await partsOfCells(cells, probes, breathe(signal)), onShare, signal);
    },
  };
}

/** Cells that ONNX Runtime multiplies, where it is installed. Loaded by its address: bundles for pages, which have no use for it, don't find it. */
async function byteCells(): Promise<typeof import('./byte-cells.js') | undefined> {
  return (await hasNative('onnxruntime-node'))
    ? import(moduleAt(import.meta.url, 'byte-cells').url)
    : undefined;
}

/**
 * Approximate neighbours, for more rows than an exact search can do in reasonable time. ONNX Runtime multiplies where it is installed;
 * else WebAssembly does, with smaller cells.
 */
export async function openCells(points: Matrix, options: SearcherOptions = {}): Promise<Searcher> {
  const { signal, threads = cores() } = options;
  const { rows, cols } = points;
  const onShare = (share: number) => reportShare(CELLS_SHARE * share, rows, options);
  const { exponent } = chooseScale(points);
  const scaled = exponent === 0 ? points : scaleBy(points, exponent);
  const pool = await openPool(cellsModule(), { threads });
  try {
    const { arena } = pool.kernel;
    const pause = breathe(signal);
    const data = arena.alloc(rows * cols * 4);
    const copy = (order?: Int32Array) => copyRows(scaled, pool, data, pause, order);
    const at = { data, centre: arena.put(centreOf(scaled)) };
    const bytes = await byteCells();
    let division = await bytes?.divideForBytes(scaled, pool, { ...at, copy, onShare, signal });
    if (!division) {
      division = await divideForKernel(scaled, pool, { signal, threads, onShare });
      await copy(division.order);
    }
    return new CellSearcher(points, division, pool, at, 2 ** -exponent);
  } catch (error) {
    pool.close();
    throw error;
  }
}
