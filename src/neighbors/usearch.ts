import type { Index } from 'usearch';
import { breathe } from '../breathe.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import { cores } from '../wasm/thread.js';
import { nearestFirst } from './distance.js';
import { compareForeign } from './foreign.js';
import { loadNative } from './native.js';
import { sampleRecall, sayRecall } from './recall.js';
import type { ForeignEdges, Searcher, SearcherOptions } from './searcher.js';

/** Numbers passed to the index per call, which blocks this thread. */
const BATCH = 2 ** 19;

/** Hierarchical navigable small worlds (Malkov and Yashunin 2018), by usearch. */
class UsearchSearcher implements Searcher {
  readonly engine = 'usearch';
  readonly exact = false;
  recall?: number;
  recallInterval?: [low: number, high: number];

  private constructor(
    private readonly points: Matrix,
    private readonly index: Index,
    private readonly threads: number,
  ) {}

  static async build(points: Matrix, options: SearcherOptions): Promise<UsearchSearcher> {
    const { Index, MetricKind, ScalarKind } = await loadNative('usearch');
    const { data, rows, cols } = points;
    const index = new Index({
      dimensions: cols,
      metric: MetricKind.L2sq,
      quantization: ScalarKind.F32,
      connectivity: 32,
      expansion_add: 128,
      expansion_search: 128,
      multi: false,
    });
    const threads = options.threads ?? cores();
    const batch = Math.max(threads, Math.floor(BATCH / cols));
    const pause = breathe(options.signal);
    for (let from = 0; from < rows; from += batch) {
      const to = Math.min(rows, from + batch);
      const keys = BigUint64Array.from({ length: to - from }, (_, i) => BigInt(from + i));
      index.add(keys, data.subarray(from * cols, to * cols), threads);
      options.onProgress?.({ stage: 'neighbors', done: to, total: rows, unit: 'rows indexed' });
      await pause();
    }
    return new UsearchSearcher(points, index, threads);
  }

  async search(k: number, watch: Watch = {}): Promise<NeighborGraph> {
    const all = Int32Array.from({ length: this.points.rows }, (_, row) => row);
    const graph = await this.widen(all, k, watch);
    const found = await sampleRecall(this.points, graph, watch);
    this.recall = found.share;
    this.recallInterval = found.interval;
    sayRecall('usearch', found, watch);
    return graph;
  }

  async widen(rows: Int32Array, k: number, watch: Watch = {}): Promise<NeighborGraph> {
    const { data, cols } = this.points;
    const indices = new Int32Array(rows.length * k).fill(-1);
    const distances = new Float32Array(rows.length * k).fill(Number.POSITIVE_INFINITY);
    const batch = Math.max(this.threads, Math.floor(BATCH / cols / 4));
    // The row itself is among the nearest, unless more than `wanted` duplicates displace it.
    const wanted = Math.min(this.points.rows, k + 1 + Math.ceil(k / 8));
    const pause = breathe(watch.signal);
    for (let from = 0; from < rows.length; from += batch) {
      const queries = rows.subarray(from, from + batch);
      const vectors = new Float32Array(queries.length * cols);
      for (let i = 0; i < queries.length; i++) {
        vectors.set(data.subarray(queries[i] * cols, (queries[i] + 1) * cols), i * cols);
      }
      // For a single query usearch returns no counts.
      const found: { keys: BigUint64Array; counts?: BigUint64Array } = this.index.search(
        vectors,
        wanted,
        this.threads,
      );
      for (let i = 0; i < queries.length; i++) {
        const count = found.counts ? Number(found.counts[i]) : found.keys.length;
        const keys = found.keys.subarray(i * wanted, i * wanted + count);
        const others = nearestFirst(this.points, queries[i], Array.from(keys, Number));
        for (let place = 0; place < Math.min(k, others.length); place++) {
          indices[(from + i) * k + place] = others[place].index;
          distances[(from + i) * k + place] = others[place].distance;
        }
      }
      const done = Math.min(rows.length, from + batch);
      watch.onProgress?.({ stage: 'neighbors', done, total: rows.length, unit: 'rows' });
      await pause();
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

  close(): void {}
}

/** Approximate neighbours from an index: for more rows than exact search can do in reasonable time. */
export async function openUsearch(points: Matrix, options: SearcherOptions = {}): Promise<Searcher> {
  return UsearchSearcher.build(points, options);
}
