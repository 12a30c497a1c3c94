import type { Watch } from '../progress.js';
import type { RunOptions } from '../wasm/pool.js';

/** Rows reported as done while `chunks` chunks run. */
export function watched(watch: Watch, rows: number, chunks: number): RunOptions {
  return {
    signal: watch.signal,
    onChunk: (started) => {
      const done = Math.min(rows, Math.floor((started / chunks) * rows));
      watch.onProgress?.({ stage: 'neighbors', done, total: rows, unit: 'rows' });
    },
  };
}
