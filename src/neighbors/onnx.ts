import { moduleAt } from '../module-at.js';
import type { Watch } from '../progress.js';
import type { Matrix } from '../shapes.js';
import { type Brute, openBrute } from './brute.js';
import { areWorthBytes, type ByteOperands, byteOperands, opensBytes, spreadOf } from './byte-operands.js';
import { frameAt } from './frame.js';
import { BLOCK, type Job, putJob } from './job.js';
import { LighterWork, QUOTA } from './lighter-work.js';
import type { NeighborsPool } from './module.js';
import { loadNative } from './native.js';
import { nearOrder } from './near-order.js';
import { nearestCentres } from './nearest-centres.js';
import * as program from './onnx-thread.js';
import { floatOperands, type Operands, type Ort, someOf } from './operands.js';
import { openSession } from './product-sessions.js';
import { type Plan, type Products, type Space, WORTH_BYTES } from './products.js';
import type { LighterSearch, Searcher, SearcherOptions, SearchWatch } from './searcher.js';
import { watched } from './watched.js';

/** Most rows of a tile; half of a tile on the diagonal is for nothing. */
const TILE = 1024;
/** Multiplications of a tile, so that a quarter of it takes a hundredth of a second: a run blocks this thread. */
const RUN_WORK = 4e9;
/** Candidates kept with bytes, as a multiple of how many a sample needed: a row that needs more is searched again by itself. */
const SPARE = 1.4;
/** Query rows from which making operands of all rows for them is faster than WebAssembly. */
const WORTH_OPERANDS = 256;
/** Share of the rows from which those that are compared for lighter edges need no operands of their own. */
const WORTH_ORDERING = 0.75;
/** The same where it is known how near each row is to each tile. */
const WORTH_MINIMA = 1 / 8;
/** Tiles from which a search for a tree notes how near each row is to each of them, and numbers that it notes at most, of 4 bytes each. */
const TRACKED_TILES = 4;
const MOST_MINIMA = 2 ** 25;
/** Candidates of a row, as a multiple of k, with which measuring them again costs more than bytes save. */
const MOST_SPREAD = 4;

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
  /** Lower bounds of the scores of each row with each tile, tile after tile, see `minima` in assembly/neighbors/job.ts. */
  private minima?: Float32Array;

  /**
   * @param bytesFrom numbers of all rows from which bytes are tried
   * @param usesBytes whether bytes were found to be worthwhile for points of which these are some
   */
  constructor(
    private readonly ort: Ort,
    private readonly bytesFrom: number,
    private usesBytes = false,
  ) {}

  async plan(space: Space, k: number, usual: number, watch: Watch): Promise<Plan> {
    this.usesBytes = false;
    const bytes = await this.openBytes(space, true, watch.signal);
    if (!bytes) return { keep: usual };
    const { ort } = this;
    const spread = await spreadOf(ort, await openSession(ort, 'bytes'), bytes, k);
    if (spread > k * MOST_SPREAD) return { keep: usual };
    this.usesBytes = true;
    const keep = Math.max(usual, Math.min(space.points.rows, Math.ceil(spread * SPARE)));
    const message = `rows are multiplied in 8 bits; ${keep} candidates are measured for ${k} neighbours`;
    watch.onProgress?.({ stage: 'neighbors', level: 'debug', message });
    return { keep, order: bytes.order };
  }

  /** Each pair of rows once: both sides get their candidates from one tile. */
  async scan(space: Space, job: Job, watch: SearchWatch): Promise<void> {
    const operands = await this.open(space);
    const { rows, side } = operands;
    const { arena } = space.pool.kernel;
    const { TASK, tilePairs, UNIT } = program;
    const tiles = Math.ceil(rows / side);
    const begun = tiles * Math.ceil(side / UNIT);
    const chunks = begun + tilePairs(tiles).length * Math.ceil(side / UNIT);
    const report = (done: number) =>
      watch.onProgress?.({
        stage: 'neighbors',
        done: Math.floor((done / chunks) * rows),
        total: rows,
        unit: 'rows',
      });
    const minima = tiles * Math.ceil(rows / 8) * 8;
    const tracks = watch.isForTree === true && tiles >= TRACKED_TILES && minima <= MOST_MINIMA;
    this.minima = undefined;
    const tracking = { ...job, side, minima: tracks ? arena.alloc(minima * 4) : 0 };
    if (tracks) fillMinima(arena.f32(tracking.minima, minima), rows, side);
    await this.withScores(space, tracking, operands, async (pointer, scores) => {
      const { signal } = watch;
      // These give every row a threshold.
      await space.pool.runProgram(begun, [TASK.begin, pointer, scores], { signal, onChunk: report });
      const onChunk = (started: number) => report(begun + started);
      await space.pool.runProgram(chunks - begun, [TASK.pairs, pointer, scores], { signal, onChunk });
    });
    if (tracks) this.minima = arena.f32(tracking.minima, minima).slice();
    report(chunks);
  }

  /** Where rows have operands already, even one row is compared faster with these than after a copy of all rows is made. */
  get worthQueries(): number {
    return this.floats || this.bytes ? 1 : WORTH_OPERANDS;
  }

  async scanForeign(space: Space, job: Job, queries: Int32Array, watch: Watch): Promise<void> {
    const { pool } = space;
    const { arena } = pool.kernel;
    const operands = await this.open(space);
    const { norms, factors, order } = operands;
    const places = order ? this.placesOf(order, queries) : queries;
    const ofQueries = (array: Float32Array) => Float32Array.from(places, (place) => array[place]);
    const slots = queries.length;
    const mark = arena.mark();
    try {
      const foreign = {
        ...job,
        slotNorms: arena.put(ofQueries(norms)),
        factors: factors ? arena.put(ofQueries(factors)) : 0,
      };
      const placesAt = arena.put(places);
      await this.withScores(space, foreign, operands, async (pointer, scores) => {
        await runSlots(pool, [program.TASK.foreign, pointer, scores, placesAt], slots, watch);
      });
    } finally {
      arena.release(mark);
    }
  }

  async scanOthers(space: Space, job: Job, watch: Watch): Promise<void> {
    const { pool, frame, points } = space;
    const { arena } = pool.kernel;
    const { cols } = points;
    const slots = job.slots ?? 0;
    this.floats ??= await floatOperands(space, sideFor(points));
    await pool.open(program, moduleAt(import.meta.url, 'onnx-thread'), this.floats);
    const mark = arena.mark();
    try {
      const slotNorms = arena.alloc(slots * 4);
      const moved = arena.alloc(slots * cols * 4);
      const queries = { data: job.queries!, row0: 0, rows: slots, d: cols, moved, norms: slotNorms };
      await frameAt(pool, frame, queries);
      await this.withScores(space, { ...job, slotNorms }, this.floats, async (pointer, scores) => {
        await runSlots(pool, [program.TASK.others, pointer, scores, moved], slots, watch);
      });
    } finally {
      arena.release(mark);
    }
  }

  async scanLighter(space: Space, job: Job, task: LighterSearch, watch: Watch): Promise<void> {
    const { pool, points } = space;
    const { arena } = pool.kernel;
    const { forest } = task;
    const usesAll = task.rows.length > points.rows * (this.minima ? WORTH_MINIMA : WORTH_ORDERING);
    const operands = usesAll ? await this.open(space) : await this.openOrdered(space, task.rows);
    const work = new LighterWork(task, operands, job.scale2!, usesAll ? this.minima : undefined);
    const lighter = {
      ...job,
      ids: arena.alloc(work.batch * program.UNIT * 4),
      thresholds: arena.alloc(work.batch * program.UNIT * 4),
      leaves: arena.alloc(forest.components * 4),
      leafCount: forest.components,
      heights: arena.alloc(forest.dendrogram.table.byteLength),
      found: arena.alloc(work.batch * QUOTA * 16),
      foundCounts: arena.alloc(work.batch * 4),
      quota: QUOTA,
    };
    const chunksAt = arena.alloc(work.batch * program.LIGHTER_WORDS * 4);
    await this.withScores(space, lighter, operands, async (pointer, scores) => {
      const next = () => work.next(watch.signal);
      for (let chunks = await next(); chunks.length > 0; chunks = await next()) {
        const { leafOf, table } = forest.dendrogram;
        arena.i32(lighter.leaves, forest.components).set(leafOf);
        arena.f64(lighter.heights, table.length).set(table);
        let slot = 0;
        for (const [at, { columns, limits, column0 }] of chunks.entries()) {
          arena.i32(chunksAt + at * program.LIGHTER_WORDS * 4, 3).set([slot, columns.length, column0]);
          arena.i32(lighter.ids + slot * 4, columns.length).set(columns);
          arena.f32(lighter.thresholds + slot * 4, columns.length).set(limits);
          slot += columns.length;
        }
        const args = [program.TASK.lighter, pointer, scores, chunksAt, lighter.ids];
        await pool.runProgram(chunks.length, args, { signal: watch.signal });
        const counts = arena.i32(lighter.foundCounts, chunks.length).slice();
        await work.take(chunks, counts, arena, lighter.found, watch.signal);
        watch.onProgress?.({ stage: 'neighbors', done: work.done, total: work.total, unit: 'tiles' });
      }
    });
  }

  forOthers(): Products {
    return new TileProducts(this.ort, this.bytesFrom, this.usesBytes);
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
  private async openBytes(
    space: Space,
    inOrder: boolean,
    signal?: AbortSignal,
  ): Promise<ByteOperands | undefined> {
    const { ort } = this;
    if (!areWorthBytes(space.points, this.bytesFrom)) return undefined;
    if (this.bytes === undefined) {
      if (await opensBytes(ort)) {
        const order = inOrder
          ? await nearOrder(ort, await openSession(ort, 'float'), space.points, {
              inThreads: (centres) =>
                nearestCentres(space.pool, space.base.data!, space.points.rows, centres, { signal }),
              signal,
            })
          : undefined;
        this.bytes = await byteOperands(space, sideFor(space.points), order);
      }
      this.bytes ??= null;
    }
    return this.bytes ?? undefined;
  }

  /** The operands to multiply, which all threads have from then on. */
  private async open(space: Space): Promise<Operands> {
    let operands: Operands | undefined = this.usesBytes ? await this.openBytes(space, false) : undefined;
    if (!operands) {
      this.floats ??= await floatOperands(space, sideFor(space.points));
      operands = this.floats;
    }
    await space.pool.open(program, moduleAt(import.meta.url, 'onnx-thread'), operands);
    return operands;
  }

  /** Operands of some rows in an order of their own, which all threads have from then on. */
  private async openOrdered(space: Space, order: Int32Array): Promise<Operands> {
    const side = sideFor({ rows: order.length, cols: space.points.cols });
    let operands: Operands | undefined = this.usesBytes ? await byteOperands(space, side, order) : undefined;
    if (!operands) {
      this.floats ??= await floatOperands(space, sideFor(space.points));
      operands = someOf(this.floats, side, order);
    }
    await space.pool.open(program, moduleAt(import.meta.url, 'onnx-thread'), operands);
    return operands;
  }

  /** Gives `work` pointers to the job and to each thread's scores. */
  private async withScores(
    { pool }: Space,
    job: Job,
    { side, norms, factors, order }: Operands,
    work: (pointer: number, scores: number) => Promise<void>,
  ): Promise<void> {
    const { arena } = pool.kernel;
    const mark = arena.mark();
    try {
      const pointer = putJob(arena, {
        ...job,
        norms: arena.put(norms),
        factors: job.factors ?? (factors ? arena.put(factors) : 0),
        places: job.places ?? (order ? arena.put(order) : 0),
      });
      await work(pointer, arena.alloc(pool.threads * program.UNIT * side * 4));
    } finally {
      arena.release(mark);
    }
  }
}

