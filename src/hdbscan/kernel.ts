import wasm from '../../build/wasm/hdbscan.js';
import { FailureError } from '../errors.js';
import { Arena } from '../wasm/arena.js';
import { compile, type Kernel, type KernelFunction } from '../wasm/kernel.js';

/** What a kernel asks the host where f32 weights are equal; see assembly/hdbscan/boruvka.ts. */
export interface Judge {
  isLighter(a: number, b: number, c: number, d: number): boolean;
  isWithin(i: number, j: number): boolean;
}

/** A kernel with room for a judge. */
export interface TreeKernel extends Kernel {
  judge?: Judge;
}

function open(module: WebAssembly.Module): TreeKernel {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536 });
  const env = {
    memory,
    abort: () => {
      throw new Error('a kernel aborted');
    },
    isLighter: (a: number, b: number, c: number, d: number) => kernel.judge?.isLighter(a, b, c, d) ?? false,
    isWithin: (i: number, j: number) => kernel.judge?.isWithin(i, j) ?? true,
  };
  const { exports } = new WebAssembly.Instance(module, { env });
  const base = exports.heapBase as WebAssembly.Global;
  const kernel: TreeKernel = {
    call: exports as Record<string, KernelFunction>,
    arena: new Arena(memory, base.value as number),
  };
  return kernel;
}

function inPlainWords(error: unknown): unknown {
  if (!(error instanceof RangeError)) return error;
  return new FailureError(`the tree ${error.message}; fewer rows need less`, { cause: error });
}

/** Runs `work` over a fresh memory, which is garbage afterwards. */
export async function withKernel<T>(work: (kernel: TreeKernel) => Promise<T>): Promise<T> {
  try {
    return await work(open(await compile(wasm)));
  } catch (error) {
    throw inPlainWords(error);
  }
}

let module: WebAssembly.Module | undefined;

/** The same at once; the module is small enough for that. */
export function withKernelAtOnce<T>(work: (kernel: TreeKernel) => T): T {
  try {
    module ??= new WebAssembly.Module(Uint8Array.from(atob(wasm), (character) => character.charCodeAt(0)));
    return work(open(module));
  } catch (error) {
    throw inPlainWords(error);
  }
}
