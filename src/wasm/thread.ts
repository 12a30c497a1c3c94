/** A kernel to be called for chunks 0 … chunks − 1. */
export interface Job {
  name: string;
  chunks: number;
  args: number[];
}

/** What a thread works with: it is the `thread`-th of those that share `memory`. `control[0]` is the next chunk. */
interface ThreadState {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  control: Int32Array;
  thread: number;
}

/** A thread of either platform. One question at a time. */
export interface Thread {
  /** Whether it has answered before, so that its next answer comes at once. */
  isWarm: boolean;
  /** Resolves when the module is there, or the job's chunks are used up. */
  ask(message: ThreadState | Job): Promise<void>;
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

class WorkerThread implements Thread {
  isWarm = false;
  isEnded = false;
  /** Whether it was given back before it had its module. */
  isLeft = false;
  private isOpening = false;
  private waiting?: (answer: Answer) => void;
  private readonly post: (message: unknown) => void;
  readonly end: () => void;

  constructor() {
    const node = nodeWorkers();
    if (node) {
      // None of this process's flags: a loader would only slow the start.
      const worker = new node.Worker(NODE_WORKER, { eval: true, execArgv: [] });
      // A thread keeps the process alive only while it owes an answer.
      worker.unref();
      worker.on('message', (answer: Answer) => {
        worker.unref();
        this.answer(answer);
      });
      worker.on('error', (error: Error) => this.answer({ error: error.message }));
      // Without an answer: ended by `end`, or by the system.
      worker.on('exit', () => {
        this.isEnded = true;
        this.answer({ error: 'a thread ended while it worked' });
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
    worker.onmessage = (event: MessageEvent<Answer>) => this.answer(event.data);
    worker.onerror = (event) => this.answer({ error: event.message });
    this.post = (message) => worker.postMessage(message);
    this.end = () => {
      this.isEnded = true;
      worker.terminate();
      URL.revokeObjectURL(url);
    };
  }

  /** What it is at: a kernel that can't be stopped, its module, or nothing. */
  get work(): 'job' | 'module' | undefined {
    if (!this.waiting) return undefined;
    return this.isOpening ? 'module' : 'job';
  }

  ask(message: ThreadState | Job): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting = ({ error }) => (error === undefined ? resolve() : reject(new Error(error)));
      this.isOpening = 'module' in message;
      this.post(message);
    });
  }

  /** Lets go of the module and its memory. */
  forget(): void {
    this.post({ forget: true });
  }

  private answer(answer: Answer): void {
    const { waiting, isLeft } = this;
    this.waiting = undefined;
    this.isWarm ||= answer.done === true;
    waiting?.(answer);
    if (isLeft && !this.isEnded) giveBack(this);
  }
}

/** How long a thread without work is kept, in milliseconds. */
const KEPT = 10_000;
const idle = new Map<WorkerThread, ReturnType<typeof setTimeout>>();

/** One that nobody uses, or a new one. */
export function takeThread(): Thread {
  for (const [thread, timer] of idle) {
    clearTimeout(timer);
    idle.delete(thread);
    if (!thread.isEnded) return thread;
  }
  return new WorkerThread();
}

/**
 * It may be used again soon, since starting one takes some hundredths of a second: it is kept for a while, after its start
 * if need be. One that is at work is ended.
 */
export function giveBack(thread: Thread): void {
  if (!(thread instanceof WorkerThread)) return;
  thread.isLeft = thread.work === 'module';
  if (thread.isLeft) return;
  if (thread.work === 'job' || thread.isEnded) {
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
