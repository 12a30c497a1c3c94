/** Called between texts: returns a promise where the event loop is due. */
export type Pause = () => Promise<void> | undefined;

/** Calls back into the event loop where 50 ms have passed since it was there, and hears an abort. */
export function breather(signal?: AbortSignal): Pause {
  let rested = performance.now();
  return () => {
    if (performance.now() - rested < 50) return undefined;
    return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      signal?.throwIfAborted();
      rested = performance.now();
    });
  };
}
