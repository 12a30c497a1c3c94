import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Watch } from '../progress.js';
import type { Matrix } from '../shapes.js';
import { cores } from '../wasm/thread.js';
import { openBrute } from './brute.js';
import { type ByteOperands, byteOperands, isExact, spreadOf } from './byte-operands.js';
import type { Frame } from './frame.js';
import { BLOCK, type Job, putJob, TOGETHER } from './job.js';
import type { NeighborsPool } from './module.js';
import { loadNative } from './native.js';
import { floatOperands, type Operands, type Ort, type Source } from './operands.js';
import { type Products, WORTH_BYTES } from './products.js';
import type { Searcher, SearcherOptions } from './searcher.js';

/** Most rows of a tile on the processor: 4 MB of scores; half of a tile on the diagonal is for nothing. */
const TILE = 1024;
/** Multiplications of one run, so that it takes some hundredths of a second: a run blocks this thread. */
const RUN_WORK = 4e9;
/** Columns with which sums of products of bytes fit 32 bits. */
const MOST_BYTE_COLUMNS = 60_000;
/** Candidates kept with bytes, as a multiple of how many a sample needed: a row that needs more is searched again by itself. */
const SPARE = 1.25;
/** Candidates of a row, as a multiple of k, with which measuring them again costs more than bytes save. */
const MOST_SPREAD = 4;

/** Scores of `tall` rows against the tile of columns that begins at `column0`: a pointer, and how many columns. */
type Multiply = (queries: Tensor, tall: number, column0: number) => Promise<{ scores: number; wide: number }>;

/** Sessions for the products of one search, opened when they are first needed. */
class Sessions {
  private readonly opened = new Map<'float' | 'bytes', Promise<InferenceSession>>();

  constructor(
    readonly ort: Ort,
    private readonly threads: number,
  ) {}

  open(kind: 'float' | 'bytes'): Promise<InferenceSession> {
    const known = this.opened.get(kind) ?? this.create(kind);
    this.opened.set(kind, known);
    return known;
  }

  close(): void {
    for (const session of this.opened.values()) {
      session.then(
        (open) => open.release(),
        // One that didn't open has nothing to release; its error went to the caller of `open`.
        () => undefined,
      );
    }
    this.opened.clear();
  }

