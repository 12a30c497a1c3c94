import { turn } from '../breathe.js';
import { compile, instantiate, type Kernel, type KernelFunction } from './kernel.js';
import { giveMemory, MOST_KEPT, MOST_PAGES, takeMemory } from './memory.js';
import {
  canShareMemory,
  cores,
  giveBack,
  type Job,
  type Program,
  type ProgramModule,
  type Step,
  type Thread,
  takeThread,
} from './thread.js';

/** Functions of a kernel by name, their arguments by position. */
type AnyCalls = Record<string, KernelFunction>;
type AnyJobs = Record<string, number[]>;

/**
 * A module as text, and what the build knows of it (scripts/kernel-types.mjs): without that, functions and their arguments are not
 * checked.
 */
export interface PoolModule<Calls = AnyCalls, Jobs = AnyJobs> {
  text: string;
  /** Turns the module's exports into functions of named arguments. */
  bind?: (exports: unknown) => Calls;
  /** Turns named arguments of the functions that a pool runs into lists, in the order of their parameters. */
  jobs?: { readonly [N in keyof Jobs]: (args: Jobs[N]) => number[] };
}

export interface PoolOptions {
  /** Threads including this one, 1 or more. Default: the machine's cores; 1 where memory can't be shared. */
  threads?: number;
  /** The most bytes the memory may grow to. Default 4 GiB. */
  maximumBytes?: number;
  /** What the module imports besides its memory. Only this thread has it: elsewhere a call is an error. */
  imports?: Record<string, KernelFunction>;
}

export interface RunOptions {
  signal?: AbortSignal;
  /** Called between chunks with how many are started. */
  onChunk?: (started: number) => void;
}

/**
 * Threads over one WebAssembly memory. `run('name', chunks, args)` calls the kernel's function
 * `name(chunk, thread, …)` once for every chunk from 0 to chunks − 1, each on whichever thread is free. This
 * thread works too, and lets the event loop turn between chunks, so chunks should take a few milliseconds.
 * What a kernel writes may depend on `chunk`, never on `thread` (scratch space aside): then any number of threads
 * gives the same bytes.
 */
export interface Pool<Calls = AnyCalls, Jobs = AnyJobs> {
  kernel: Kernel<Calls>;
  threads: number;
  run<N extends keyof Jobs & string>(
    name: N,
    chunks: number,
    args: Jobs[N],
    options?: RunOptions,
  ): Promise<void>;
  /**
   * Has the other threads call `name(chunk, thread, …)` once each, all but those that are still starting, while this one does something
   * else. They must end by themselves. Resolves to the error of one, if any.
   */
  assist<N extends keyof Jobs & string>(
    name: N,
    args: Jobs[N],
  ): { helpers: number; done: Promise<Error | undefined> };
  /**
   * Opens a program in this thread and has the other threads load it from its module. Those that can't do nothing of its jobs. What it
   * is given must be plain data; a later program takes its place, and the same data again change nothing.
   */
  open(program: Program, module: ProgramModule, init: unknown): Promise<void>;
  /** Calls the program's step for every chunk, as `run` calls a kernel. */
  runProgram(chunks: number, args: number[], options?: RunOptions): Promise<void>;
  /** Releases the threads and the memory: views of it must not be used any more. Further calls do nothing. */
  close(): void;
}

/** How long this thread may work between two turns of the event loop, in milliseconds. */
const SLICE = 30;
/** The same while other pools run jobs too: what waits for one of those shouldn't wait for this thread as well. */
const SHARED_SLICE = 1;
/** Jobs that run now, of all pools. */
let jobsRunning = 0;
/** When a job last gave the event loop a turn: short jobs that follow each other would give it none, and new threads could not say that they are ready. */
let lastTurn = performance.now();

