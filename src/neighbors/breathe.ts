/** How long a loop may keep the event loop waiting, in milliseconds. */
const SLICE = 50;

/** Lets the event loop turn now and then; throws the signal's reason when it is aborted. */
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
