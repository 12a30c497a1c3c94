import { Arena } from './arena.js';

/** A kernel function: numbers in, a number or nothing out. */
export type KernelFunction = (...args: number[]) => number;

/**
 * An instance of a compiled module over a memory of its own. Drop it to free the memory. `Calls` are its functions, which the
 * build declares (scripts/kernel-types.mjs); without it they are known by name only.
 */
export interface Kernel<Calls = Record<string, KernelFunction>> {
  call: Calls;
  arena: Arena;
}

/**
 * Node leaves its event loop when it has nothing to watch, though a promise is open, and then waits for its
 * compilers, one of which may wait for the loop to collect garbage: for ever (seen with Node 20). A timer keeps it in.
 */
async function keepAwake<T>(work: Promise<T>): Promise<T> {
  const timer = setInterval(() => {}, 60_000);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}

/** The bytes of a module that is stored as text, see `textOf` in scripts/kernel-types.mjs. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  let count = 0;
  let high = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 48) {
      // !, # and % are 33, 35 and 37.
      high = (code - 31) << 5;
      continue;
    }
    bytes[count++] = high | (code - (code > 92 ? 49 : 48));
    high = 0;
  }
  return bytes.subarray(0, count);
}

/** The first module if this engine knows all that it uses, else the second. */
export function firstKnown(wanted: string, plain: string): string {
  return WebAssembly.validate(bytesOf(wanted)) ? wanted : plain;
}

/** How a module's text says that it imports `memory`, and with which flags: 3 is shared, with a limit; 1 has a limit only. */
const IMPORT = '6!^!U!^!`!c!j2';

/** A module, which is stored for shared memory, for the memory of one thread: nothing else differs. */
export function unshared(text: string): string {
  return text.replace(`${IMPORT}3`, `${IMPORT}1`);
}

const compiled = new Map<string, Promise<WebAssembly.Module>>();

/** Compiles a module that is stored as text, for a memory of one thread or a shared one, once per process. */
export function compile(text: string, isShared = false): Promise<WebAssembly.Module> {
  const wanted = isShared ? text : unshared(text);
  let module = compiled.get(wanted);
  if (!module) {
    module = keepAwake(WebAssembly.compile(bytesOf(wanted)));
    compiled.set(wanted, module);
  }
  return module;
}

/**
 * Instantiates a module over `memory`. A module imports `env.memory`, and `imports` if it has others, and it has
 * `export const heapBase: usize = __heap_base`, where the arena begins.
 */
export async function instantiate(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  imports: Record<string, KernelFunction> = {},
): Promise<Kernel> {
  const { exports } = await keepAwake(
    WebAssembly.instantiate(module, {
      env: {
        memory,
        abort: () => {
          throw new Error('a kernel aborted');
        },
        ...imports,
      },
    }),
  );
  const base = exports.heapBase;
  if (!(base instanceof WebAssembly.Global)) throw new Error('a kernel must export heapBase');
  return { call: exports as Record<string, KernelFunction>, arena: new Arena(memory, base.value as number) };
}

/** A kernel for one thread: `const kernel = await openKernel(text)`. */
export async function openKernel(text: string): Promise<Kernel> {
  return instantiate(await compile(text), new WebAssembly.Memory({ initial: 1, maximum: 65_536 }));
}
