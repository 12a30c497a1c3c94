/** A kernel to be called for chunks 0 … chunks − 1; without a name the thread's program. */
export interface Job {
  name: string;
  chunks: number;
  args: number[];
}

/**
 * What a worker thread is given: `thread` is its number among those that share `memory` (the caller's own thread is 0);
 * `control[0]` is the next chunk.
 */
interface ThreadState {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  control: Int32Array;
  thread: number;
}

/** A module of JavaScript that works next to a kernel; `loader`: a module that makes Node load it from source. */
export interface ProgramModule {
  url: string;
  loader?: string;
}

/** What a program is given of the thread that it works in. */
export interface ProgramThread {
  exports: Record<string, (...args: number[]) => number>;
  memory: WebAssembly.Memory;
}

/** Does a chunk of a job. */
export type Step = (chunk: number, thread: number, ...args: number[]) => Promise<void>;

/** What a program's module exports; `init` is what the thread that began it gave to all. */
export interface Program {
  open(thread: ProgramThread, init: unknown): Promise<Step>;
}

/** Makes a thread load a program, which then does the jobs without a name. */
interface ProgramMessage {
  program: ProgramModule;
  init: unknown;
}

/** A worker thread, of Node or of a browser. It handles one message at a time. */
export interface Thread {
  /** Whether it has completed a message before: it is started then, and replies without delay. */
  isWarm: boolean;
  /** Resolves when the module is instantiated, or when no chunk of the job is left. Rejects where either failed. */
  send(message: ThreadState | ProgramMessage | Job): Promise<void>;
}

