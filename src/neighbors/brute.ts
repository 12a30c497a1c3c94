import type { Watch } from '../progress.js';
import { type Matrix, type NeighborGraph, pickRows } from '../shapes.js';
import { openPool } from '../wasm/pool.js';
import { cores } from '../wasm/thread.js';
import { centreRows, type Frame, scaleFor } from './frame.js';
import { allocateFor, BLOCK, type Job, putJob, SCRATCH } from './job.js';
import { lighterSearch } from './lighter.js';
import { type NeighborsPool, neighborsModule } from './module.js';
import { CHUNK_WORK, pairsOfBlocks } from './pairs.js';
import type { Products, Space } from './products.js';
import type { ForeignEdges, ForeignWatch, Searcher, SearcherOptions, SearchWatch } from './searcher.js';
import { watched } from './watched.js';

/** Floating-point operations below which starting a thread costs more than it saves. */
const WORTH_A_THREAD = 4e8;

/** How many threads so many multiplications keep busy. */
export const threadsWorth = (products: number): number => Math.floor(products / WORTH_A_THREAD) + 1;

/** Query rows and columns left out from which copying the others costs less than comparing with all. */
const WORTH_COPYING = { rows: 512, share: 0.25 };

/** Points in WebAssembly memory, and a copy in panels for products. */
export class Brute implements Searcher {
  readonly engine: string;
  readonly device?: string;
  readonly exact = true;
  protected readonly base: Job;
  protected readonly frame: Frame;
  readonly lighterEdges: Searcher['lighterEdges'];
  private readonly centre: number;
  private isPacked = false;
  private isClosed = false;

  /** `multiplier`: the program that multiplies where WebAssembly doesn't. */
  constructor(
    protected readonly points: Matrix,
    protected readonly pool: NeighborsPool,
    private readonly multiplier: Pick<Products, 'engine' | 'error'> & { device?: string } = {
      engine: 'wasm',
      error: 0,
    },
    private readonly products?: Products,
  ) {
    this.engine = multiplier.engine;
    this.device = multiplier.device;
    const { rows, cols } = points;
    const { arena } = pool.kernel;
    const data = arena.put(points.data.subarray(0, rows * cols));
    this.centre = arena.alloc(cols * 4);
    const { most, typical } = centreRows(pool, points, data, this.centre);
    this.frame = {
      centreAt: this.centre,
      scale: scaleFor(most, typical),
      // A d-term float32 sum errs by at most d units in the last place, centring and adding norms by a few more.
      slack: (cols + 32) * 2 ** -24 + multiplier.error,
    };
    const panels = Math.ceil(rows / 8);
    this.base = {
      data,
      n: rows,
      d: cols,
      panels,
      norms: arena.alloc(panels * 32),
      scratch: arena.alloc(SCRATCH * pool.threads),
      scale2: this.frame.scale ** 2,
    };
    this.lighterEdges = products && lighterSearch(products, this.space);
  }

  async search(k: number, watch: SearchWatch = {}): Promise<NeighborGraph> {
    const { rows } = this.points;
    const { arena } = this.pool.kernel;
    if (!this.products) await this.pack(watch);
    let graph: NeighborGraph;
    let uncertain: Int32Array;
    const mark = arena.mark();
    try {
      const usual = this.keepFor(k);
      const plan = (await this.products?.plan(this.space, k, usual, watch)) ?? { keep: usual };
      const job = this.slotJob(rows, k, plan.keep, plan.order);
      if (plan.order) job.places = job.ids;
      const blocks = Math.ceil(rows / BLOCK);
      job.locks = arena.alloc(blocks * 4);
      arena.i32(job.locks, blocks).fill(0);
      const pointer = putJob(arena, job);
      if (this.products) {
        await this.products.scan(this.space, job, watch);
      } else {
        const { chunks, ...pairs } = pairsOfBlocks(blocks, this.points.cols, this.pool.threads);
        await this.pool.run('scanPairs', chunks, { pointer, ...pairs }, watched(watch, rows, chunks));
      }
      await this.pool.run('refine', Math.ceil(rows / 32), { pointer }, { signal: watch.signal });
      graph = this.takeGraph(job, rows, k);
      uncertain = this.uncertainSlots(job, rows);
    } finally {
      arena.release(mark);
    }
    await this.settle(graph, uncertain, uncertain, watch);
    return graph;
  }

