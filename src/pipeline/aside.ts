import type { Hdbscan } from '../hdbscan/index.js';
import { startModule } from '../node-thread.js';
import type { Progress, Watch } from '../progress.js';
import type { FitMeasures } from '../statistics/quality.js';
import type { ThemesTask } from '../themes/task.js';
import type { Themes } from '../themes/themes.js';
import { cores } from '../wasm/thread.js';

/** Work that a thread of its own can do, by name: what it is given and what it gives, copied from one thread to the other. */
export interface AsideJobs {
  themes: { given: ThemesTask; found: Themes };
  measures: { given: Hdbscan; found: FitMeasures };
}

/** A piece of work, on its way to the thread. */
export interface AsideTask<N extends keyof AsideJobs = keyof AsideJobs> {
  name: N;
  given: AsideJobs[N]['given'];
}

/** What the thread says about the oldest open task: how far it is, or, at its end, what was found; nothing where it failed. */
export type AsideAnswer = { progress: Progress } | { found?: unknown };

/** Rows from which a thread is worth its start, some hundredths of a second, and up to which its copies of what it is given are small. */
const WORTH_A_THREAD = 1000;
/**
 * Threads from which that pays: two are busy anyway while themes are found, and a third one compiles again what they have compiled (7,600 rows: processor
 * time 1 to 10 % more, in all no faster).
 */
const WORTH_IT = { themes: 3, measures: 2 };
const SMALL_COPIES = { themes: 30_000, measures: 100_000 };

/**
 * A thread that does one piece of work after the other while the calling one does something else: with two processors it keeps the second
 * one busy. Its program is loaded when it is opened.
 */
export interface Aside {
  /** Whether it does such work at all. */
  takes(name: keyof AsideJobs): boolean;
  /**
   * @param watch only `onProgress`; an abort ends the thread, see `openAside`
   * @returns what was found; undefined where there is no thread, it failed or was ended, or the rows are too many to be copied: the work is then
   * left to the one that needs it
   */
  run<N extends keyof AsideJobs>(
    name: N,
    given: AsideJobs[N]['given'],
    watch?: Pick<Watch, 'onProgress'>,
  ): Promise<AsideJobs[N]['found'] | undefined>;
  /** Ends the thread. */
  stop(): Promise<unknown>;
}

/** Opens such a thread for work on so many rows; where only one thread may be used, or rows are few, all work is left to the caller. */
export function openAside(
  rows: number,
  { threads = cores(), signal }: { threads?: number } & Pick<Watch, 'signal'>,
): Aside {
  if (threads === 1 || rows < WORTH_A_THREAD || rows > Math.max(...Object.values(SMALL_COPIES)))
    return { takes: () => false, run: async () => undefined, stop: async () => {} };
  const worker = startModule(import.meta.url, 'aside-thread');
  // It keeps the process alive only while something is awaited of it.
  worker.unref();
  let isEnded = false;
  const open: { answer(found?: unknown): void; onProgress?: Watch['onProgress'] }[] = [];
  worker.on('message', (answer: AsideAnswer) => {
    if ('progress' in answer) open[0]?.onProgress?.(answer.progress);
    else open.shift()?.answer(answer.found);
    if (open.length === 0) worker.unref();
  });
  const end = () => {
    isEnded = true;
    for (const { answer } of open.splice(0)) answer();
  };
  worker.once('error', end);
  worker.once('exit', end);
  signal?.addEventListener('abort', end, { once: true });
  const takes = (name: keyof AsideJobs): boolean =>
    !isEnded && rows <= SMALL_COPIES[name] && threads >= WORTH_IT[name];
  return {
    takes,
    run<N extends keyof AsideJobs>(
      name: N,
      given: AsideJobs[N]['given'],
      { onProgress }: Pick<Watch, 'onProgress'> = {},
    ): Promise<AsideJobs[N]['found'] | undefined> {
      if (!takes(name)) return Promise.resolve(undefined);
      worker.ref();
      const task: AsideTask<N> = { name, given };
      worker.postMessage(task);
      return new Promise((resolve) => {
        open.push({ answer: resolve as (found?: unknown) => void, onProgress });
      });
    },
    stop() {
      end();
      return worker.terminate();
    },
  };
}
