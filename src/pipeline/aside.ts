import type { Hdbscan } from '../hdbscan/index.js';
import { startModule, ThreadInOrder } from '../node-thread.js';
import type { Watch } from '../progress.js';
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
  const thread = new ThreadInOrder<AsideTask, AsideJobs[keyof AsideJobs]['found']>(
    startModule(import.meta.url, 'aside-thread'),
  );
  signal?.addEventListener('abort', () => thread.leave(), { once: true });
  const takes = (name: keyof AsideJobs): boolean =>
    !thread.isEnded && rows <= SMALL_COPIES[name] && threads >= WORTH_IT[name];
  return {
    takes,
    async run<N extends keyof AsideJobs>(
      name: N,
      given: AsideJobs[N]['given'],
      { onProgress }: Pick<Watch, 'onProgress'> = {},
    ): Promise<AsideJobs[N]['found'] | undefined> {
      if (!takes(name)) return undefined;
      const task: AsideTask<N> = { name, given };
      return (await thread.run(task, onProgress)) as AsideJobs[N]['found'] | undefined;
    },
    stop: () => thread.stop(),
  };
}
