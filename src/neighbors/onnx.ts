import type { InferenceSession } from 'onnxruntime-node';
import type { Watch } from '../progress.js';
import type { Matrix } from '../shapes.js';
import { cores } from '../wasm/thread.js';
import { openBrute, type Products } from './brute.js';
import { type Frame, type Framed, frameRows } from './frame.js';
import { BLOCK, type Job, putJob, TOGETHER } from './job.js';
import type { NeighborsPool } from './module.js';
import { loadNative, type NativePackages } from './native.js';
import type { Searcher, SearcherOptions } from './searcher.js';

type Ort = NativePackages['onnxruntime-node'];

/** Most rows of a tile on the processor: 4 MB of scores; half of a tile on the diagonal is for nothing. */
const TILE = 1024;
/** Multiplications of one run, so that it takes some hundredths of a second: a run blocks this thread. */
const RUN_WORK = 4e9;
/** Scores of `tall` rows against the tile of columns that begins at `column0`: a pointer, and how many columns. */
type Multiply = (
  queries: Float32Array,
  tall: number,
  column0: number,
) => Promise<{ scores: number; wide: number }>;

/** Products on the processor: square tiles, from which WebAssembly picks candidates. */
class TileProducts implements Products {
  readonly engine = 'onnx';
  readonly error = 0;
  /** Made by the first scan: every scan is of the same points. */
  private framed?: Framed;
  /** Where a tile's scores come out: ONNX Runtime can't write to shared memory. */
  private own?: Float32Array;

  constructor(
    private readonly ort: Ort,
    private readonly session: InferenceSession,
  ) {}

  /** Each pair of rows once: both sides get their candidates from one tile. */
  async scan(pool: NeighborsPool, job: Job, points: Matrix, frame: Frame, watch: Watch): Promise<void> {
    const { rows } = points;
    this.framed ??= await frameRows(pool, job, points, frame);
    const { framed } = this;
    const side = this.sideFor(points);
    const tiles = Math.ceil(rows / side);
    // The tiles on the diagonal first: they give every row a threshold.
    const places: [number, number][] = [];
    for (let tile = 0; tile < tiles; tile++) places.push([tile * side, tile * side]);
    for (let row0 = 0; row0 < rows; row0 += side) {
      for (let column0 = row0 + side; column0 < rows; column0 += side) places.push([row0, column0]);
    }
    await this.withTiles(pool, job, framed, points, async (multiply, pointer) => {
      for (const [seen, [row0, column0]] of places.entries()) {
        watch.signal?.throwIfAborted();
        const tall = Math.min(side, rows - row0);
        const queries = framed.moved.subarray(row0 * points.cols, (row0 + tall) * points.cols);
        const { scores, wide } = await multiply(queries, tall, column0);
        if (row0 === column0) {
          const args = { pointer, scores, row0, rows: tall, columns: wide };
          await pool.run('beginTile', Math.ceil(tall / BLOCK), args, { signal: watch.signal });
        }
        const chunks = Math.ceil(tall / BLOCK) * Math.ceil(Math.ceil(wide / BLOCK) / TOGETHER);
        const args = { pointer, scores, row0, rows: tall, column0, columns: wide };
        await pool.run('offerTile', chunks, args, { signal: watch.signal });
        const done = Math.floor(((seen + 1) / places.length) * rows);
        watch.onProgress?.({ stage: 'neighbors', done, total: rows, unit: 'rows' });
      }
    });
  }

  async scanForeign(
    pool: NeighborsPool,
    job: Job,
    points: Matrix,
    frame: Frame,
    queries: Int32Array,
    watch: Watch,
  ): Promise<void> {
    const { rows, cols } = points;
    this.framed ??= await frameRows(pool, job, points, frame);
    const { framed } = this;
    const side = this.sideFor(points);
    await this.withTiles(pool, job, framed, points, async (multiply, pointer) => {
      for (let slot0 = 0; slot0 < queries.length; slot0 += side) {
        const part = queries.subarray(slot0, slot0 + side);
        const vectors = new Float32Array(part.length * cols);
        for (const [at, row] of part.entries()) {
          vectors.set(framed.moved.subarray(row * cols, (row + 1) * cols), at * cols);
        }
        for (let column0 = 0; column0 < rows; column0 += side) {
          watch.signal?.throwIfAborted();
          const { scores, wide } = await multiply(vectors, part.length, column0);
          const args = { pointer, scores, slot0, slots: part.length, column0, columns: wide };
          await pool.run('offerForeign', Math.ceil(part.length / 32), args, { signal: watch.signal });
        }
        const done = slot0 + part.length;
        watch.onProgress?.({ stage: 'neighbors', done, total: queries.length, unit: 'rows' });
      }
    });
  }