// Runs in the worker. Kept as text so that no bundler has to find a file.
const WORKER = `
const begin = (post, listen) => listen(async (message) => {
  try {
    if (message.forget) {
      begin.state = undefined;
      return;
    }
    if (message.module) {
      const { module, memory, control, thread } = message;
      const missing = (name) => () => { throw new Error('a kernel needs ' + name + ', which only its first thread has'); };
      const env = { abort() { throw new Error('a kernel aborted'); } };
      for (const { kind, name } of WebAssembly.Module.imports(module)) if (kind === 'function') env[name] ??= missing(name);
      const instance = await WebAssembly.instantiate(module, { env: { ...env, memory } });
      begin.state = { exports: instance.exports, memory, control, thread };
    } else if (message.program) {
      const { url, loader } = message.program;
      if (loader) (await import(loader)).register();
      begin.state.step = await (await import(url)).open(begin.state, message.init);
    } else {
      const { exports, control, thread, step } = begin.state;
      const { name, chunks, args } = message;
      while (name === '') {
        const chunk = Atomics.add(control, 0, 1);
        if (chunk >= chunks) break;
        await step(chunk, thread, ...args);
      }
      while (name !== '') {
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

/** What a worker posts after each message. */
type Reply = { done?: boolean; error?: string };

function nodeWorkers(): typeof import('node:worker_threads') | undefined {
  return globalThis.process?.getBuiltinModule?.('node:worker_threads');
}

/** Whether memory can be shared here: always in Node, in pages only when they are cross-origin isolated. */
export function canShareMemory(): boolean {
  return nodeWorkers() !== undefined || globalThis.crossOriginIsolated === true;
}

/** Processors that this process may use: those of the machine, or fewer where it is bound to some or a container has a quota. */
export function cores(): number {
  const os = globalThis.process?.getBuiltinModule?.('node:os');
  const there = os?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
  return Math.max(1, Math.min(there, quota()));
}

let knownQuota: number | undefined;

/**
 * Processors that a Linux container's quota of processor time is worth; without one, or elsewhere, infinite. Node counts them from
 * version 22.12 on; with more threads the system stops all of them for the rest of each period.
 */
function quota(): number {
  knownQuota ??= readQuota(globalThis.process?.getBuiltinModule?.('node:fs')?.readFileSync);
  return knownQuota;
}

/** @param read Node's `readFileSync`, where there is one */
export function readQuota(read: ((file: string, encoding: 'utf8') => string) | undefined): number {
  const numbers = (...files: string[]): number[] => {
    try {
      return files.flatMap((file) => (read?.(`/sys/fs/cgroup/${file}`, 'utf8') ?? '').split(' ').map(Number));
    } catch {
      return [];
    }
  };
  // Version 2 of control groups has both numbers in one file, "max" without a quota; version 1 has -1 without one.
  for (const files of [['cpu.max'], ['cpu/cpu.cfs_quota_us', 'cpu/cpu.cfs_period_us']]) {
    const [most, period] = numbers(...files);
    if (most > 0 && period > 0) return Math.ceil(most / period);
  }
  return Infinity;
}

class WorkerThread implements Thread {
  isWarm = false;
  isEnded = false;
  /** Whether it was given back before it had its module. */
  isLeft = false;
  private isOpening = false;
  private waiting?: (reply: Reply) => void;
  private readonly post: (message: unknown) => void;
  readonly end: () => void;

  constructor() {
    const node = nodeWorkers();
    if (node) {
      // None of this process's flags: a loader would only slow the start.
      const worker = new node.Worker(NODE_WORKER, { eval: true, execArgv: [] });
      // A thread keeps the process alive only while a reply is awaited.
      worker.unref();
      worker.on('message', (reply: Reply) => {
        worker.unref();
        this.settle(reply);
      });
      worker.on('error', (error: Error) => this.settle({ error: error.message }));
      // Ended before it replied: by `end`, or by the system.
      worker.on('exit', () => {
        this.isEnded = true;
        this.settle({ error: 'a thread ended while it worked' });
      });
      this.post = (message) => {
        worker.ref();
        worker.postMessage(message);
        if (!this.waiting) worker.unref();
      };
      this.end = () => void worker.terminate();
      return;
    }
    const url = URL.createObjectURL(new Blob([WEB_WORKER], { type: 'text/javascript' }));
    const worker = new Worker(url);
    worker.onmessage = (event: MessageEvent<Reply>) => this.settle(event.data);
    worker.onerror = (event) => this.settle({ error: event.message });
    this.post = (message) => worker.postMessage(message);
    this.end = () => {
      this.isEnded = true;
      worker.terminate();
      URL.revokeObjectURL(url);
    };
  }

  /** What it is doing: running a job, which can't be stopped; instantiating its module; or nothing. */
  get work(): 'job' | 'module' | undefined {
    if (!this.waiting) return undefined;
    return this.isOpening ? 'module' : 'job';
  }

  send(message: ThreadState | ProgramMessage | Job): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting = ({ error }) => (error === undefined ? resolve() : reject(new Error(error)));
      this.isOpening = !('chunks' in message);
      this.post(message);
    });
  }

  /** Makes the worker drop its references to the module and its memory. */
  forget(): void {
    this.post({ forget: true });
  }

  private settle(reply: Reply): void {
    const { waiting, isLeft } = this;
    this.waiting = undefined;
    this.isWarm ||= reply.done === true;
    waiting?.(reply);
    if (isLeft && !this.isEnded) giveBack(this);
  }
}

/** How long a thread without work is kept, in milliseconds. */
const KEPT = 10_000;
const idle = new Map<WorkerThread, ReturnType<typeof setTimeout>>();

/** Takes an idle thread, or starts a new one. */
export function takeThread(): Thread {
  for (const [thread, timer] of idle) {
    clearTimeout(timer);
    idle.delete(thread);
    if (!thread.isEnded) return thread;
  }
  return new WorkerThread();
}

/**
 * Returns a thread that is no longer needed. Starting one takes some hundredths of a second, so it is kept for reuse for KEPT
 * milliseconds; one that is still instantiating its module is kept once that is done. One that runs a job is ended, and where
 * `isLast` any.
 */
export function giveBack(thread: Thread, isLast = false): void {
  if (!(thread instanceof WorkerThread)) return;
  thread.isLeft = thread.work === 'module' && !isLast;
  if (thread.isLeft) return;
  if (thread.work === 'job' || thread.isEnded || isLast) {
    thread.end();
    return;
  }
  thread.forget();
  const timer = setTimeout(() => {
    idle.delete(thread);
    thread.end();
  }, KEPT);
  // In Node a timer is an object.
  if (typeof timer === 'object') timer.unref();
  idle.set(thread, timer);
}
