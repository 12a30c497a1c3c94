import neighborsSingle from '../../build/wasm/neighbors.js';
import neighborsShared from '../../build/wasm/neighbors-shared.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import { cores, openPool, type Pool, type RunOptions } from '../wasm/pool.js';
import { BLOCK, type Job, putJob, SCRATCH } from './job.js';
import type { ForeignEdges, Searcher, SearcherOptions } from './searcher.js';

/** Floating-point operations below which starting a thread costs more than it saves. */
const WORTH_A_THREAD = 4e8;
/** Floating-point operations of a chunk: a few milliseconds. */
const CHUNK_WORK = 1e8;

/** Rows reported as done while `chunks` chunks run. */
function watched(watch: Watch, rows: number, chunks: number): RunOptions {
  return {
    signal: watch.signal,
    onChunk: (started) => {
      const done = Math.min(rows, Math.floor((started / chunks) * rows));
      watch.onProgress?.({ stage: 'neighbors', done, total: rows, unit: 'rows' });
    },
  };
}

/** Points in WebAssembly memory, and the copy in panels that products are made from. */
class Brute implements Searcher {
  readonly engine = 'wasm';
  readonly exact = true;
  private readonly base: Job;
  private readonly centre: number;
  private readonly scale: number;
  private readonly slack: number;
  private packed = false;

  constructor(
    private readonly points: Matrix,
    private readonly pool: Pool,
  ) {
    const { rows, cols } = points;
    const { arena, call } = pool.kernel;
    const data = arena.put(points.data.subarray(0, rows * cols));
    const sums = arena.alloc(cols * 8);
    arena.f64(sums, cols).fill(0);
    for (let row = 0; row < rows; row += 1024)
      call.addRows(data, row, Math.min(rows, row + 1024), cols, sums);
    this.centre = arena.put(Float32Array.from(arena.f64(sums, cols), (sum) => sum / Math.max(1, rows)));
    const widest = () => {
      let most = 0;
      for (let row = 0; row < rows; row += 1024) {
        most = Math.max(most, call.widest(data, row, Math.min(rows, row + 1024), cols, this.centre));
      }
      return most;
    };
    let most = widest();
    if (most > 1e38) {
      // Centred numbers near the end of float32's range might pass it.
      arena.f32(this.centre, cols).fill(0);
      most = widest();
    }
    // A power of two, so that scaling rounds nothing.
    this.scale = most > 0 ? 2 ** Math.max(-126, Math.min(126, -Math.ceil(Math.log2(most)))) : 1;
    // A d-term float32 sum errs by at most d units in the last place, centring and adding norms by a few more.
    this.slack = (cols + 32) * 2 ** -24;
    const panels = Math.ceil(rows / 8);
    this.base = {
      data,
      n: rows,
      d: cols,
      panels,
      packed: arena.alloc(panels * cols * 32),
      norms: arena.alloc(panels * 32),
      scratch: arena.alloc(SCRATCH * pool.threads),
      scale2: this.scale ** 2,
    };
  }

  async search(k: number, watch: Watch = {}): Promise<NeighborGraph> {
    const { rows } = this.points;
    const { arena } = this.pool.kernel;
    const mark = arena.mark();
    try {
      await this.pack(watch);
      const job = this.slotJob(rows, k, this.keepFor(k));
      const blocks = Math.ceil(rows / BLOCK);
      job.locks = arena.alloc(blocks * 4);
      arena.i32(job.locks, blocks).fill(0);
      const pointer = putJob(arena, job);
      const pairs = (blocks * (blocks + 1)) / 2;
      await this.pool.run('scanPairs', pairs, [pointer], watched(watch, rows, pairs));
      await this.pool.run('refine', Math.ceil(rows / 32), [pointer], { signal: watch.signal });
      const graph = this.takeGraph(job, rows, k);
      const uncertain = this.uncertainSlots(job, rows);
      arena.release(mark);
      await this.settle(graph, uncertain, uncertain, watch);
      return graph;
    } finally {
      arena.release(mark);
    }
  }

  async widen(rows: Int32Array, k: number, watch: Watch = {}): Promise<NeighborGraph> {
    const { arena } = this.pool.kernel;
    const mark = arena.mark();
    try {
      await this.pack(watch);
      const job = this.slotJob(rows.length, k, this.keepFor(k), rows);
      await this.scanGroups('scanRows', job, watch, [0]);
      const graph = this.takeGraph(job, rows.length, k);
      const slots = this.uncertainSlots(job, rows.length);
      arena.release(mark);
      await this.settle(
        graph,
        slots,
        slots.map((slot) => rows[slot]),
        watch,
      );
      return graph;
    } finally {
      arena.release(mark);
    }
  }

  async nearestForeign(
    rows: Int32Array,
    component: Int32Array,
    core: Float32Array,
    alpha: number,
    watch: Watch = {},
  ): Promise<ForeignEdges> {
    const { arena } = this.pool.kernel;
    const mark = arena.mark();
    try {
      await this.pack(watch);
      const job = this.slotJob(rows.length, 1, 1, rows);
      arena.i32(job.indices!, rows.length).fill(-1);
      arena.f32(job.distances!, rows.length).fill(Number.POSITIVE_INFINITY);
      job.component = arena.put(component);
      job.core = arena.put(core);
      job.alpha = alpha;
      await this.scanGroups('scanForeign', job, watch, []);
      return {
        to: arena.i32(job.indices!, rows.length).slice(),
        distance: arena.f32(job.distances!, rows.length).slice(),
      };
    } finally {
      arena.release(mark);
    }
  }

