import wasm from '../../build/wasm/hdbscan.js';
import { FailureError } from '../errors.js';
import { Arena } from '../wasm/arena.js';
import { compile, type Kernel, type KernelFunction } from '../wasm/kernel.js';

function open(module: WebAssembly.Module): Kernel {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536 });
  const abort = () => {
    throw new Error('a kernel aborted');
  };
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort } });
  const base = exports.heapBase as WebAssembly.Global;
  return { call: exports as Record<string, KernelFunction>, arena: new Arena(memory, base.value as number) };
}

function inPlainWords(error: unknown): unknown {
  if (!(error instanceof RangeError)) return error;
  return new FailureError(`the tree ${error.message}; fewer rows need less`, { cause: error });
}

/** Runs `work` over a fresh memory, which is garbage afterwards. */
export async function withKernel<T>(work: (kernel: Kernel) => Promise<T>): Promise<T> {
  try {
    return await work(open(await compile(wasm)));
  } catch (error) {
    throw inPlainWords(error);
  }
}

let module: WebAssembly.Module | undefined;

/** The same at once; the module is small enough for that. */
export function withKernelAtOnce<T>(work: (kernel: Kernel) => T): T {
  try {
    module ??= new WebAssembly.Module(Uint8Array.from(atob(wasm), (character) => character.charCodeAt(0)));
    return work(open(module));
  } catch (error) {
    throw inPlainWords(error);
  }
}