  async widen(rows: Int32Array, k: number, watch: Watch = {}): Promise<NeighborGraph> {
    const { arena } = this.pool.kernel;
    await this.pack(watch);
    let graph: NeighborGraph;
    let slots: Int32Array;
    const mark = arena.mark();
    try {
      const job = this.slotJob(rows.length, k, this.keepFor(k), rows);
      await this.scanGroups('scanRows', job, watch, 0);
      graph = this.takeGraph(job, rows.length, k);
      slots = this.uncertainSlots(job, rows.length);
    } finally {
      arena.release(mark);
    }
    const part = slots.map((slot) => rows[slot]);
    await this.settle(graph, slots, part, watch);
    return graph;
  }

  /** The k nearest rows of points that are not among the rows, sorted by (distance, index). */
  async nearestTo(fresh: Matrix, k: number, watch: Watch = {}): Promise<NeighborGraph> {
    const { graph, uncertain } = await this.compare(fresh, k, 0, watch);
    if (uncertain.length === 0) return graph;
    const again = await this.compare(pickRows(fresh, uncertain), k, 1, watch);
    for (const [at, row] of uncertain.entries()) {
      const [from, end] = [at * k, (at + 1) * k];
      graph.indices.set(again.graph.indices.subarray(from, end), row * k);
      graph.distances.set(again.graph.distances.subarray(from, end), row * k);
    }
    return graph;
  }

  /** Compares other rows with all points, by score, which may leave some uncertain, or by bound, which takes longer. */
  private async compare(
    fresh: Matrix,
    k: number,
    isBounded: 0 | 1,
    watch: Watch,
  ): Promise<{ graph: NeighborGraph; uncertain: Int32Array }> {
    const { arena } = this.pool.kernel;
    const products = isBounded ? undefined : this.products;
    if (!products) await this.pack(watch);
    const mark = arena.mark();
    try {
      const keep = isBounded ? k : this.keepFor(k);
      const job = { ...this.slotJob(fresh.rows, k, keep), queries: arena.put(fresh.data) };
      if (products) await products.scanOthers(this.space, job, watch);
      else await this.scanGroups('scanRows', job, watch, isBounded);
      const uncertain = this.uncertainSlots(job, fresh.rows);
      return { graph: this.takeGraph(job, fresh.rows, k), uncertain };
    } finally {
      arena.release(mark);
    }
  }

  async nearestForeign(
    rows: Int32Array,
    component: Int32Array,
    core: Float64Array,
    alpha: number,
    watch: ForeignWatch = {},
  ): Promise<ForeignEdges> {
    const { arena } = this.pool.kernel;
    const { among } = watch;
    const isLess = among && among.length <= this.points.rows * (1 - WORTH_COPYING.share);
    if (isLess && rows.length >= WORTH_COPYING.rows)
      return this.foreignAmong(among, rows, component, core, alpha, watch);
    const products = this.products && rows.length >= this.products.worthQueries ? this.products : undefined;
    if (!products) await this.pack(watch);
    const mark = arena.mark();
    try {
      const job = this.foreignJob(rows, component, core, alpha);
      await this.openForeign(putJob(arena, job), rows.length, watch.limits);
      if (products) {
        await products.scanForeign(this.space, job, rows, watch);
      } else {
        await this.scanGroups('scanForeign', job, watch, 0);
      }
      return this.takeEdges(job, rows.length);
    } finally {
      arena.release(mark);
    }
  }