  close(): void {
    this.pool.close();
  }

  private async pack(watch: Watch): Promise<void> {
    if (this.packed) return;
    const { data, n, d, packed, norms, panels } = this.base;
    const args = [data!, n!, d!, this.centre, this.scale, this.slack, packed!, norms!, panels!];
    await this.pool.run('pack', Math.ceil(panels! / 16), args, { signal: watch.signal });
    this.packed = true;
  }

  /** Candidates kept per row: a few more than asked, so that rounding rarely decides who is in. */
  private keepFor(k: number): number {
    return k + Math.max(8, Math.ceil(k / 8));
  }

  /** Buffers and results for slots; `ids` names their rows when they are not all rows in order. */
  private slotJob(slots: number, k: number, keep: number, ids?: Int32Array): Job {
    const { arena } = this.pool.kernel;
    const capacity = keep + Math.max(32, keep >> 1);
    const padded = Math.ceil(slots / 8) * 8;
    const job: Job = {
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
    };
    arena.i32(job.counts!, slots).fill(0);
    arena.i32(job.exacts!, slots).fill(0);
    const thresholds = arena.f32(job.thresholds!, padded);
    thresholds.fill(Number.POSITIVE_INFINITY, 0, slots);
    thresholds.fill(Number.NEGATIVE_INFINITY, slots);
    return job;
  }

  /** Runs a kernel over groups of asking rows. */
  private async scanGroups(name: string, job: Job, watch: Watch, more: number[]): Promise<void> {
    const { arena } = this.pool.kernel;
    const { rows, cols } = this.points;
    const panels = Math.ceil(job.slots! / 8);
    const fitting = Math.floor(CHUNK_WORK / (16 * rows * cols));
    const group = Math.max(1, Math.min(16, fitting, Math.ceil(panels / this.pool.threads)));
    const pointer = putJob(arena, {
      ...job,
      group,
      slotPacked: arena.alloc(panels * cols * 32),
      slotNorms: arena.alloc(panels * 32),
    });
    const chunks = Math.ceil(panels / group);
    const args = [pointer, this.centre, this.scale, this.slack, ...more];
    await this.pool.run(name, chunks, args, watched(watch, job.slots!, chunks));
  }

  private takeGraph(job: Job, slots: number, k: number): NeighborGraph {
    const { arena } = this.pool.kernel;
    return {
      indices: arena.i32(job.indices!, slots * k).slice(),
      distances: arena.f32(job.distances!, slots * k).slice(),
      rows: slots,
      neighbors: k,
    };
  }

  private uncertainSlots(job: Job, slots: number): Int32Array {
    const flags = this.pool.kernel.arena.u8(job.uncertain!, slots);
    const found: number[] = [];
    for (let slot = 0; slot < slots; slot++) if (flags[slot]) found.push(slot);
    return Int32Array.from(found);
  }

  /**
   * Scans again, by bound, the rows whose margin was smaller than the rounding error of the products: their
   * known k-th distance bounds what a missed neighbour can have. `slots[i]` of the graph is row `rows[i]`.
   */
  private async settle(
    graph: NeighborGraph,
    slots: Int32Array,
    rows: Int32Array,
    watch: Watch,
  ): Promise<void> {
    if (rows.length === 0) return;
    const { arena } = this.pool.kernel;
    const k = graph.neighbors;
    const batch = Math.max(64, Math.floor(2 ** 26 / (8 * this.keepFor(k) + 4 * this.points.cols)));
    for (let from = 0; from < rows.length; from += batch) {
      const mark = arena.mark();
      try {
        const part = rows.slice(from, from + batch);
        const job = this.slotJob(part.length, k, k, part);
        const thresholds = arena.f32(job.thresholds!, part.length);
        for (let i = 0; i < part.length; i++) {
          const farthest = graph.distances[slots[from + i] * k + k - 1];
          // A little over the square of every distance that rounds to this one; the kernel's scoreAbove.
          thresholds[i] = farthest ** 2 * (1 + 2 ** -20) * this.scale ** 2 + 1e-36;
        }
        await this.scanGroups('scanRows', job, watch, [1]);
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

/** All pairs by SIMD products in WebAssembly: exact, any dimension. */
export async function openBrute(points: Matrix, options: SearcherOptions = {}): Promise<Searcher> {
  const work = points.rows ** 2 * points.cols;
  const worthwhile = Math.max(1, Math.floor(work / WORTH_A_THREAD) + 1);
  const threads = options.threads ?? Math.min(cores(), worthwhile);
  const pool = await openPool({ single: neighborsSingle, shared: neighborsShared }, { threads });
  try {
    return new Brute(points, pool);
  } catch (error) {
    pool.close();
    throw error;
  }
}
