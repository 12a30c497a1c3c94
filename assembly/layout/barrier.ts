// Threads take chunks in ascending order, so a thread that waits here waits only for chunks that another thread has
// already started: no deadlock, with any number of threads. With one thread nothing ever waits.
import { Barrier } from './job';

/**
 * About a tenth of a millisecond of spinning: threads of one round are rarely further apart, and a sleep takes as long
 * as a round.
 */
const SPINS: i32 = 60_000;

/**
 * Returns once `value` chunks are finished: spins for a while, then sleeps for short times, so that little
 * processor time is lost on a busy machine. The host's own thread (0) sleeps only where `maySleep` is set.
 * @param counter a Barrier
 */
@inline
export function waitUntil(counter: usize, value: i32, thread: i32): void {
  let spins = 0;
  for (;;) {
    const seen = atomic.load<i32>(counter);
    if (seen >= value) return;
    if (++spins > SPINS && (thread > 0 || changetype<Barrier>(counter).maySleep)) atomic.wait<i32>(counter, seen, 50_000);
  }
}

/** One more chunk is done, and what it wrote can be read. */
@inline
export function arrive(counter: usize): void {
  atomic.add<i32>(counter, 1);
}
