import type { Watch } from '../progress.js';
import { isOutOfMemory } from '../runtime/out-of-memory.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import { Brute, poolFor } from './brute.js';
import { DEVICE_LIMITS, DeviceColumns, type DeviceLimits, type Found } from './device-columns.js';
import { NO_COLUMN } from './device-graph.js';
import { type Device, type DeviceOrt, deviceError, fullPrecision } from './device-session.js';
import { type Framed, frameRows } from './frame.js';
import { allocateFor, type Job, putJob } from './job.js';
import type { NeighborsPool } from './module.js';
import type { ForeignEdges, ForeignWatch, SearcherOptions } from './searcher.js';
import { spreadRows } from './spread.js';

/** Fewer rows than this are scanned faster here than on a device. */
const WORTH_A_RUN = 256;
/** The most results of a row for which a device is faster. */
const MOST_KEPT = 4096;
/** Results of a row when edges are searched: at first, and for those rows for which that proved too few. */
const EDGES_KEPT = [32, 256];
/** Query rows of the first run; later ones have as many as take about this long, since a run blocks this thread. */
const FIRST_ROWS = 256;
const RUN_MILLISECONDS = 75;
/** Rows of the samples that a device is measured on, and the seconds from which a sample tells its speed. */
const FEWEST_TRIED = 8;
const MOST_TRIED = 2048;
const LONG_ENOUGH = 0.1;
/** Query rows of a run, at most and at least. */
const MOST_ROWS = 8192;
const FEWEST_ROWS = 32;

/**
 * All pairs on a device, which picks candidates; they are measured here in float64, as everywhere, and what a device may have
 * missed is searched again: on it with more candidates, then here.
 */
export class OnDevice extends Brute {
  private opened?: { framed: Framed; columns: DeviceColumns };
  private readonly restore = fullPrecision();
  /** Query rows of the next run, and how many there may be at most. */
  private tall = FIRST_ROWS;
  private most = MOST_ROWS;

  constructor(
    points: Matrix,
    pool: NeighborsPool,
    private readonly ort: DeviceOrt,
    private readonly place: Device,
    error: number,
    private readonly limits: DeviceLimits,
  ) {
    super(points, pool, { engine: 'onnx', error, device: place.name });
  }

  override async search(k: number, watch: Watch = {}): Promise<NeighborGraph> {
    const all = Int32Array.from({ length: this.points.rows }, (_, row) => row);
    return this.nearestOf(all, k, watch);
  }

  /** Seconds that a search of all rows takes, from the time of some: of more of them as long as that takes hardly any. */
  async estimate(k: number, watch: Watch = {}): Promise<number> {
    const { rows } = this.points;
    for (let count = Math.min(rows, FEWEST_TRIED); ; count = Math.min(rows, 4 * count)) {
      const sample = spreadRows(rows, count);
      const graph = emptyGraph(count, k);
      let seconds = 0;
      // Kernels are compiled in the first run of a size.
      for (let run = 0; run < 2; run++) {
        const start = performance.now();
        await this.scanNearest(sample, this.keepFor(k), graph, undefined, { signal: watch.signal });
        seconds = (performance.now() - start) / 1000;
      }
      if (count >= Math.min(rows, MOST_TRIED) || seconds > LONG_ENOUGH) return (seconds / count) * rows;
    }
  }

  override async widen(rows: Int32Array, k: number, watch: Watch = {}): Promise<NeighborGraph> {
    return rows.length < WORTH_A_RUN ? super.widen(rows, k, watch) : this.nearestOf(rows, k, watch);
  }

