import text, { bind, type Calls, type Jobs, jobs } from '../../build/wasm/hdbscan.js';
import { FailureError } from '../errors.js';
import { Arena } from '../wasm/arena.js';
import { bytesOf, compile, type Kernel, unshared } from '../wasm/kernel.js';
import { giveMemory, takeMemory } from '../wasm/memory.js';
import { openPool, type Pool } from '../wasm/pool.js';

/** The function that a kernel calls where float32 keys don't decide; see assembly/hdbscan/weight.ts. */
export interface Judge {
  /** The weight of the edge between rows i and j in float64. */
  weigh(i: number, j: number): number;
}

export interface TreeKernel extends Kernel<Calls> {
  judge?: Judge;
  /** Pointer to what threads weigh edges by, see assembly/hdbscan/weight.ts. */
  weights?: number;
  /** Threads over the same memory, where there are others than this one. */
  pool?: Pool<Calls, Jobs>;
}

function open(module: WebAssembly.Module): TreeKernel {
  const memory = takeMemory(false);
  const env = {
    memory,
    abort: () => {
      throw new Error('a kernel aborted');
    },
    weigh: (i: number, j: number) => kernel.judge?.weigh(i, j) ?? Number.NaN,
  };
  const { exports } = new WebAssembly.Instance(module, { env });
  const base = exports.heapBase as WebAssembly.Global;
  const kernel: TreeKernel = {
    call: bind(exports),
    arena: new Arena(memory, base.value as number),
  };
  return kernel;
}

function inPlainWords(error: unknown): unknown {
  if (!(error instanceof RangeError)) return error;
  return new FailureError(`the tree ${error.message}; fewer rows need less`, {
    code: 'OUT_OF_MEMORY',
    cause: error,
  });
}

/**
 * Runs `work` with a kernel whose memory is reused afterwards: its result must not hold views of that memory.
 * @param threads how many may work over it, with this one
 */
export async function withKernel<T>(work: (kernel: TreeKernel) => Promise<T>, threads = 1): Promise<T> {
  let kernel: TreeKernel | undefined;
  try {
    kernel = threads > 1 ? await openShared(threads) : open(await compile(text));
    return await work(kernel);
  } catch (error) {
    throw inPlainWords(error);
  } finally {
    if (kernel?.pool) kernel.pool.close();
    else if (kernel) giveMemory(kernel.arena.memory, false);
  }
}

async function openShared(threads: number): Promise<TreeKernel> {
  const imports = { weigh: (i: number, j: number) => kernel.judge?.weigh(i, j) ?? Number.NaN };
  const pool = await openPool({ text, bind, jobs }, { threads, imports });
  const kernel: TreeKernel = { ...pool.kernel, pool };
  return kernel;
}

/** How many threads work over a kernel's memory. */
export const threadsOf = ({ pool }: TreeKernel): number => pool?.threads ?? 1;

let module: WebAssembly.Module | undefined;

/** The same at once; the module is small enough for that. */
export function withKernelAtOnce<T>(work: (kernel: TreeKernel) => T): T {
  let kernel: TreeKernel | undefined;
  try {
    module ??= new WebAssembly.Module(bytesOf(unshared(text)));
    kernel = open(module);
    return work(kernel);
  } catch (error) {
    throw inPlainWords(error);
  } finally {
    if (kernel) giveMemory(kernel.arena.memory, false);
  }
}