export async function openPool<Calls = AnyCalls, Jobs = AnyJobs>(
  module: PoolModule<Calls, Jobs>,
  options: PoolOptions = {},
): Promise<Pool<Calls, Jobs>> {
  const threads = canShareMemory() ? Math.max(1, options.threads ?? cores()) : 1;
  const maximum = Math.min(MOST_PAGES, Math.ceil((options.maximumBytes ?? 2 ** 32) / 65_536));
  const isShared = threads > 1;
  const code = await compile(module.text, isShared);
  let memory = takeMemory(isShared, maximum);
  let kernel = await instantiate(code, memory, options.imports);
  const control = isShared ? new Int32Array(new SharedArrayBuffer(4)) : new Int32Array(1);
  // A new thread takes some hundredths of a second to start. This one works alone until then; each joins the job once ready.
  const ready: Thread[] = [];
  let current: { job: Job; parts: Promise<Error | undefined>[] } | undefined;
  let failure: Error | undefined;
  let isClosed = false;
  let runs = 0;
  const helpers = Array.from({ length: threads - 1 }, takeThread);
  /** Threads that are ready for the program's jobs too. */
  const programmed = new Set<Thread>();
  let program: { module: ProgramModule; init: unknown; step: Step } | undefined;
  const join = (thread: Thread): void => {
    if (!current || (current.job.name === '' && !programmed.has(thread))) return;
    current.parts.push(guarded(thread.send(current.job), current.job.chunks));
  };
  const makeReady = async (thread: Thread): Promise<void> => {
    for (let loaded = program; loaded; loaded = loaded === program ? undefined : program) {
      try {
        await thread.send({ program: loaded.module, init: loaded.init });
        programmed.add(thread);
      } catch {
        // Such as a bundle without the module's file: the thread is of use for kernels only.
        programmed.delete(thread);
      }
      // It was given back, and another pool may have it.
      if (isClosed) return;
    }
    ready.push(thread);
    join(thread);
  };
  const opening = helpers.map(async (thread, helper) => {
    try {
      await thread.send({ module: code, memory, control, thread: helper + 1 });
      if (!isClosed) await makeReady(thread);
    } catch (error) {
      failure = error as Error;
    }
  });
  // Threads that have worked before are ready at once.
  await Promise.all(opening.filter((_, helper) => helpers[helper].isWarm));

  /** Resolves to the error of `part`, if any; an error uses up all chunks, so that the other threads stop. */
  const guarded = (part: Promise<void>, chunks: number): Promise<Error | undefined> =>
    part.then(
      () => undefined,
      (error: Error) => {
        Atomics.store(control, 0, chunks);
        return error;
      },
    );

  const runHere = async (job: Job, { signal, onChunk }: RunOptions): Promise<void> => {
    const step = job.name === '' ? program?.step : undefined;
    const kernelFunction = kernel.call[job.name];
    if (!step && !kernelFunction) throw new Error(`the kernel has no function "${job.name}"`);
    for (;;) {
      const chunk = Atomics.add(control, 0, 1);
      if (chunk >= job.chunks) return;
      if (step) await step(chunk, 0, ...job.args);
      else kernelFunction(chunk, 0, ...job.args);
      if (performance.now() - lastTurn < (jobsRunning > 1 ? SHARED_SLICE : SLICE)) continue;
      onChunk?.(chunk + 1);
      await turn();
      if (signal?.aborted) Atomics.store(control, 0, job.chunks);
      lastTurn = performance.now();
    }
  };

  /** Runs a job on all threads that are ready. Resolves once none of them works any more, to the first error. */
  const runEverywhere = async (job: Job, runOptions: RunOptions): Promise<Error | undefined> => {
    Atomics.store(control, 0, 0);
    const parts: Promise<Error | undefined>[] = [];
    if (job.chunks > 1) {
      current = { job, parts };
      for (const thread of ready) join(thread);
    }
    // Threads may join until this one has finished.
    const own = await guarded(runHere(job, runOptions), job.chunks);
    current = undefined;
    return [own, ...(await Promise.all(parts))].find((outcome) => outcome !== undefined);
  };

  const runJob = async (job: Job, runOptions: RunOptions): Promise<void> => {
    runOptions.signal?.throwIfAborted();
    if (failure) throw failure;
    runs++;
    jobsRunning++;
    try {
      const failed = await runEverywhere(job, runOptions);
      runOptions.signal?.throwIfAborted();
      if (failed) throw failed;
    } finally {
      runs--;
      jobsRunning--;
    }
  };

  const pool: Pool<Calls, Jobs> = {
    kernel: { arena: kernel.arena, call: module.bind ? module.bind(kernel.call) : (kernel.call as Calls) },
    threads,
    run(name, chunks, named, runOptions = {}) {
      const args = module.jobs ? module.jobs[name](named) : (named as number[]);
      return runJob({ name, chunks, args }, runOptions);
    },
    assist(name, named) {
      if (failure) throw failure;
      const args = module.jobs ? module.jobs[name](named) : (named as number[]);
      const job: Job = { name, chunks: ready.length, args };
      Atomics.store(control, 0, 0);
      runs++;
      const parts = ready.map((thread) => guarded(thread.send(job), job.chunks));
      const ended = Promise.all(parts).then((outcomes) => {
        runs--;
        return outcomes.find((outcome) => outcome !== undefined);
      });
      return { helpers: parts.length, done: ended };
    },
    async open(opened, source, init) {
      if (program?.init === init) return;
      const step = await opened.open({ exports: kernel.call, memory }, init);
      program = { module: source, init, step };
      programmed.clear();
      // Until a thread has the program it does nothing else; this one works alone if it must.
      for (const thread of ready.splice(0)) void makeReady(thread);
    },
    runProgram: (chunks, args, runOptions = {}) => runJob({ name: '', chunks, args }, runOptions),
    close() {
      if (isClosed) return;
      isClosed = true;
      const isLarge = memory.buffer.byteLength > MOST_KEPT;
      // A thread without work would keep the memory until it collects garbage.
      for (const helper of helpers) giveBack(helper, isLarge);
      // A thread that works or instantiates its module still writes to the memory, which then can't be reused.
      if (runs === 0 && ready.length === helpers.length) giveMemory(memory, isShared, maximum);
      // A reference to a closed pool must not keep its memory from being freed.
      program = undefined;
      pool.kernel = kernel = memory = undefined as never;
    },
  };
  return pool;
}