  override async nearestForeign(
    rows: Int32Array,
    component: Int32Array,
    core: Float64Array,
    alpha: number,
    watch: ForeignWatch = {},
  ): Promise<ForeignEdges> {
    const edges: ForeignEdges = {
      to: new Int32Array(rows.length).fill(-1),
      distance: new Float64Array(rows.length).fill(Number.POSITIVE_INFINITY),
    };
    const limits = watch.limits?.slice() ?? new Float64Array(rows.length).fill(Number.POSITIVE_INFINITY);
    let open = Int32Array.from(rows, (_, slot) => slot);
    const asked = () => Int32Array.from(open, (slot) => rows[slot]);
    const take = (found: ForeignEdges) => {
      for (const [at, slot] of open.entries()) {
        const to = found.to[at];
        if (to < 0) continue;
        edges.to[slot] = to;
        edges.distance[slot] = found.distance[at];
        const weight = Math.max(core[rows[slot]], core[to], found.distance[at] / alpha);
        limits[slot] = Math.min(limits[slot], weight);
      }
    };
    const { scale2 } = this.base;
    // Rounded to nearest; the bound that a key is compared with allows for that.
    const cores = Float32Array.from(core, (one) => Math.min(NO_COLUMN, (one * alpha) ** 2 * scale2!));
    for (const kept of EDGES_KEPT) {
      if (open.length < WORTH_A_RUN) break;
      const within = { ...watch, limits: Float64Array.from(open, (slot) => limits[slot]) };
      const found = await this.edgesOf(asked(), { component, core, cores, alpha }, kept, within);
      take(found);
      open = Int32Array.from(found.uncertain, (at) => open[at]);
    }
    if (open.length === 0) return edges;
    const within = { ...watch, limits: Float64Array.from(open, (slot) => limits[slot]) };
    take(await super.nearestForeign(asked(), component, core, alpha, within));
    return edges;
  }

  override close(): void {
    this.opened?.columns.close();
    this.opened = undefined;
    this.restore();
    super.close();
  }

  /** The k nearest others of rows, on the device; those that its candidates don't prove once more. */
  private async nearestOf(rows: Int32Array, k: number, watch: Watch): Promise<NeighborGraph> {
    const keep = this.keepFor(k);
    if (keep + 1 > MOST_KEPT) return super.widen(rows, k, watch);
    const graph = allocateFor(rows.length, k, () => emptyGraph(rows.length, k));
    let slots = await this.scanNearest(rows, keep, graph, undefined, watch);
    const again = Math.min(4 * keep, MOST_KEPT - 1);
    if (slots.length >= WORTH_A_RUN && again > keep) {
      slots = await this.scanNearest(rows, again, graph, slots, { signal: watch.signal });
    }
    const uncertain = slots.map((slot) => rows[slot]);
    await this.settle(graph, slots, uncertain, watch);
    return graph;
  }

  /**
   * Writes neighbours of `rows[slot]` to line `slot` of the graph, of all slots or of those given, from `keep` candidates each.
   * Returns the slots for which a neighbour may be missing.
   */
  private async scanNearest(
    rows: Int32Array,
    keep: number,
    graph: NeighborGraph,
    some: Int32Array | undefined,
    watch: Watch,
  ): Promise<Int32Array> {
    const { arena } = this.pool.kernel;
    const k = graph.neighbors;
    const uncertain: number[] = [];
    const asked = some ? some.map((slot) => rows[slot]) : rows;
    const { columns } = await this.open();
    await this.inRuns(asked, watch, async (part, first, queries) => {
      const mark = arena.mark();
      try {
        const job = this.slotJob(part.length, k, keep, part);
        const pointer = putJob(arena, job);
        // One more than is kept: the row itself is among them.
        await columns.nearest(queries, keep + 1, (found) =>
          this.offer('offerNearest', pointer, part.length, found, watch),
        );
        await this.pool.run('refine', Math.ceil(part.length / 32), { pointer }, { signal: watch.signal });
        const { indices, distances } = this.takeGraph(job, part.length, k);
        for (let at = 0; at < part.length; at++) {
          const slot = some ? some[first + at] : first + at;
          graph.indices.set(indices.subarray(at * k, at * k + k), slot * k);
          graph.distances.set(distances.subarray(at * k, at * k + k), slot * k);
        }
        for (const at of this.uncertainSlots(job, part.length)) {
          uncertain.push(some ? some[first + at] : first + at);
        }
      } finally {
        arena.release(mark);
      }
    });
    return Int32Array.from(uncertain);
  }

  /** The cheapest edges among `kept` candidates of each row; `uncertain`: places for which a cheaper one may be missing. */
  private async edgesOf(
    rows: Int32Array,
    of: { component: Int32Array; core: Float64Array; cores: Float32Array; alpha: number },
    kept: number,
    watch: ForeignWatch,
  ): Promise<ForeignEdges & { uncertain: Int32Array }> {
    const { arena } = this.pool.kernel;
    const mark = arena.mark();
    try {
      const job: Job = this.foreignJob(rows, of.component, of.core, of.alpha);
      const pointer = putJob(arena, job);
      await this.openForeign(pointer, rows.length, watch.limits);
      arena.f32(job.thresholds!, rows.length).fill(Number.POSITIVE_INFINITY);
      const { framed, columns } = await this.open();
      const input = columns.edgeInput({ components: of.component, cores: of.cores });
      await this.inRuns(rows, watch, async (part, first, queries) => {
        const own = Float32Array.from(part, (row) => framed.norms[row]);
        const component = Int32Array.from(part, (row) => of.component[row]);
        await columns.edges(queries, own, component, input, kept, (found) =>
          this.offer('offerEdges', pointer, part.length, found, watch, first),
        );
      });
      await this.pool.run('closeForeign', Math.ceil(rows.length / 1024), { pointer });
      return { ...this.takeEdges(job, rows.length), uncertain: this.uncertainSlots(job, rows.length) };
    } finally {
      arena.release(mark);
    }
  }

