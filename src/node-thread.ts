import { fileURLToPath } from 'node:url';
import { parentPort, Worker } from 'node:worker_threads';
import { moduleAt } from './module-at.js';
import type { OnProgress, Progress } from './progress.js';

/** Starts a thread of Node that runs a module, see `moduleAt`. It is given none of this process's flags. */
export function startModule(from: string, name: string, workerData?: unknown): Worker {
  const options = { workerData, execArgv: [] };
  const { url, loader } = moduleAt(from, name);
  if (!loader) return new Worker(fileURLToPath(url), options);
  const code = `import(${JSON.stringify(loader)}).then(({ register }) => { register(); return import(${JSON.stringify(url)}); })`;
  return new Worker(code, { ...options, eval: true });
}

/** What a thread posts of its oldest open task: how far it is, or, at its end, the result; none where it failed. */
type Reply<Result> = { progress: Progress } | { result?: Result };

/** A thread whose module calls `workInOrder`. It keeps the process alive only while a result is awaited. */
export class ThreadInOrder<Task, Result> {
  #isEnded = false;
  readonly #open: { resolve(result?: Result): void; onProgress?: OnProgress }[] = [];

  constructor(private readonly worker: Worker) {
    worker.unref();
    worker.on('message', (reply: Reply<Result>) => {
      // Replies don't name their task: they come in the order of tasks.
      if ('progress' in reply) this.#open[0]?.onProgress?.(reply.progress);
      else this.#open.shift()?.resolve(reply.result);
      if (this.#open.length === 0) worker.unref();
    });
    worker.once('error', () => this.leave());
    worker.once('exit', () => this.leave());
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** The result of a task; undefined where the thread failed in it or has ended. */
  run(task: Task, onProgress?: OnProgress): Promise<Result | undefined> {
    if (this.#isEnded) return Promise.resolve(undefined);
    this.worker.ref();
    this.worker.postMessage(task);
    return new Promise((resolve) => {
      this.#open.push({ resolve, onProgress });
    });
  }

  /** Takes no more tasks, and waits for none. */
  leave(): void {
    this.#isEnded = true;
    for (const { resolve } of this.#open.splice(0)) resolve();
  }

  /** Ends the thread. */
  stop(): Promise<unknown> {
    this.leave();
    return this.worker.terminate();
  }
}

/**
 * Does the tasks that this thread is given, one after the other.
 * @param opened what has to be there before the first one
 */
export function workInOrder<Task, Result>(
  work: (task: Task, onProgress: OnProgress) => Promise<Result>,
  opened: Promise<void> = Promise.resolve(),
): void {
  const reply = (posted: Reply<Result>) => parentPort?.postMessage(posted);
  const run = (task: Task) => work(task, (progress) => reply({ progress }));
  let last = opened;
  parentPort?.on('message', (task: Task) => {
    last = last.then(() =>
      run(task).then(
        (result) => reply({ result }),
        () => reply({}),
      ),
    );
  });
}
