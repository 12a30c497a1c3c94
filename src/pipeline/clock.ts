import type { Stage } from '../progress.js';

/** What a stage took. */
export interface StageCost {
  /** `start` is the time before the first stage: loading the program and reading its options. */
  stage: Stage | 'start';
  /** Wall time. */
  seconds: number;
  /** Resident memory of the process after it, in bytes; undefined outside Node. */
  residentBytes?: number;
  /** Threads that computed; known of `embed` where texts were embedded on the processor. */
  threads?: number;
}

/** Adds to what a stage took; a stage that runs in several pieces is one entry with the sum. */
export function addCost(costs: StageCost[], stage: Stage, seconds: number): void {
  const residentBytes = process.memoryUsage.rss();
  const known = costs.find((cost) => cost.stage === stage);
  if (known) {
    known.seconds += seconds;
    known.residentBytes = Math.max(known.residentBytes ?? 0, residentBytes);
  } else costs.push({ stage, seconds, residentBytes });
}

/** Times stages. */
export class Clock {
  readonly costs: StageCost[] = [];

  async time<T>(stage: Stage, work: () => T | Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      addCost(this.costs, stage, (performance.now() - start) / 1000);
    }
  }
  /** Times embedding, and notes with how many threads it was done. */
  async timeEmbedding<T extends { threads?: number }>(work: () => Promise<T>): Promise<T> {
    const made = await this.time('embed', work);
    const cost = this.costs.find(({ stage }) => stage === 'embed');
    if (cost && made.threads !== undefined) cost.threads = made.threads;
    return made;
  }
}