  /** Gives what a session found to the kernel, for slots from `slot0` on. */
  private async offer(
    name: 'offerNearest' | 'offerEdges',
    pointer: number,
    slots: number,
    { keys, places, kept, column0, isCut }: Found,
    watch: Watch,
    slot0 = 0,
  ): Promise<void> {
    const { arena } = this.pool.kernel;
    const mark = arena.mark();
    try {
      const [keysAt, placesAt] = [arena.put(keys), arena.put(places)];
      const args = { pointer, kept, slot0, slots, column0, isCut: isCut ? 1 : 0, places: placesAt };
      const chunks = Math.ceil(slots / 32);
      const run =
        name === 'offerNearest'
          ? this.pool.run(name, chunks, { ...args, scores: keysAt }, { signal: watch.signal })
          : this.pool.run(name, chunks, { ...args, keys: keysAt }, { signal: watch.signal });
      await run;
    } finally {
      arena.release(mark);
    }
  }

  /** Calls `run` for some of the rows at a time: as many as the device's memory holds and its speed makes sensible. */
  private async inRuns(
    rows: Int32Array,
    watch: Watch,
    run: (part: Int32Array, first: number, queries: Float32Array) => Promise<void>,
  ): Promise<void> {
    const { framed, columns } = await this.open();
    const { cols } = this.points;
    for (let first = 0; first < rows.length; ) {
      watch.signal?.throwIfAborted();
      const part = rows.slice(first, first + Math.min(this.tall, this.most, columns.mostRows));
      const queries = new Float32Array(part.length * cols);
      for (const [at, row] of part.entries())
        queries.set(framed.moved.subarray(row * cols, (row + 1) * cols), at * cols);
      const start = performance.now();
      try {
        await run(part, first, queries);
      } catch (error) {
        if (part.length === 1 || !isOutOfMemory(String(error))) throw error;
        // Half of it may fit. What a session has found already is taken twice then, which changes nothing.
        this.most = part.length >> 1;
        continue;
      }
      const milliseconds = performance.now() - start;
      if (milliseconds < RUN_MILLISECONDS) this.tall = Math.min(2 * this.tall, MOST_ROWS);
      else if (milliseconds > 4 * RUN_MILLISECONDS) this.tall = Math.max(FEWEST_ROWS, this.tall >> 1);
      first += part.length;
      watch.onProgress?.({ stage: 'neighbors', done: first, total: rows.length, unit: 'rows' });
    }
  }

  /** Sends the columns to the device, once. */
  async open(): Promise<{ framed: Framed; columns: DeviceColumns }> {
    if (this.opened) return this.opened;
    const { ort, place, points, limits } = this;
    const framed = await frameRows(this.pool, this.base, points, this.frame);
    const columns = await DeviceColumns.open(ort, place, framed, points.cols, limits, this.pool.threads);
    this.opened = { framed, columns };
    return this.opened;
  }
}

const emptyGraph = (rows: number, neighbors: number): NeighborGraph => ({
  indices: new Int32Array(rows * neighbors).fill(-1),
  distances: new Float32Array(rows * neighbors).fill(Number.POSITIVE_INFINITY),
  rows,
  neighbors,
});

/** Opens a search on a device, whose products are tried first. */
export async function openOnDevice(
  points: Matrix,
  ort: DeviceOrt,
  device: Device,
  options: SearcherOptions = {},
  limits: Partial<DeviceLimits> = {},
): Promise<OnDevice> {
  const restore = fullPrecision();
  try {
    const error = await deviceError(ort, device, points.cols);
    const pool = await poolFor(points, options);
    let searcher: OnDevice | undefined;
    try {
      searcher = new OnDevice(points, pool, ort, device, error, { ...DEVICE_LIMITS, ...limits });
      await searcher.open();
      return searcher;
    } catch (reason) {
      searcher?.close();
      pool.close();
      throw reason;
    }
  } finally {
    restore();
  }
}
