import text, { bind, type Calls, type Jobs, jobs, SCRATCH } from '../../build/wasm/themes.js';
import type { Watch } from '../progress.js';
import type { Matrix } from '../shapes.js';
import { openPool, type Pool } from '../wasm/pool.js';
import { cores } from '../wasm/thread.js';
import { sizesOf } from './groups.js';

/** The group of each row whose mean is nearest in direction, with the cosines to that one and to the second nearest. */
export interface Nearest {
  labels: Int32Array;
  /** Cosine to the nearest group's mean. */
  best: Float32Array;
  /** Cosine to the second nearest; a very low number where there is one group only. */
  next: Float32Array;
}

/** The group of each row whose mean is nearest by distance, with the squares of the distances to that one and to the second nearest. */
export interface NearestMean {
  labels: Int32Array;
  own: Float32Array;
  /** A very high number where there is one group only. */
  next: Float32Array;
}

/** Sums of the rows of groups, a line of `width` numbers each, and the numbers of their rows. */
export interface Sums {
  total: Float64Array;
  size: Int32Array;
}

/** Below so many multiplications a second thread costs more than it saves. */
const WORTH_A_THREAD = 2e8;
const ROWS_PER_CHUNK = 256;
/** Sums of fewer numbers are taken by this thread alone: others would take longer to wake. */
const SUMS_WORTH_THREADS = 1e7;
const COLS_PER_CHUNK = 32;
const PAIRS_PER_CHUNK = 2048;
/** Rows from which comparing them with groups takes seconds, and is reported. */
const WORTH_REPORTING = 100_000;
/** Rows scaled in one call: V8 compiles a function anew between calls, not in the middle of a long one. */
const ROWS_PER_CALL = 512;

/**
 * Unit rows in WebAssembly memory, compared with the means of groups. Rows of length 0 or with a number that isn't finite are
 * nearest to group 0 in direction. Further columns may follow those of the unit vector: they count in sums and distances, never in
 * cosines.
 *
 * | rows × padded columns f32, one more row | labels i32 | best f32 | next f32 | scratch | centres f32, growing … |
 */
