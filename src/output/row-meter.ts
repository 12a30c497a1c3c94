import type { OnProgress } from '../progress.js';

/** Reports progress of the stage `write` about every hundredth of the rows. */
export function rowMeter(total: number, onProgress: OnProgress | undefined): (done: number) => void {
  const step = Math.max(1000, Math.floor(total / 100));
  let next = step;
  return (done) => {
    if (done < next && done < total) return;
    next = done + step;
    onProgress?.({ stage: 'write', done, total, unit: 'rows' });
  };
}
