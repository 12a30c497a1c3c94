import type { Tensor } from 'onnxruntime-node';
import type { Watch } from '../progress.js';
import type { Matrix } from '../shapes.js';
import { cores } from '../wasm/thread.js';
import { openBrute } from './brute.js';
import { type ByteOperands, byteOperands, isExact, spreadOf } from './byte-operands.js';
import { BLOCK, type Job, putJob, TOGETHER } from './job.js';
import { loadNative } from './native.js';
import { nearOrder } from './near-order.js';
import { floatOperands, type Operands, type Source } from './operands.js';
import { ProductSessions } from './product-sessions.js';
import { type Plan, type Products, type Space, WORTH_BYTES } from './products.js';
import type { Searcher, SearcherOptions } from './searcher.js';

/** Most rows of a tile on the processor: 4 MB of scores; half of a tile on the diagonal is for nothing. */
const TILE = 1024;
/** Multiplications of one run, so that it takes some hundredths of a second: a run blocks this thread. */
const RUN_WORK = 4e9;
/** Columns with which sums of products of bytes fit 32 bits. */
const MOST_BYTE_COLUMNS = 60_000;
/** Candidates kept with bytes, as a multiple of how many a sample needed: a row that needs more is searched again by itself. */
const SPARE = 1.25;
/** Query rows from which making operands of all rows for them is faster than WebAssembly. */
const WORTH_OPERANDS = 256;
/** Candidates of a row, as a multiple of k, with which measuring them again costs more than bytes save. */
const MOST_SPREAD = 4;

