import type { Watch } from '../progress.js';

/** Work that runs while others do. */
export interface Ahead<T> {
  /** What it gives, once it is there; rejects where it failed. */
  result(): Promise<T>;
  /** Aborts it where it still runs, and waits until it has ended; never rejects. */
  stop(): Promise<void>;
}

/**
 * Starts work that later stages need, so that it runs while the stages before them wait for threads, servers and disks, and takes the
 * time that they leave.
 *
 * @param work receives a watch whose signal is also aborted by `stop`; its progress is shown, as numbers of two stages in turn would
 * be hard to read, only from the time on when `result` is waited for; messages always
 */
export function ahead<T>(work: (watch: Watch) => Promise<T>, { signal, onProgress }: Watch): Ahead<T> {
  const own = new AbortController();
  let isAwaited = false;
  const running = work({
    signal: signal ? AbortSignal.any([signal, own.signal]) : own.signal,
    onProgress:
      onProgress &&
      ((progress) => {
        if (isAwaited || progress.done === undefined) onProgress(progress);
        else if (progress.message !== undefined) onProgress({ ...progress, done: undefined });
      }),
  });
  // A failure is reported by `result`; until then it is no unhandled one.
  running.catch(() => {});
  return {
    result() {
      isAwaited = true;
      return running;
    },
    async stop() {
      own.abort(new Error('no longer needed'));
      await running.catch(() => {});
    },
  };
}

/** The same without a head start: the work is done when its result is first waited for. */
export function later<T>(work: (watch: Watch) => Promise<T>, watch: Watch): Ahead<T> {
  let running: Promise<T> | undefined;
  return {
    result() {
      running ??= work(watch);
      return running;
    },
    stop: async () => {},
  };
}