export class UnitRows {
  readonly rows: number;
  /** Columns of the unit vectors. */
  readonly cols: number;
  /** Columns of sums: those of the unit vectors, then the further ones. */
  readonly width: number;
  /** Square of each row's length over all columns. */
  private readonly squares: Float64Array;
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
    further: Matrix = { data: new Float32Array(), rows: source.rows, cols: 0 },
  ) {
    const { rows, cols, data } = source;
    this.rows = rows;
    this.cols = cols;
    this.width = cols + further.cols;
    const padded = pad4(this.width);
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
    this.squares = this.placeFurther(further);
    this.labels = arena.alloc(rows * 4);
    this.best = arena.alloc(rows * 4);
    this.next = arena.alloc(rows * 4);
    this.scratch = arena.alloc(SCRATCH * pool.threads);
  }

  /**
   * Copies the rows, scaled to length 1. `work` is about how many rows will be compared with how many centres in all.
   * @param further finite numbers that follow each row's vector, as they are
   */
  static async open(vectors: Matrix, work: number, threads?: number, further?: Matrix): Promise<UnitRows> {
    const worth = Math.floor((work * vectors.cols) / WORTH_A_THREAD) + 1;
    const kernels = { text, bind, jobs };
    const pool = await openPool(kernels, { threads: threads ?? Math.min(cores(), worth) });
    try {
      return new UnitRows(vectors, pool, further);
    } catch (error) {
      pool.close();
      throw error;
    }
  }

  /**
   * Sums of the rows of each group, `count` × `width` in float64, in the order of the rows; label -1 and rows beyond the labels count
   * nowhere.
   */
  async sums(labels: Int32Array, count: number, watch: Watch = {}): Promise<Sums> {
    const { width, bytes, data } = this;
    const { arena } = this.pool.kernel;
    const size = sizesOf(labels, count);
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
      return { total: tightened(lines, count, padded, width), size };
    } finally {
      arena.release(mark);
    }
  }

  /** Every row to the centre of greatest cosine; `total` are sums of rows, whose length doesn't matter. */
  async nearest(total: Float64Array, count: number, watch: Watch = {}): Promise<Nearest> {
    const { arena } = this.pool.kernel;
    const mark = arena.mark();
    try {
      const centres = this.putUnit(total, count);
      const { labels, best, next } = await this.assign(
        centres,
        arena.put(new Float32Array(count)),
        count,
        watch,
      );
      return { labels: labels.slice(), best: best.slice(), next: next.slice() };
    } finally {
      arena.release(mark);
    }
  }

  /** Every row to the nearest of the means of groups, by distance over all columns. Groups without rows are nearest to none. */
  async nearestMean(sums: Sums, watch: Watch = {}): Promise<NearestMean> {
    const { arena } = this.pool.kernel;
    const { width, squares } = this;
    const count = sums.size.length;
    const { means, shift } = meansOf(sums, width);
    const mark = arena.mark();
    try {
      const near = await this.assign(this.put(means, count), arena.put(shift), count, watch);
      const { labels, best, next } = near;
      return { labels: labels.slice(), own: distances(squares, best), next: distances(squares, next) };
    } finally {
      arena.release(mark);
    }
  }

  /** The centre of greatest value for each row, as views of memory that the next call overwrites. */
  private async assign(
    centres: number,
    shift: number,
    count: number,
    { signal, onProgress }: Watch,
  ): Promise<Nearest> {
    const { rows, bytes, data, labels, best, next, scratch } = this;
    const { arena } = this.pool.kernel;
    const to = { labels, best, next, scratch };
    const args = { rows, rowsPerChunk: ROWS_PER_CHUNK, bytes, data, count, centres, shift, ...to };
    const onChunk = (started: number) => {
      const done = Math.min(rows, started * ROWS_PER_CHUNK);
      if (rows >= WORTH_REPORTING) onProgress?.({ stage: 'topics', done, total: rows, unit: 'rows' });
    };
    await this.pool.run('assign', Math.ceil(rows / ROWS_PER_CHUNK), args, { signal, onChunk });
    return {
      labels: arena.i32(labels, rows),
      best: arena.f32(best, rows),
      next: arena.f32(next, rows),
    };
  }

  /** Cosine of each row with the centre that it is labelled with; 0 for a label below 0. */
  cosines(total: Float64Array, labels: Int32Array, watch: Watch = {}): Promise<Float64Array> {
    return this.pairCosines(total, { rows: Int32Array.from(labels.keys()), labels }, watch);
  }

  /**
   * Cosines of rows with centres, pair by pair; 0 with a centre of length 0, and for a label below 0.
   * @param total sums of rows, whose length doesn't matter
   */
  async pairCosines(
    total: Float64Array,
    { rows, labels }: { rows: Int32Array; labels: Int32Array },
    watch: Watch = {},
  ): Promise<Float64Array> {
    const { cols, width, bytes, data } = this;
    const { arena } = this.pool.kernel;
    const count = labels.length;
    const lengths = new Float64Array(total.length / width);
    for (let c = 0; c < lengths.length; c++) {
      let squares = 0;
      for (let t = c * width; t < c * width + cols; t++) squares += total[t] * total[t];
      lengths[c] = Math.sqrt(squares);
    }
    const mark = arena.mark();
    try {
      const out = arena.alloc(count * 8);
      const of = { rows: arena.put(rows), labels: arena.put(labels), centres: arena.put(total) };
      const args = { count, perChunk: PAIRS_PER_CHUNK, cols, bytes, data, width, ...of, out };
      await this.pool.run('pairs', Math.ceil(count / PAIRS_PER_CHUNK), args, { signal: watch.signal });
      return arena.f64(out, count).map((dot, at) => dot / (lengths[labels[at]] || 1));
    } finally {
      arena.release(mark);
    }
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
        to.set(from.subarray(row * floats, row * floats + this.cols), at * floats);
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

  /** Scalar products of all pairs of `count` vectors of `width` numbers, rounded to float32: count × count. */
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
  private put(vectors: Float32Array | Float64Array, count: number): number {
    const { width } = this;
    const padded = this.bytes / 4;
    const pointer = this.allocCentres(count);
    const view = this.pool.kernel.arena.f32(pointer, count * padded);
    for (let c = 0; c < count; c++) view.set(vectors.subarray(c * width, (c + 1) * width), c * padded);
    return pointer;
  }

  /** The same without the further columns, each scaled to length 1. */
  private putUnit(total: Float64Array, count: number): number {
    const { cols, width, bytes } = this;
    const { arena, call } = this.pool.kernel;
    const to = this.allocCentres(count);
    const mark = arena.mark();
    const from = arena.put(tightened(total, count, width, cols));
    call.unitCentres({ from, count, cols, to, bytes });
    arena.release(mark);
    return to;
  }

  /** Writes the further columns of every row behind its unit vector. Returns the squares of the rows' lengths. */
  private placeFurther(further: Matrix): Float64Array {
    const padded = this.bytes / 4;
    const view = this.pool.kernel.arena.f32(this.data, this.rows * padded);
    const squares = new Float64Array(this.rows);
    for (let row = 0; row < this.rows; row++) {
      const at = row * padded;
      const own = further.data.subarray(row * further.cols, (row + 1) * further.cols);
      for (let t = at; t < at + this.cols && squares[row] === 0; t++) squares[row] = view[t] === 0 ? 0 : 1;
      view.set(own, at + this.cols);
      for (const value of own) squares[row] += value * value;
    }
    return squares;
  }

  private allocCentres(count: number): number {
    const { arena } = this.pool.kernel;
    const floats = ((pad4(count) + 1) * this.bytes) / 4;
    const pointer = arena.alloc(floats * 4);
    arena.f32(pointer, floats).fill(0);
    return pointer;
  }
}

/** Means of groups, and minus half the square of each one's length: |row − mean|² = |row|² − 2 (row · mean − |mean|² / 2). */
function meansOf({ total, size }: Sums, width: number): { means: Float32Array; shift: Float32Array } {
  const means = new Float32Array(total.length);
  const shift = new Float32Array(size.length);
  for (let c = 0; c < size.length; c++) {
    let length = 0;
    for (let t = c * width; t < (c + 1) * width; t++) {
      means[t] = total[t] / size[c];
      length += means[t] * means[t];
    }
    shift[c] = -length / 2;
  }
  return { means, shift };
}

/** Squares of distances, from those of the rows' lengths and the values row · mean − |mean|² / 2. */
function distances(squares: Float64Array, values: Float32Array): Float32Array {
  const found = new Float32Array(values.length);
  for (let row = 0; row < found.length; row++) found[row] = Math.max(0, squares[row] - 2 * values[row]);
  return found;
}

/** The first `width` numbers of every line, one line after the other. */
function tightened(lines: Float64Array, count: number, line: number, width: number): Float64Array {
  if (line === width) return lines.slice();
  const tight = new Float64Array(count * width);
  for (let c = 0; c < count; c++) tight.set(lines.subarray(c * line, c * line + width), c * width);
  return tight;
}

const pad4 = (length: number): number => Math.ceil(length / 4) * 4;
