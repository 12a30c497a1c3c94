/** How long a loop may keep the event loop waiting, in milliseconds. */
const SLICE = 50;

/** Call it between pieces of work of a few milliseconds; returns a promise to await where the event loop is due. */
export type Pause = () => Promise<void> | undefined;

/**
 * A pause for a long loop: `const pause = breathe(signal)`, then `await pause()` in the loop. The event loop gets a
 * turn every 50 ms. Throws the signal's reason when it is aborted, also before the first piece.
 */
export function breathe(signal?: AbortSignal): Pause {
  let sliceEnd = performance.now() + SLICE;
  signal?.throwIfAborted();
  return () => {
    if (performance.now() < sliceEnd) return undefined;
    return turn().then(() => {
      signal?.throwIfAborted();
      sliceEnd = performance.now() + SLICE;
    });
  };
}

/** Resolves after a turn of the event loop, so that timers, messages and an abort are handled. */
export const turn = (): Promise<void> =>
  new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0); // browsers
  });