  forOthers(): Products {
    return new TileProducts(this.ort, this.session);
  }

  close(): void {
    void this.session.release();
  }

  private sideFor({ rows, cols }: Matrix): number {
    const fitting = Math.floor(Math.sqrt(RUN_WORK / cols) / BLOCK) * BLOCK;
    return Math.max(BLOCK, Math.min(TILE, fitting, Math.ceil(rows / BLOCK) * BLOCK));
  }

  /** Gives `work` a way to multiply rows with the columns of a tile into WebAssembly memory. */
  private async withTiles(
    pool: NeighborsPool,
    job: Job,
    { moved, norms }: Framed,
    points: Matrix,
    work: (multiply: Multiply, pointer: number) => Promise<void>,
  ): Promise<void> {
    const { rows, cols } = points;
    const { arena } = pool.kernel;
    const { Tensor } = this.ort;
    const side = this.sideFor(points);
    const mark = arena.mark();
    try {
      const pointer = putJob(arena, job);
      const scores = arena.alloc(side * side * 4);
      if (pool.threads > 1) this.own ??= new Float32Array(side * side);
      const { own } = this;
      const tensor = (array: Float32Array, ...shape: number[]) => new Tensor('float32', array, shape);
      const multiply: Multiply = async (queries, tall, column0) => {
        const columnEnd = Math.min(rows, column0 + side);
        // The kernel takes columns in eights: rows that don't exist have a norm of infinity.
        const wide = Math.ceil((columnEnd - column0) / 8) * 8;
        let columns = moved.subarray(column0 * cols, columnEnd * cols);
        if (columnEnd - column0 < wide) {
          const filled = new Float32Array(wide * cols);
          filled.set(columns);
          columns = filled;
        }
        const target = own ? own.subarray(0, tall * wide) : arena.f32(scores, tall * wide);
        await this.session.run(
          {
            rows: tensor(queries, tall, cols),
            columns: tensor(columns, wide, cols),
            norms: tensor(norms.subarray(column0, column0 + wide), wide),
          },
          { scores: tensor(target, tall, wide) },
        );
        if (own) arena.f32(scores, tall * wide).set(target);
        return { scores, wide };
      };
      await work(multiply, pointer);
    } finally {
      arena.release(mark);
    }
  }
}

/**
 * All pairs multiplied by ONNX Runtime, on the processor or a device, refined in WebAssembly. Throws a UserError
 * for an unknown device and a FailureError where the runtime or the device isn't there.
 */
export async function openOnnx(points: Matrix, options: SearcherOptions = {}): Promise<Searcher> {
  // Modules that write graphs need Node's Buffer, which a page lacks: there the runtime says so first.
  const ort = await loadNative('onnxruntime-node');
  const { deviceOf } = await import('./device-session.js');
  const device = deviceOf(options.device ?? 'cpu');
  if (device.provider !== 'cpu') {
    const { openOnDevice } = await import('./on-device.js');
    return openOnDevice(points, ort, device, options);
  }
  const { scoreGraph } = await import('./onnx-graph.js');
  const session = await ort.InferenceSession.create(scoreGraph(), {
    executionProviders: ['cpu'],
    intraOpNumThreads: options.threads ?? cores(),
    logSeverityLevel: 3,
    // Spinning after a run would take cores from the threads that select.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  const products = new TileProducts(ort, session);
  try {
    return await openBrute(points, options, products);
  } catch (reason) {
    products.close();
    throw reason;
  }
}