  /** `nearestForeign` over a copy of the rows `among`. */
  private async foreignAmong(
    among: Int32Array,
    rows: Int32Array,
    component: Int32Array,
    core: Float64Array,
    alpha: number,
    watch: ForeignWatch,
  ): Promise<ForeignEdges> {
    const { points, pool, multiplier, products } = this;
    const { arena } = pool.kernel;
    const places = new Int32Array(points.rows);
    for (let at = 0; at < among.length; at++) places[among[at]] = at;
    const mark = arena.mark();
    try {
      const others = products?.forOthers();
      const part = new Brute(pickRows(points, among), pool, others ? multiplier : undefined, others);
      const { to, distance } = await part.nearestForeign(
        rows.map((row) => places[row]),
        Int32Array.from(among, (row) => component[row]),
        Float64Array.from(among, (row) => core[row]),
        alpha,
        { ...watch, among: undefined },
      );
      return { to: to.map((at) => (at < 0 ? -1 : among[at])), distance };
    } finally {
      arena.release(mark);
    }
  }

  private get space(): Space {
    const { pool, points, frame, base } = this;
    return { pool, points, frame, base };
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.pool.close();
  }

  /** A job that looks for the cheapest edge of each row to another component. */
  protected foreignJob(rows: Int32Array, component: Int32Array, core: Float64Array, alpha: number): Job {
    const { arena } = this.pool.kernel;
    const job = this.slotJob(rows.length, 1, 1, rows);
    job.component = arena.put(component);
    job.core = arena.put(core);
    job.distances = arena.alloc(rows.length * 8);
    job.alpha = alpha;
    return job;
  }

  /** Begins such a job: no edge yet, and none wanted above its row's limit. */
  protected async openForeign(pointer: number, slots: number, limits?: Float64Array): Promise<void> {
    const opened = { pointer, limits: limits ? this.pool.kernel.arena.put(limits) : 0 };
    await this.pool.run('openForeign', Math.ceil(slots / 1024), opened);
  }

  protected takeEdges(job: Job, slots: number): ForeignEdges {
    const { arena } = this.pool.kernel;
    return {
      to: arena.i32(job.indices!, slots).slice(),
      distance: arena.f64(job.distances!, slots).slice(),
    };
  }

  /** Makes the panels, once, when products of WebAssembly are first needed; never inside a mark: they stay. */
  private async pack(watch: Watch): Promise<void> {
    if (this.isPacked) return;
    const { data, n, d, norms, panels } = this.base;
    this.base.packed ||= this.pool.kernel.arena.alloc(panels! * d! * 32);
    const { scale, slack } = this.frame;
    const args = {
      data: data!,
      n: n!,
      d: d!,
      centre: this.centre,
      scale,
      slack,
      packed: this.base.packed,
      norms: norms!,
      panels: panels!,
    };
    await this.pool.run('pack', Math.ceil(panels! / 16), args, { signal: watch.signal });
    this.isPacked = true;
  }

  /** Candidates kept per row: a few more than k, so that rounding rarely decides which rows are the k nearest. */
  protected keepFor(k: number): number {
    return k + Math.max(8, Math.ceil(k / 8));
  }

  /** Buffers and results for slots; `ids` names their rows when they are not all rows in order. */
  protected slotJob(slots: number, k: number, keep: number, ids?: Int32Array): Job {
    const { arena } = this.pool.kernel;
    const capacity = keep + Math.max(32, keep);
    const padded = Math.ceil(slots / 8) * 8;
    const job: Job = allocateFor(slots, k, () => ({
      ...this.base,
      slots,
      k,
      keep,
      capacity,
      ids: ids ? arena.put(ids) : 0,
      buffers: arena.alloc(slots * capacity * 8),
      counts: arena.alloc(slots * 4),
      exacts: arena.alloc(slots * 4),
      thresholds: arena.alloc(padded * 4),
      indices: arena.alloc(slots * k * 4),
      distances: arena.alloc(slots * k * 4),
      uncertain: arena.alloc(slots),
    }));
    arena.i32(job.counts!, slots).fill(0);
    arena.i32(job.exacts!, slots).fill(0);
    const thresholds = arena.f32(job.thresholds!, padded);
    thresholds.fill(Number.POSITIVE_INFINITY, 0, slots);
    thresholds.fill(Number.NEGATIVE_INFINITY, slots);
    return job;
  }