  private async create(kind: 'float' | 'bytes'): Promise<InferenceSession> {
    // Modules that write graphs need Node's Buffer, which a page lacks.
    const { byteGraph, scoreGraph } = await import('./onnx-graph.js');
    return this.ort.InferenceSession.create(kind === 'bytes' ? byteGraph() : scoreGraph(), {
      executionProviders: ['cpu'],
      intraOpNumThreads: this.threads,
      logSeverityLevel: 3,
      // Spinning after a run would take cores from the threads that select.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
  }
}

/** Whether integers of 8 bits are multiplied rightly here; found once in a process. */
let areBytesExact: Promise<boolean> | undefined;

/**
 * Products on the processor: square tiles, from which WebAssembly picks candidates. Rows are multiplied as integers of 8 bits where a
 * sample shows that few more candidates have to be measured for it, else in float32.
 */
class TileProducts implements Products {
  readonly engine = 'onnx';
  readonly error = 0;
  private floats?: Operands;
  /** null: too rough for these points. */
  private bytes?: ByteOperands | null;
  /** Where a tile's scores come out: ONNX Runtime can't write to shared memory. */
  private own?: Float32Array;

  /**
   * @param bytesFrom rows from which bytes are tried
   * @param usesBytes whether bytes were found to be worthwhile for points of which these are some
   */
  constructor(
    private readonly sessions: Sessions,
    private readonly bytesFrom: number,
    private usesBytes = false,
  ) {}

  async keepFor(
    pool: NeighborsPool,
    job: Job,
    points: Matrix,
    frame: Frame,
    k: number,
    usual: number,
    watch: Watch,
  ): Promise<number> {
    this.usesBytes = false;
    const source = this.sourceOf(pool, job, points, frame);
    const bytes = await this.openBytes(source);
    if (!bytes) return usual;
    const spread = await spreadOf(bytes, source, k);
    if (spread > k * MOST_SPREAD) return usual;
    this.usesBytes = true;
    const keep = Math.max(usual, Math.min(points.rows, Math.ceil(spread * SPARE)));
    const message = `rows are multiplied in 8 bits; ${keep} candidates are measured for ${k} neighbours`;
    watch.onProgress?.({ stage: 'neighbors', level: 'debug', message });
    return keep;
  }

  /** Each pair of rows once: both sides get their candidates from one tile. */
  async scan(pool: NeighborsPool, job: Job, points: Matrix, frame: Frame, watch: Watch): Promise<void> {
    const { rows } = points;
    const side = sideFor(points);
    const tiles = Math.ceil(rows / side);
    // The tiles on the diagonal first: they give every row a threshold.
    const places: [number, number][] = [];
    for (let tile = 0; tile < tiles; tile++) places.push([tile * side, tile * side]);
    for (let row0 = 0; row0 < rows; row0 += side) {
      for (let column0 = row0 + side; column0 < rows; column0 += side) places.push([row0, column0]);
    }
    const operands = await this.operandsOf(this.sourceOf(pool, job, points, frame));
    await this.withTiles(pool, job, operands, side, async (multiply, pointer) => {
      for (const [seen, [row0, column0]] of places.entries()) {
        watch.signal?.throwIfAborted();
        const tall = Math.min(side, rows - row0);
        const { scores, wide } = await multiply(operands.take(row0, tall), tall, column0);
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
    const { rows } = points;
    const side = sideFor(points);
    const operands = await this.operandsOf(this.sourceOf(pool, job, points, frame));
    await this.withTiles(pool, job, operands, side, async (multiply, pointer) => {
      for (let slot0 = 0; slot0 < queries.length; slot0 += side) {
        const part = queries.subarray(slot0, slot0 + side);
        const gathered = operands.gather(part);
        for (let column0 = 0; column0 < rows; column0 += side) {
          watch.signal?.throwIfAborted();
          const { scores, wide } = await multiply(gathered, part.length, column0);
          const args = { pointer, scores, slot0, slots: part.length, column0, columns: wide };
          await pool.run('offerForeign', Math.ceil(part.length / 32), args, { signal: watch.signal });
        }
        const done = slot0 + part.length;
        watch.onProgress?.({ stage: 'neighbors', done, total: queries.length, unit: 'rows' });
      }
    });
  }

  forOthers(): Products {
    return new TileProducts(this.sessions, this.bytesFrom, this.usesBytes);
  }

  close(): void {
    this.sessions.close();
  }

  private sourceOf(pool: NeighborsPool, job: Job, points: Matrix, frame: Frame): Source {
    return { ort: this.sessions.ort, pool, job, points, frame, side: sideFor(points) };
  }

  /** The points as bytes where that is allowed and right, made once: every scan is of the same points. */
  private async openBytes(source: Source): Promise<ByteOperands | undefined> {
    const { rows, cols } = source.points;
    if (rows < this.bytesFrom || cols < WORTH_BYTES.cols || cols > MOST_BYTE_COLUMNS) return undefined;
    if (this.bytes === undefined) {
      // A runtime without the operator, which is one of its own, can't open it.
      const session = await this.sessions.open('bytes').catch(() => undefined);
      if (session) areBytesExact ??= isExact(source.ort, session);
      this.bytes = (session && (await areBytesExact) && (await byteOperands(session, source))) || null;
    }
    return this.bytes ?? undefined;
  }

  private async operandsOf(source: Source): Promise<Operands> {
    const bytes = this.usesBytes ? await this.openBytes(source) : undefined;
    if (bytes) return bytes;
    this.floats ??= await floatOperands(await this.sessions.open('float'), source);
    return this.floats;
  }

  /** Gives `work` a way to multiply rows with the columns of a tile into WebAssembly memory. */
  private async withTiles(
    pool: NeighborsPool,
    job: Job,
    { session, norms, factors, columns }: Operands,
    side: number,
    work: (multiply: Multiply, pointer: number) => Promise<void>,
  ): Promise<void> {
    const { arena } = pool.kernel;
    const { Tensor } = this.sessions.ort;
    const mark = arena.mark();
    try {
      const pointer = putJob(
        arena,
        factors ? { ...job, norms: arena.put(norms), factors: arena.put(factors) } : job,
      );
      const scores = arena.alloc(side * side * 4);
      if (pool.threads > 1) this.own ??= new Float32Array(side * side);
      const { own } = this;
      const multiply: Multiply = async (queries, tall, column0) => {
        const { feeds, wide } = columns(column0);
        const target = own ? own.subarray(0, tall * wide) : arena.f32(scores, tall * wide);
        await session.run(
          { rows: queries, ...feeds },
          { scores: new Tensor('float32', target, [tall, wide]) },
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

/** Rows and columns of a tile. */
function sideFor({ rows, cols }: Matrix): number {
  const fitting = Math.floor(Math.sqrt(RUN_WORK / cols) / BLOCK) * BLOCK;
  return Math.max(BLOCK, Math.min(TILE, fitting, Math.ceil(rows / BLOCK) * BLOCK));
}

/**
 * All pairs multiplied by ONNX Runtime, on the processor or a device, refined in WebAssembly. Throws a UserError
 * for an unknown device and a FailureError where the runtime or the device isn't there.
 * @param bytesFrom rows from which the processor multiplies integers of 8 bits where that is worthwhile
 */
export async function openOnnx(
  points: Matrix,
  options: SearcherOptions = {},
  bytesFrom = WORTH_BYTES.rows,
): Promise<Searcher> {
  // Modules that write graphs need Node's Buffer, which a page lacks: there the runtime says so first.
  const ort = await loadNative('onnxruntime-node');
  const { deviceOf } = await import('./device-session.js');
  const device = deviceOf(options.device ?? 'cpu');
  if (device.provider !== 'cpu') {
    const { openOnDevice } = await import('./on-device.js');
    return openOnDevice(points, ort, device, options);
  }
  const products = new TileProducts(new Sessions(ort, options.threads ?? cores()), bytesFrom);
  try {
    return await openBrute(points, options, products);
  } catch (reason) {
    products.close();
    throw reason;
  }
}
