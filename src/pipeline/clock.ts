import type { Stage } from '../progress.js';

/** What a stage took. */
export interface StageCost {
  stage: Stage;
  seconds: number;
  /** Resident memory of the process after it, in bytes; undefined outside Node. */
  residentBytes?: number;
}

/** Times stages; a stage that runs in several pieces is one line with the sum. */
export class Clock {
  readonly costs: StageCost[] = [];

  async time<T>(stage: Stage, work: () => T | Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      const seconds = (performance.now() - start) / 1000;
      const residentBytes = process.memoryUsage.rss();
      const known = this.costs.find((cost) => cost.stage === stage);
      if (known) {
        known.seconds += seconds;
        known.residentBytes = Math.max(known.residentBytes ?? 0, residentBytes);
      } else this.costs.push({ stage, seconds, residentBytes });
    }
  }
}