/** Runs a task whose chunks are slots, `task` being its arguments up to these: as many at once as a thread multiplies, fewer where there are few. */
async function runSlots(pool: NeighborsPool, task: number[], slots: number, watch: Watch): Promise<void> {
  const together = Math.max(32, Math.min(program.UNIT, Math.ceil(slots / pool.threads / 32) * 32));
  const chunks = Math.ceil(slots / together);
  await pool.runProgram(chunks, [...task, slots, together], watched(watch, slots, chunks));
}

/** Fills minima before a search: +∞, and −∞ for each row and its own tile, whose scores are never noted. */
function fillMinima(minima: Float32Array, rows: number, side: number): void {
  minima.fill(Number.POSITIVE_INFINITY);
  const padded = Math.ceil(rows / 8) * 8;
  for (let tile = 0; tile * side < rows; tile++) {
    const start = tile * padded + tile * side;
    minima.fill(Number.NEGATIVE_INFINITY, start, start + Math.min(side, rows - tile * side));
  }
}

/** Rows and columns of a tile. */
function sideFor({ rows, cols }: Pick<Matrix, 'rows' | 'cols'>): number {
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
  return openBrute(points, options, new TileProducts(ort, bytesFrom));
}

/** The same on the processor in float32, for rows that are not among the points. */
export async function openForOthers(points: Matrix, options: SearcherOptions): Promise<Brute> {
  const ort = await loadNative('onnxruntime-node');
  return openBrute(points, options, new TileProducts(ort, Number.POSITIVE_INFINITY));
}
