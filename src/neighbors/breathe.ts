/** How long a loop may run between two turns of the event loop, in milliseconds. */
const SLICE = 50;

/**
 * Returns a function to call often in a long loop: where SLICE has passed, it returns a promise that resolves after a turn of the
 * event loop and rejects with the signal's reason when that is aborted; nothing elsewhere.
 */
export function breathe(signal?: AbortSignal): () => Promise<void> | undefined {
  let sliceEnd = performance.now() + SLICE;
  signal?.throwIfAborted();
  return () => {
    if (performance.now() < sliceEnd) return;
    return new Promise<void>((resolve) => setTimeout(resolve, 0)).then(() => {
      signal?.throwIfAborted();
      sliceEnd = performance.now() + SLICE;
    });
  };
}