  /** Runs a kernel over groups of query rows; `isBounded`: by bound, not by score. */
  private async scanGroups(
    name: 'scanRows' | 'scanForeign',
    job: Job,
    watch: Watch,
    isBounded: 0 | 1,
  ): Promise<void> {
    const { arena } = this.pool.kernel;
    const { rows, cols } = this.points;
    const panels = Math.ceil(job.slots! / 8);
    const fitting = Math.floor(CHUNK_WORK / (8 * rows * cols));
    const group = Math.max(1, Math.min(16, fitting, Math.ceil(panels / this.pool.threads)));
    const pointer = putJob(arena, {
      ...job,
      group,
      slotPacked: arena.alloc(panels * cols * 32),
      slotNorms: arena.alloc(panels * 32),
    });
    const chunks = Math.ceil(panels / group);
    const { scale, slack } = this.frame;
    const args = { pointer, centre: this.centre, scale, slack, isBounded };
    await this.pool.run(name, chunks, args, watched(watch, job.slots!, chunks));
  }

  protected takeGraph(job: Job, slots: number, k: number): NeighborGraph {
    const { arena } = this.pool.kernel;
    return {
      indices: arena.i32(job.indices!, slots * k).slice(),
      distances: arena.f32(job.distances!, slots * k).slice(),
      rows: slots,
      neighbors: k,
    };
  }

  protected uncertainSlots(job: Job, slots: number): Int32Array {
    const flags = this.pool.kernel.arena.u8(job.uncertain!, slots);
    const found: number[] = [];
    for (let slot = 0; slot < slots; slot++) if (flags[slot]) found.push(slot);
    return Int32Array.from(found);
  }

  /**
   * Scans again, by bound, the rows whose margin was smaller than the rounding error of the products: their
   * known k-th distance bounds what a missed neighbour can have. `slots[i]` of the graph is row `rows[i]`.
   */
  protected async settle(
    graph: NeighborGraph,
    slots: Int32Array,
    rows: Int32Array,
    watch: Watch,
  ): Promise<void> {
    if (rows.length === 0) return;
    await this.pack(watch);
    const { arena } = this.pool.kernel;
    const k = graph.neighbors;
    const batch = Math.max(64, Math.floor(2 ** 26 / (16 * this.keepFor(k) + 4 * this.points.cols)));
    for (let from = 0; from < rows.length; from += batch) {
      const mark = arena.mark();
      try {
        const part = rows.slice(from, from + batch);
        const job = this.slotJob(part.length, k, k, part);
        const thresholds = arena.f32(job.thresholds!, part.length);
        for (let i = 0; i < part.length; i++) {
          const farthest = graph.distances[slots[from + i] * k + k - 1];
          // A little over the square of every distance that rounds to this one, as scoreAbove in the kernel.
          thresholds[i] = (farthest + 1e-45) ** 2 * (1 + 2 ** -20) * this.frame.scale ** 2 + 1e-36;
        }
        await this.scanGroups('scanRows', job, watch, 1);
        const indices = arena.i32(job.indices!, part.length * k);
        const distances = arena.f32(job.distances!, part.length * k);
        for (let i = 0; i < part.length; i++) {
          const to = slots[from + i] * k;
          graph.indices.set(indices.subarray(i * k, i * k + k), to);
          graph.distances.set(distances.subarray(i * k, i * k + k), to);
        }
      } finally {
        arena.release(mark);
      }
    }
  }
}

/** Threads over the memory that a search of so many points needs. */
export function poolFor({ rows, cols }: Matrix, options: SearcherOptions): Promise<NeighborsPool> {
  const threads = options.threads ?? Math.min(cores(), threadsWorth(rows ** 2 * cols));
  return openPool(neighborsModule(), { threads });
}

/**
 * All pairs by products: exact, any dimension. WebAssembly multiplies, or `products` where given; what they
 * propose is refined pairwise, and rows where rounding could have lost a neighbour are scanned again.
 */
export async function openBrute(
  points: Matrix,
  options: SearcherOptions = {},
  products?: Products,
): Promise<Brute> {
  const pool = await poolFor(points, options);
  try {
    return new Brute(points, pool, products, products);
  } catch (error) {
    pool.close();
    throw error;
  }
}
