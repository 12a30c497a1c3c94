// Threads take chunks in ascending order, so whoever waits here waits only for chunks that some thread is working
// on already: no deadlock, however many threads there are. With one thread nothing ever waits.

/**
 * Returns once `counter` has reached `value`: spins for some microseconds, then sleeps in short naps, so that a busy
 * machine loses little. The host's own thread (0) sleeps only where the number after the counter says that it may.
 */
@inline
export function waitUntil(counter: usize, value: i32, thread: i32): void {
  if (ASC_FEATURE_THREADS) {
    let spins = 0;
    for (;;) {
      const seen = atomic.load<i32>(counter);
      if (seen >= value) return;
      if (++spins > 2000 && (thread > 0 || load<i32>(counter, 4))) atomic.wait<i32>(counter, seen, 50_000);
    }
  }
}

/** One more chunk is done, and what it wrote can be read. */
@inline
export function arrive(counter: usize): void {
  if (ASC_FEATURE_THREADS) atomic.add<i32>(counter, 1);
}
