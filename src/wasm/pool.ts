import { compile, instantiate, type Kernel } from './kernel.js';

/** The same module compiled for a memory of one thread and for a shared one, as base64. */
export interface PoolModule {
  single: string;
  shared: string;
}

export interface PoolOptions {
  /** Threads including this one, 1 or more. Default: the machine's cores; 1 where memory can't be shared. */
  threads?: number;
  /** The most bytes the memory may grow to. Default 4 GiB. */
  maximumBytes?: number;
}

export interface RunOptions {
  signal?: AbortSignal;
  /** Called between chunks with how many are started. */
  onChunk?: (started: number) => void;
}

/**
 * Threads over one WebAssembly memory. `run('name', chunks, args)` calls the kernel
 * `name(chunk, thread, ...args)` once for every chunk from 0 to chunks − 1, each on whichever thread is free. This
 * thread works too, and lets the event loop turn between chunks, so chunks should take a few milliseconds.
 * What a kernel writes may depend on `chunk`, never on `thread` (scratch space aside): then any number of threads
 * gives the same bytes.
 */
export interface Pool {
  kernel: Kernel;
  threads: number;
  run(name: string, chunks: number, args: number[], options?: RunOptions): Promise<void>;
  /** Ends the threads. Safe twice. */
  close(): void;
}

interface Job {
  name: string;
  chunks: number;
  args: number[];
}

/** A thread of either platform, reduced to what is needed. */
interface Thread {
  post(message: unknown): void;
  close(): void;
}

// Runs in the worker. `control[0]` is the next chunk. Kept as text so that no bundler has to find a file.
const WORKER = `
const begin = (post, listen) => listen(async (message) => {
  try {
    if (message.module) {
      const { module, memory, control, thread } = message;
      const instance = await WebAssembly.instantiate(module, { env: { memory, abort() { throw new Error('a kernel aborted'); } } });
      begin.state = { exports: instance.exports, control, thread };
    } else {
      const { exports, control, thread } = begin.state;
      const { name, chunks, args } = message;
      for (;;) {
        const chunk = Atomics.add(control, 0, 1);
        if (chunk >= chunks) break;
        exports[name](chunk, thread, ...args);
      }
    }
    post({ done: true });
  } catch (error) {
    post({ error: String(error && error.message || error) });
  }
});
`;
const NODE_WORKER = `${WORKER}
const { parentPort } = process.getBuiltinModule('node:worker_threads');
begin((m) => parentPort.postMessage(m), (f) => parentPort.on('message', f));`;
const WEB_WORKER = `${WORKER}
begin((m) => postMessage(m), (f) => { onmessage = (event) => f(event.data); });`;

type Answer = { done?: boolean; error?: string };

function nodeWorkers(): typeof import('node:worker_threads') | undefined {
  return globalThis.process?.getBuiltinModule?.('node:worker_threads');
}

/** Whether memory can be shared here: always in Node, in pages only when they are cross-origin isolated. */
export function canShareMemory(): boolean {
  return nodeWorkers() !== undefined || globalThis.crossOriginIsolated === true;
}

/** Cores of this machine. */
export function cores(): number {
  const os = globalThis.process?.getBuiltinModule?.('node:os');
  return Math.max(1, os?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1);
}

function openThread(onAnswer: (answer: Answer) => void): Thread {
  const node = nodeWorkers();
  if (node) {
    // None of this process's flags: a loader would only slow the start.
    const worker = new node.Worker(NODE_WORKER, { eval: true, execArgv: [] });
    // A thread keeps the process alive only while it owes an answer.
    worker.unref();
    const answer = (message: Answer) => {
      worker.unref();
      onAnswer(message);
    };
    worker.on('message', answer);
    worker.on('error', (error: Error) => answer({ error: error.message }));
    // Without an answer: ended by `close`, or by the system.
    worker.on('exit', () => onAnswer({ error: 'a thread ended while it worked' }));
    const post = (message: unknown) => {
      worker.ref();
      worker.postMessage(message);
    };
    return { post, close: () => void worker.terminate() };
  }
  const url = URL.createObjectURL(new Blob([WEB_WORKER], { type: 'text/javascript' }));
  const worker = new Worker(url);
  worker.onmessage = (event: MessageEvent<Answer>) => onAnswer(event.data);
  worker.onerror = (event) => onAnswer({ error: event.message });
  return {
    post: (message) => worker.postMessage(message),
    close: () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}

/** Lets timers, messages and an abort through. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}

/** How long this thread may work before the event loop gets a turn, in milliseconds. */
const SLICE = 30;

export async function openPool(module: PoolModule, options: PoolOptions = {}): Promise<Pool> {
  const threads = canShareMemory() ? Math.max(1, options.threads ?? cores()) : 1;
  const maximum = Math.min(65_536, Math.ceil((options.maximumBytes ?? 2 ** 32) / 65_536));
  const isShared = threads > 1;
  const code = await compile(isShared ? module.shared : module.single);
  const memory = new WebAssembly.Memory({ initial: 1, maximum, shared: isShared });
  const kernel = await instantiate(code, memory);
  const control = isShared ? new Int32Array(new SharedArrayBuffer(4)) : new Int32Array(1);
  const pending: ((answer: Answer) => void)[] = [];
  const helpers: Thread[] = [];
  const ask = (helper: number, message: unknown): Promise<void> =>
    new Promise((resolve, reject) => {
      pending[helper] = ({ error }) => (error === undefined ? resolve() : reject(new Error(error)));
      helpers[helper].post(message);
    });
  const close = () => {
    for (const helper of helpers.splice(0)) helper.close();
  };
  for (let helper = 0; helper < threads - 1; helper++) {
    helpers.push(openThread((answer) => pending[helper]?.(answer)));
  }
  try {
    await Promise.all(
      helpers.map((_, helper) => ask(helper, { module: code, memory, control, thread: helper + 1 })),
    );
  } catch (error) {
    close();
    throw error;
  }

  const runHere = async (job: Job, { signal, onChunk }: RunOptions): Promise<void> => {
    const kernelFunction = kernel.call[job.name];
    if (!kernelFunction) throw new Error(`the kernel has no function "${job.name}"`);
    let sliceEnd = performance.now() + SLICE;
    for (;;) {
      const chunk = Atomics.add(control, 0, 1);
      if (chunk >= job.chunks) return;
      kernelFunction(chunk, 0, ...job.args);
      if (performance.now() < sliceEnd) continue;
      onChunk?.(chunk + 1);
      await turn();
      if (signal?.aborted) Atomics.store(control, 0, job.chunks);
      sliceEnd = performance.now() + SLICE;
    }
  };

  return {
    kernel,
    threads,
    async run(name, chunks, args, runOptions = {}) {
      runOptions.signal?.throwIfAborted();
      const job: Job = { name, chunks, args };
      Atomics.store(control, 0, 0);
      const helping = chunks > 1 ? helpers.map((_, helper) => ask(helper, job)) : [];
      // Whoever fails first stops the rest; the first failure is the one reported.
      const parts = [...helping, runHere(job, runOptions)].map((part) =>
        part.catch((error: Error) => {
          Atomics.store(control, 0, chunks);
          return error;
        }),
      );
      const failed = (await Promise.all(parts)).find((outcome) => outcome instanceof Error);
      runOptions.signal?.throwIfAborted();
      if (failed) throw failed;
    },
    close,
  };
}
