import { turn } from '../breathe.js';
import type { Progress, Watch } from '../progress.js';

/** Rows, edges, merges or components per kernel call: a call takes well under a millisecond, and calls are many. */
export const CHUNK = 16_384;

/** How long work may run between two turns of the event loop, in milliseconds. */
const SLICE = 40;

/**
 * Calls `work(start, end)` over 0 … length in chunks, without a pause. V8 compiles a function that is called often; of one that is called
 * once with a long loop it compiles the loop, with guesses about what follows, and starts over when they fail.
 */
export function inChunks(length: number, work: (start: number, end: number) => void): void {
  for (let start = 0; start < length; start += CHUNK) work(start, Math.min(length, start + CHUNK));
}

/** Work that pauses every few milliseconds, so that its caller can yield to the event loop or go on at once. */
export type Steps<T> = Generator<void, T, void>;

/** Runs work without a pause. */
export function runAtOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Lets a long computation yield to the event loop, report progress and stop on an abort. */
export class Pace {
  private sliceEnd = performance.now() + SLICE;

  constructor(private readonly watch: Watch = {}) {
    watch.signal?.throwIfAborted();
  }

  /** Call between chunks of a few milliseconds: `if (pace.due) await pace.yield(…)`. */
  get due(): boolean {
    return performance.now() >= this.sliceEnd;
  }

  async yield(progress?: Omit<Progress, 'stage'>): Promise<void> {
    if (progress) this.report(progress);
    await turn();
    this.watch.signal?.throwIfAborted();
    this.sliceEnd = performance.now() + SLICE;
  }

  report(progress: Omit<Progress, 'stage'>): void {
    this.watch.onProgress?.({ stage: 'tree', ...progress });
  }

  async run<T>(steps: Steps<T>): Promise<T> {
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      if (this.due) await this.yield();
    }
  }

  /** Calls `work(start, end)` over 0 … length in chunks. */
  async chunks(length: number, chunk: number, work: (start: number, end: number) => void): Promise<void> {
    for (let start = 0; start < length; start += chunk) {
      work(start, Math.min(length, start + chunk));
      if (this.due) await this.yield();
    }
  }
}