/** Scores of `tall` rows against the tile of columns that begins at `column0`: a pointer, and how many columns. */
type Multiply = (queries: Tensor, tall: number, column0: number) => Promise<{ scores: number; wide: number }>;

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
  /** The place of each row, where places aren't rows. */
  private places?: Int32Array;
  /** Where a tile's scores come out: ONNX Runtime can't write to shared memory. */
  private own?: Float32Array;

  /**
   * @param bytesFrom numbers of all rows from which bytes are tried
   * @param usesBytes whether bytes were found to be worthwhile for points of which these are some
   */
  constructor(
    private readonly sessions: ProductSessions,
    private readonly bytesFrom: number,
    private usesBytes = false,
  ) {}

  async plan(space: Space, k: number, usual: number, watch: Watch): Promise<Plan> {
    this.usesBytes = false;
    const source = this.sourceOf(space);
    const bytes = await this.openBytes(source, true);
    if (!bytes) return { keep: usual };
    const spread = await spreadOf(bytes, source, k);
    if (spread > k * MOST_SPREAD) return { keep: usual };
    this.usesBytes = true;
    const keep = Math.max(usual, Math.min(space.points.rows, Math.ceil(spread * SPARE)));
    const message = `rows are multiplied in 8 bits; ${keep} candidates are measured for ${k} neighbours`;
    watch.onProgress?.({ stage: 'neighbors', level: 'debug', message });
    return { keep, order: bytes.order };
  }

  /** Each pair of rows once: both sides get their candidates from one tile. */
  async scan(space: Space, job: Job, watch: Watch): Promise<void> {
    const { pool, points } = space;
    const { rows } = points;
    const side = sideFor(points);
    const tiles = Math.ceil(rows / side);
    // The tiles on the diagonal first, which give every row a threshold, then the others by how far they are from it.
    const places: [number, number][] = [];
    for (let apart = 0; apart < tiles; apart++) {
      for (let tile = 0; tile + apart < tiles; tile++) places.push([tile * side, (tile + apart) * side]);
    }
    const operands = await this.operandsOf(this.sourceOf(space));
    await this.withTiles(space, job, operands, async (multiply, pointer) => {
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

  /** Where rows have operands already, even one row is compared faster with these than after a copy of all rows is made. */
  get worthQueries(): number {
    return this.floats || this.bytes ? 1 : WORTH_OPERANDS;
  }

  async scanForeign(space: Space, job: Job, queries: Int32Array, watch: Watch): Promise<void> {
    const { pool, points } = space;
    const { rows } = points;
    const side = sideFor(points);
    const operands = await this.operandsOf(this.sourceOf(space));
    const { norms, factors, order } = operands;
    const queried = order ? this.placesOf(order, queries) : queries;
    const ofQueries = (array: Float32Array) => Float32Array.from(queried, (place) => array[place]);
    const { arena } = pool.kernel;
    const mark = arena.mark();
    try {
      const foreign = {
        ...job,
        slotNorms: arena.put(ofQueries(norms)),
        factors: factors ? arena.put(ofQueries(factors)) : 0,
      };
      await this.withTiles(space, foreign, operands, async (multiply, pointer) => {
        for (let slot0 = 0; slot0 < queries.length; slot0 += side) {
          const part = queried.subarray(slot0, slot0 + side);
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
    } finally {
      arena.release(mark);
    }
  }

  forOthers(): Products {
    return new TileProducts(this.sessions, this.bytesFrom, this.usesBytes);
  }

  close(): void {
    this.sessions.close();
  }

  private sourceOf(space: Space): Source {
    return { ...space, ort: this.sessions.ort, side: sideFor(space.points) };
  }

  /** The places of rows, from the rows of places. */
  private placesOf(order: Int32Array, rows: Int32Array): Int32Array {
    if (!this.places) {
      this.places = new Int32Array(order.length);
      for (let place = 0; place < order.length; place++) this.places[order[place]] = place;
    }
    const { places } = this;
    return rows.map((row) => places[row]);
  }

  /**
   * The points as bytes where that is allowed and right, made once: every scan is of the same points.
   * @param inOrder for a search of neighbours: near rows near each other
   */
  private async openBytes(source: Source, inOrder: boolean): Promise<ByteOperands | undefined> {
    const { rows, cols } = source.points;
    if (rows * cols < this.bytesFrom || cols < WORTH_BYTES.cols || cols > MOST_BYTE_COLUMNS) return undefined;
    if (this.bytes === undefined) {
      const { ort } = source;
      // A runtime without the operator, which is one of its own, can't open it.
      const session = await this.sessions.open('bytes').catch(() => undefined);
      if (session) areBytesExact ??= isExact(ort, session);
      if (session && (await areBytesExact)) {
        const order = inOrder
          ? await nearOrder(ort, await this.sessions.open('float'), source.points)
          : undefined;
        this.bytes = await byteOperands(session, source, order);
      }
      this.bytes ??= null;
    }
    return this.bytes ?? undefined;
  }

  private async operandsOf(source: Source): Promise<Operands> {
    const bytes = this.usesBytes ? await this.openBytes(source, false) : undefined;
    if (bytes) return bytes;
    this.floats ??= await floatOperands(await this.sessions.open('float'), source);
    return this.floats;
  }

  /** Gives `work` a way to multiply rows with the columns of a tile into WebAssembly memory. */
  private async withTiles(
    { pool, points }: Space,
    job: Job,
    { session, norms, factors, order, columns }: Operands,
    work: (multiply: Multiply, pointer: number) => Promise<void>,
  ): Promise<void> {
    const { arena } = pool.kernel;
    const { Tensor } = this.sessions.ort;
    const mark = arena.mark();
    try {
      const pointer = putJob(arena, {
        ...job,
        norms: arena.put(norms),
        factors: job.factors ?? (factors ? arena.put(factors) : 0),
        places: job.places ?? (order ? arena.put(order) : 0),
      });
      const side = sideFor(points);
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
 * @param bytesFrom numbers of all rows from which the processor multiplies integers of 8 bits where that is worthwhile
 */
export async function openOnnx(
  points: Matrix,
  options: SearcherOptions = {},
  bytesFrom = WORTH_BYTES.numbers,
): Promise<Searcher> {
  // Modules that write graphs need Node's Buffer, which a page lacks: there the runtime says so first.
  const ort = await loadNative('onnxruntime-node');
  const { deviceOf } = await import('./device-session.js');
  const device = deviceOf(options.device ?? 'cpu');
  if (device.provider !== 'cpu') {
    const { openOnDevice } = await import('./on-device.js');
    return openOnDevice(points, ort, device, options);
  }
  const products = new TileProducts(new ProductSessions(ort, options.threads ?? cores()), bytesFrom);
  try {
    return await openBrute(points, options, products);
  } catch (reason) {
    products.close();
    throw reason;
  }
}
