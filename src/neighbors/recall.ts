import { breathe } from '../breathe.js';
import { counted, percent } from '../counted.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import { wilsonOf } from '../statistics/share.js';
import { pairDistance } from './distance.js';
import { spreadRow } from './spread.js';

/** The most multiplications of a measurement: some seconds. */
const WORK = 4e9;

/** A share of true neighbours, measured on some rows. */
export interface Recall {
  /** 0 to 1. */
  share: number;
  /** Holds the share for all rows with 95 % confidence. */
  interval: [low: number, high: number];
  /** Rows that it was measured on. */
  rows: number;
}

/**
 * The share of true nearest neighbours that a graph lists, on rows spread evenly over it: as many as some seconds
 * allow, 16 to 200. A neighbour as far away as the true k-th counts. 1 where there is nothing to find.
 */
export async function sampleRecall(points: Matrix, graph: NeighborGraph, watch: Watch = {}): Promise<Recall> {
  const { data, rows, cols } = points;
  const k = Math.min(graph.neighbors, rows - 1);
  if (k < 1) return { share: 1, interval: [1, 1], rows };
  const affordable = Math.floor(WORK / (rows * cols));
  const sample = Math.min(rows, Math.max(16, Math.min(200, affordable)));
  const distances = new Float32Array(rows);
  const pause = breathe(watch.signal);
  const shares: number[] = [];
  for (let drawn = 0; drawn < sample; drawn++) {
    const row = spreadRow(drawn, sample, rows);
    for (let other = 0; other < rows; other++) {
      distances[other] = other === row ? Number.POSITIVE_INFINITY : pairDistance(data, cols, row, other);
      if (other % 4096 === 4095) await pause();
    }
    let found = 0;
    const farthest = distances.slice().sort()[k - 1];
    for (let place = row * graph.neighbors; place < row * graph.neighbors + k; place++) {
      if (graph.indices[place] >= 0 && graph.distances[place] <= farthest) found++;
    }
    shares.push(found / k);
  }
  return { ...estimate(shares, k), rows: sample };
}

/** Says what an approximate search found; a warning where that is little. */
export function sayRecall(who: string, { share, interval, rows }: Recall, { onProgress }: Watch): void {
  const [low, high] = interval.map((end) => percent(end, 1));
  onProgress?.({
    stage: 'neighbors',
    message: `${who} found ${percent(share, 1)} of the true neighbours of ${counted(rows, 'row')} (95 % interval: ${low} to ${high})`,
    level: share < 0.9 ? 'warning' : 'info',
  });
}

/** 97.5 % of the normal distribution lie below so many standard deviations. */
const Z = 1.96;

/**
 * The mean of the shares that rows found of `k` neighbours, with Wilson's interval. Neighbours of one row are found or missed
 * together, so the draws that count are as many as give the variance between rows; where rows don't differ, the rows.
 */
export function estimate(shares: readonly number[], k: number): Pick<Recall, 'share' | 'interval'> {
  const rows = shares.length;
  const share = shares.reduce((sum, one) => sum + one, 0) / rows;
  const variance = shares.reduce((sum, one) => sum + (one - share) ** 2, 0) / Math.max(1, rows - 1);
  const draws = variance > 0 ? Math.min(rows * k, (share * (1 - share) * rows) / variance) : rows;
  const { low, high } = wilsonOf(share, draws, Z);
  return { share, interval: [Math.max(0, low), Math.min(1, high)] };
}
