import { cpus, totalmem } from 'node:os';
import ort from 'onnxruntime-node';
import { neighborsModule } from '../src/neighbors/module.js';
import { scoreGraph } from '../src/neighbors/onnx-graph.js';
import { openKernel } from '../src/wasm/kernel.js';
import { cores } from '../src/wasm/thread.js';

export interface Machine {
  processor: string;
  cores: number;
  memoryGiB: number;
  node: string;
  platform: string;
  /** The most that was seen here, in 1e9 operations or bytes per second. */
  limits: {
    /** WebAssembly's product kernel on tiles that fit the cache: one thread, times the cores. */
    wasmGflops: number;
    /** ONNX Runtime's matrix product of 2,048 × 2,048 × 1,024, all cores. */
    onnxGflops: number;
    /** Copying 256 MB on one thread: bytes read and written. */
    copyGBs: number;
  };
}

/** Seconds of the fastest of several calls. */
async function fastest(times: number, work: () => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let time = 0; time < times; time++) {
    const start = performance.now();
    await work();
    least = Math.min(least, performance.now() - start);
  }
  return least / 1000;
}

async function onnxGflops(): Promise<number> {
  const [rows, cols] = [2048, 1024];
  const session = await ort.InferenceSession.create(scoreGraph(), { intraOpNumThreads: cores() });
  const matrix = new ort.Tensor('float32', new Float32Array(rows * cols).fill(0.5), [rows, cols]);
  const norms = new ort.Tensor('float32', new Float32Array(rows), [rows]);
  const scores = new ort.Tensor('float32', new Float32Array(rows * rows), [rows, rows]);
  const seconds = await fastest(8, () => session.run({ rows: matrix, columns: matrix, norms }, { scores }));
  await session.release();
  return (2 * rows * rows * cols) / seconds / 1e9;
}

/** Names the machine and measures what it can do at most. Takes a second or two. */
export async function measureMachine(): Promise<Machine> {
  const { call, arena } = await openKernel(neighborsModule().text);
  const [panels, depth] = [16, 256];
  const packed = arena.put(new Float32Array(panels * 8 * depth).fill(0.5));
  const out = arena.alloc((panels * 8) ** 2 * 4);
  // Short calls, many times: the compiler has to see the function often, and a busy machine has quiet moments.
  const inCache = await fastest(200, () =>
    call.tile(packed, panels, packed, panels, depth, out, panels * 32),
  );
  const from = new Float32Array(2 ** 26).fill(1);
  const to = new Float32Array(2 ** 26).fill(2);
  const copied = await fastest(5, () => to.set(from));
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cores(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    limits: {
      wasmGflops: ((2 * (panels * 8) ** 2 * depth) / inCache / 1e9) * cores(),
      onnxGflops: await onnxGflops(),
      copyGBs: (2 * from.byteLength) / copied / 1e9,
    },
  };
}
