import single, { bind, type Calls, type Jobs, jobs, SCRATCH } from '../../build/wasm/themes.js';
import shared from '../../build/wasm/themes-shared.js';
import type { Watch } from '../progress.js';
import type { Matrix } from '../shapes.js';
import { openPool, type Pool } from '../wasm/pool.js';
import { cores } from '../wasm/thread.js';

/** The nearest group of each row, with the cosines of that one and of the second nearest. */
export interface Nearest {
  labels: Int32Array;
  /** Cosine to the nearest group's mean. */
  best: Float32Array;
  /** Cosine to the second nearest; a very low number where there is one group only. */
  next: Float32Array;
}

/** Below so many multiplications a second thread costs more than it saves. */
const WORTH_A_THREAD = 2e8;
const ROWS_PER_CHUNK = 256;
/** Sums of fewer numbers are taken by this thread alone: others would take longer to wake. */
const SUMS_WORTH_THREADS = 1e7;
const COLS_PER_CHUNK = 32;
/** Rows scaled in one call: V8 compiles a function anew between calls, not in the middle of a long one. */
const ROWS_PER_CALL = 512;

/**
 * Unit rows in WebAssembly memory, compared with the means of groups. Rows of length 0 or with a number that isn't finite are
 * nearest to group 0.
 *
 * | rows × padded columns f32, one more row | labels i32 | best f32 | next f32 | scratch | centres f32, growing … |
 */
export class UnitRows {
  readonly rows: number;
  readonly cols: number;
  /** Bytes from row to row. */
  private readonly bytes: number;
  private readonly data: number;
  private readonly labels: number;
  private readonly best: number;
  private readonly next: number;
  private readonly scratch: number;

  private constructor(
    source: Matrix,
    private readonly pool: Pool<Calls, Jobs>,
  ) {
    const { rows, cols, data } = source;
    this.rows = rows;
    this.cols = cols;
    const padded = pad4(cols);
    this.bytes = padded * 4;
    const { arena, call } = pool.kernel;
    this.data = arena.alloc((rows + 1) * this.bytes);
    const view = arena.f32(this.data, (rows + 1) * padded);
    if (padded === cols) {
      view.set(data.subarray(0, rows * cols));
      view.fill(0, rows * cols);
    } else {
      view.fill(0);
      for (let row = 0; row < rows; row++)
        view.set(data.subarray(row * cols, (row + 1) * cols), row * padded);
    }
    for (let first = 0; first < rows; first += ROWS_PER_CALL) {
      const end = Math.min(rows, first + ROWS_PER_CALL);
      call.unitRows({ data: this.data, first, end, cols, bytes: this.bytes });
    }
    this.labels = arena.alloc(rows * 4);
    this.best = arena.alloc(rows * 4);
    this.next = arena.alloc(rows * 4);
    this.scratch = arena.alloc(SCRATCH * pool.threads);
  }

  /** Copies the rows, scaled to length 1. `work` is about how many rows will be compared with how many centres in all. */
  static async open(vectors: Matrix, work: number, threads?: number): Promise<UnitRows> {
    const worth = Math.floor((work * vectors.cols) / WORTH_A_THREAD) + 1;
    const kernels = { single, shared, bind, jobs };
    const pool = await openPool(kernels, { threads: threads ?? Math.min(cores(), worth) });
    try {
      return new UnitRows(vectors, pool);
    } catch (error) {
      pool.close();
      throw error;
    }
  }

  /**
   * Sums of the rows of each group, `count` × columns in float64, in the order of the rows; label -1 and rows beyond the labels count
   * nowhere.
   */
  async sums(
    labels: Int32Array,
    count: number,
    watch: Watch = {},
  ): Promise<{ total: Float64Array; size: Int32Array }> {
    const { cols, bytes, data } = this;
    const { arena } = this.pool.kernel;
    const size = new Int32Array(count);
    for (const label of labels) if (label >= 0) size[label]++;
    const mark = arena.mark();
    try {
      const padded = bytes / 4;
      const held = arena.put(labels);
      const pointer = arena.alloc(count * padded * 8);
      arena.f64(pointer, count * padded).fill(0);
      const colsPerChunk = labels.length * padded < SUMS_WORTH_THREADS ? padded : COLS_PER_CHUNK;
      const args = { rows: labels.length, colsPerChunk, bytes, data, labels: held, total: pointer };
      await this.pool.run('sums', Math.ceil(padded / colsPerChunk), args, { signal: watch.signal });
      const lines = arena.f64(pointer, count * padded);
      if (padded === cols) return { total: lines.slice(), size };
      const total = new Float64Array(count * cols);
      for (let c = 0; c < count; c++) total.set(lines.subarray(c * padded, c * padded + cols), c * cols);
      return { total, size };
    } finally {
      arena.release(mark);
    }
  }

