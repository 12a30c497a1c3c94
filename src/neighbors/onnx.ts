import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { FailureError, UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import type { Matrix } from '../shapes.js';
import { cores, type Pool } from '../wasm/pool.js';
import { type Frame, openBrute, type Products } from './brute.js';
import { BLOCK, type Job, putJob } from './job.js';
import { loadNative, type NativePackages } from './native.js';
import { scoreGraph } from './onnx-graph.js';
import type { Searcher, SearcherOptions } from './searcher.js';

type Ort = NativePackages['onnxruntime-node'];

/** Most rows of a tile on the processor: 16 MB of scores. */
const TILE = 2048;
/** Multiplications of one run, so that it takes some hundredths of a second: a run blocks this thread. */
const RUN_WORK = 4e9;
/** Most columns that a device sees at once. */
const DEVICE_COLUMNS = 32_768;
/** Rows that ask at once on a device. */
const DEVICE_ROWS = 1024;

/** Execution providers by device, and the relative error of their products beyond float32's. */
const DEVICES: Record<string, { provider: InferenceSession.ExecutionProviderConfig; error: number }> = {
  cpu: { provider: { name: 'cpu' }, error: 0 },
  // Shorter mantissas would be quicker and useless here.
  cuda: { provider: { name: 'cuda', use_tf32: 0 } as InferenceSession.ExecutionProviderConfig, error: 0 },
  webgpu: { provider: { name: 'webgpu' }, error: 0 },
  dml: { provider: { name: 'dml' }, error: 0 },
  // May multiply in half precision.
  coreml: { provider: { name: 'coreml' }, error: 2 ** -8 },
};

/** The rows as the graph multiplies them: centred, scaled, row-major; norms lowered by the slack. */
function frameRows({ data, rows, cols }: Matrix, { centre, scale, slack }: Frame) {
  const moved = new Float32Array(rows * cols);
  const padded = Math.ceil(rows / 8) * 8;
  const norms = new Float32Array(padded).fill(Number.POSITIVE_INFINITY);
  for (let row = 0; row < rows; row++) {
    const base = row * cols;
    let norm = 0;
    for (let t = 0; t < cols; t++) {
      const x = Math.fround((data[base + t] - centre[t]) * scale);
      moved[base + t] = x;
      norm += x * x;
    }
    norms[row] = norm * (1 - slack) - 1e-36;
  }
  return { moved, norms };
}

/** Products on the processor: square tiles, each pair once; WebAssembly picks both sides' candidates. */
class TileProducts implements Products {
  readonly engine = 'onnx';
  readonly error = 0;

  constructor(
    private readonly ort: Ort,
    private readonly session: InferenceSession,
  ) {}

  async scan(pool: Pool, job: Job, points: Matrix, frame: Frame, watch: Watch): Promise<void> {
    const { rows, cols } = points;
    const { arena } = pool.kernel;
    const { Tensor } = this.ort;
    const { moved, norms } = frameRows(points, frame);
    arena.f32(job.norms!, norms.length).set(norms);
    const fitting = Math.floor(Math.sqrt(RUN_WORK / cols) / BLOCK) * BLOCK;
    const side = Math.max(BLOCK, Math.min(TILE, fitting, Math.ceil(rows / BLOCK) * BLOCK));
    const mark = arena.mark();
    const pointer = putJob(arena, job);
    const scores = arena.alloc(side * side * 4);
    // ONNX Runtime can't write to shared memory.
    const isShared = pool.threads > 1;
    const own = isShared ? new Float32Array(side * side) : undefined;
    try {
      const tensor = (array: Float32Array, ...shape: number[]) => new Tensor('float32', array, shape);
      const part = (from: number, to: number) =>
        tensor(moved.subarray(from * cols, to * cols), to - from, cols);
      const tiles = Math.ceil(rows / side);
      let seen = 0;
      for (let row0 = 0; row0 < rows; row0 += side) {
        const rowEnd = Math.min(rows, row0 + side);
        const asking = part(row0, rowEnd);
        for (let column0 = row0; column0 < rows; column0 += side) {
          watch.signal?.throwIfAborted();
          const columnEnd = Math.min(rows, column0 + side);
          const isPadded = (columnEnd - column0) % 8 !== 0;
          // The filling of the last panel: rows that don't exist.
          const wide = Math.ceil((columnEnd - column0) / 8) * 8;
          const columns = isPadded
            ? this.padded(moved, column0, columnEnd, wide, cols)
            : part(column0, columnEnd);
          const tall = rowEnd - row0;
          const target = own ? own.subarray(0, tall * wide) : arena.f32(scores, tall * wide);
          await this.session.run(
            { rows: asking, columns, norms: tensor(norms.subarray(column0, column0 + wide), wide) },
            { scores: tensor(target, tall, wide) },
          );
          if (own) arena.f32(scores, tall * wide).set(target);
          const blocks = Math.ceil(tall / BLOCK) * Math.ceil(wide / BLOCK);
          const args = [pointer, scores, row0, tall, column0, wide];
          await pool.run('offerTile', blocks, args, { signal: watch.signal });
          seen++;
          const done = Math.floor((seen / ((tiles * (tiles + 1)) / 2)) * rows);
          watch.onProgress?.({ stage: 'neighbors', done, total: rows, unit: 'rows' });
        }
      }
    } finally {
      arena.release(mark);
    }
  }

  close(): void {
    void this.session.release();
  }

  private padded(moved: Float32Array, from: number, to: number, wide: number, cols: number): Tensor {
    const filled = new Float32Array(wide * cols);
    filled.set(moved.subarray(from * cols, to * cols));
    return new this.ort.Tensor('float32', filled, [wide, cols]);
  }
}

/** Products and selection on a device: only the nearest come back. */
class DeviceProducts implements Products {
  readonly engine = 'onnx';

  constructor(
    private readonly ort: Ort,
    private readonly session: InferenceSession,
    readonly error: number,
  ) {}

  async scan(pool: Pool, job: Job, points: Matrix, frame: Frame, watch: Watch): Promise<void> {
    const { rows, cols } = points;
    const { arena } = pool.kernel;
    const { Tensor } = this.ort;
    const { moved, norms } = frameRows(points, frame);
    arena.f32(job.norms!, norms.length).set(norms);
    const tensor = (array: Float32Array, ...shape: number[]) => new Tensor('float32', array, shape);
    const mark = arena.mark();
    const pointer = putJob(arena, job);
    const most = job.keep! + 1;
    const scores = arena.alloc(DEVICE_ROWS * most * 4);
    const places = arena.alloc(DEVICE_ROWS * most * 4);
    try {
      for (let column0 = 0; column0 < rows; column0 += DEVICE_COLUMNS) {
        const wide = Math.min(DEVICE_COLUMNS, rows - column0);
        // One more than is kept: the row itself is among them.
        const kept = Math.min(wide, most);
        const columns = tensor(moved.subarray(column0 * cols, (column0 + wide) * cols), wide, cols);
        const own = tensor(norms.subarray(column0, column0 + wide), wide);
        const k = new Tensor('int64', BigInt64Array.of(BigInt(kept)), [1]);
        for (let row0 = 0; row0 < rows; row0 += DEVICE_ROWS) {
          watch.signal?.throwIfAborted();
          const tall = Math.min(DEVICE_ROWS, rows - row0);
          const asking = tensor(moved.subarray(row0 * cols, (row0 + tall) * cols), tall, cols);
          const found = await this.session.run({ rows: asking, columns, norms: own, k });
          arena.f32(scores, tall * kept).set(found.nearest.data as Float32Array);
          arena.i32(places, tall * kept).set(Int32Array.from(found.places.data as BigInt64Array, Number));
          const isCut = kept < wide ? 1 : 0;
          const args = [pointer, scores, places, kept, row0, tall, column0, isCut];
          await pool.run('offerNearest', Math.ceil(tall / 32), args, { signal: watch.signal });
          const done = Math.floor(((column0 + (wide * (row0 + tall)) / rows) / rows) * rows);
          watch.onProgress?.({ stage: 'neighbors', done, total: rows, unit: 'rows' });
        }
      }
    } finally {
      arena.release(mark);
    }
  }

  close(): void {
    void this.session.release();
  }
}

/**
 * All pairs multiplied by ONNX Runtime, on the processor or a device, refined in WebAssembly. Throws a UserError
 * for an unknown device and a FailureError where the runtime or the device isn't there.
 */
export async function openOnnx(points: Matrix, options: SearcherOptions = {}): Promise<Searcher> {
  const device = options.device ?? 'cpu';
  if (!Object.hasOwn(DEVICES, device)) {
    throw new UserError(`device "${device}": must be one of ${Object.keys(DEVICES).join(', ')}`);
  }
  const { provider, error } = DEVICES[device];
  const ort = await loadNative('onnxruntime-node');
  const isCpu = device === 'cpu';
  const session = await ort.InferenceSession.create(scoreGraph(!isCpu), {
    executionProviders: isCpu ? [provider] : [provider, 'cpu'],
    intraOpNumThreads: options.threads ?? cores(),
    logSeverityLevel: 3,
    // Spinning after a run would take cores from the threads that select.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  }).catch((reason: Error) => {
    throw new FailureError(
      `neighbours on device "${device}": ${reason.message.split('\n')[0]}; use the device "cpu"`,
    );
  });
  const products = isCpu ? new TileProducts(ort, session) : new DeviceProducts(ort, session, error);
  try {
    return await openBrute(points, options, products);
  } catch (reason) {
    products.close();
    throw reason;
  }
}