  /** Every row to the centre of greatest cosine; `total` are sums of rows, whose length doesn't matter. */
  async nearest(total: Float64Array, count: number, watch: Watch = {}): Promise<Nearest> {
    const { kernel } = this.pool;
    const { arena } = kernel;
    const mark = arena.mark();
    try {
      const centres = this.putUnit(total, count);
      const chunks = Math.ceil(this.rows / ROWS_PER_CHUNK);
      const { rows, bytes, data, labels, best, next, scratch } = this;
      const args = {
        rows,
        rowsPerChunk: ROWS_PER_CHUNK,
        bytes,
        data,
        count,
        centres,
        labels,
        best,
        next,
        scratch,
      };
      await this.pool.run('assign', chunks, args, { signal: watch.signal });
      return {
        labels: arena.i32(this.labels, this.rows).slice(),
        best: arena.f32(this.best, this.rows).slice(),
        next: arena.f32(this.next, this.rows).slice(),
      };
    } finally {
      arena.release(mark);
    }
  }

  /** Cosine of each row with the centre that it is labelled with; 0 for a label below 0. */
  cosines(total: Float64Array, labels: Int32Array): Float64Array {
    const { cols } = this;
    const padded = this.bytes / 4;
    const data = this.pool.kernel.arena.f32(this.data, this.rows * padded);
    const lengths = new Float64Array(total.length / cols);
    for (let c = 0; c < lengths.length; c++) {
      let squares = 0;
      for (let t = c * cols; t < (c + 1) * cols; t++) squares += total[t] * total[t];
      lengths[c] = Math.sqrt(squares);
    }
    return Float64Array.from(labels, (label, row) => {
      if (label < 0 || lengths[label] === 0) return 0;
      let dot = 0;
      for (let t = 0; t < cols; t++) dot += data[row * padded + t] * total[label * cols + t];
      return dot / lengths[label];
    });
  }

  /**
   * Cosine of each row of `sample` with every row: `sample.length` × `rows`, 0 for a row without direction. Rows that are equal have
   * equal cosines.
   */
  async cosinesOf(sample: Int32Array, watch: Watch = {}): Promise<Float32Array> {
    const { arena } = this.pool.kernel;
    const mark = arena.mark();
    try {
      const count = sample.length;
      const centres = arena.alloc((pad4(count) + 1) * this.bytes);
      const floats = this.bytes / 4;
      const to = arena.f32(centres, (pad4(count) + 1) * floats).fill(0);
      const from = arena.f32(this.data, this.rows * floats);
      for (const [at, row] of sample.entries())
        to.set(from.subarray(row * floats, (row + 1) * floats), at * floats);
      const stride = pad4(this.rows);
      const out = arena.alloc(count * stride * 4);
      const chunks = Math.ceil(this.rows / ROWS_PER_CHUNK);
      const { rows, bytes, data, scratch } = this;
      const args = { rows, rowsPerChunk: ROWS_PER_CHUNK, bytes, data, count, centres, stride, out, scratch };
      await this.pool.run('cosines', chunks, args, { signal: watch.signal });
      const all = arena.f32(out, count * stride);
      const tight = new Float32Array(count * this.rows);
      for (let at = 0; at < count; at++)
        tight.set(all.subarray(at * stride, at * stride + this.rows), at * this.rows);
      return tight;
    } finally {
      arena.release(mark);
    }
  }

  /** Scalar products of all pairs of `count` vectors, rounded to float32: count × count. */
  async products(vectors: Float64Array, count: number, watch: Watch = {}): Promise<Float32Array> {
    const { arena } = this.pool.kernel;
    const mark = arena.mark();
    try {
      const centres = this.put(vectors, count);
      const stride = pad4(count);
      const out = arena.alloc(count * stride * 4);
      const perChunk = 16;
      const { bytes, scratch } = this;
      const args = { count, perChunk, bytes, centres, stride, out, scratch };
      await this.pool.run('products', Math.ceil(count / perChunk), args, { signal: watch.signal });
      const all = arena.f32(out, count * stride);
      const tight = new Float32Array(count * count);
      for (let i = 0; i < count; i++) tight.set(all.subarray(i * stride, i * stride + count), i * count);
      return tight;
    } finally {
      arena.release(mark);
    }
  }

  close(): void {
    this.pool.close();
  }

  /** Copies vectors into memory as float32, padded to a multiple of four rows and one more; returns the pointer. */
  private put(vectors: Float64Array, count: number): number {
    const { cols } = this;
    const padded = this.bytes / 4;
    const pointer = this.allocCentres(count);
    const view = this.pool.kernel.arena.f32(pointer, count * padded);
    for (let c = 0; c < count; c++) view.set(vectors.subarray(c * cols, (c + 1) * cols), c * padded);
    return pointer;
  }

  /** The same, each scaled to length 1. */
  private putUnit(total: Float64Array, count: number): number {
    const { cols, bytes } = this;
    const { arena, call } = this.pool.kernel;
    const to = this.allocCentres(count);
    const mark = arena.mark();
    const from = arena.put(total);
    call.unitCentres({ from, count, cols, to, bytes });
    arena.release(mark);
    return to;
  }

  private allocCentres(count: number): number {
    const { arena } = this.pool.kernel;
    const floats = ((pad4(count) + 1) * this.bytes) / 4;
    const pointer = arena.alloc(floats * 4);
    arena.f32(pointer, floats).fill(0);
    return pointer;
  }
}

const pad4 = (length: number): number => Math.ceil(length / 4) * 4;
